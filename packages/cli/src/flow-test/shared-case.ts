/** What test cases share: a case may start from another file and say only where it differs. Pure over plain data. */
import type { JsonValue } from '@waybill/flow-model';

type Plain = Record<string, JsonValue>;

const isPlain = (value: JsonValue | undefined): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `own` over `base`: objects two levels down are joined by key (`replies.deal`), anything deeper is replaced whole. */
export function joined(base: Plain, own: Plain): Plain {
  const both = Object.keys(base).filter((key) => isPlain(base[key]) && isPlain(own[key]));
  return {
    ...base,
    ...own,
    ...Object.fromEntries(both.map((key) => [key, { ...(base[key] as Plain), ...(own[key] as Plain) }])),
  };
}

/**
 * A copy of `document` with values replaced by their path, such as `replies.deal.0.json.records.0.Amount`; null is a value.
 * @returns what is wrong instead, if a path leads through something that is not there.
 */
export function changed(document: JsonValue, changes: Plain): { document: JsonValue } | { fault: string } {
  // Not structuredClone: a YAML alias would stay one object, and a change in one place show in both.
  const copy = JSON.parse(JSON.stringify(document)) as JsonValue;
  for (const [path, value] of Object.entries(changes)) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let at: JsonValue | undefined = copy;
    for (const name of names) at = member(at, name);
    if (Array.isArray(at) && Number(last) < at.length) at[Number(last)] = value;
    else if (isPlain(at)) at[last] = value;
    else return { fault: `"${path}" leads nowhere` };
  }
  return { document: copy };
}

function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (Array.isArray(value)) return value[Number(name)];
  return isPlain(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
