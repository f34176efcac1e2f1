import type { JsonValue } from '@waybill/flow-model';

/** One place where two values differ. `undefined`: not there. */
export interface ValueChange {
  /** `lines[2].amount`; empty for the whole value. */
  path: string;
  before: JsonValue | undefined;
  after: JsonValue | undefined;
}

type Parts = Readonly<Record<string, JsonValue>>;

const isParts = (value: JsonValue | undefined): value is Record<string, JsonValue> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const member = (path: string, name: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(name) ? (path ? `${path}.${name}` : name) : `${path}[${JSON.stringify(name)}]`;

/** Where two values differ, as deep as both have the same shape. Pure. */
export function valueChanges(before: JsonValue | undefined, after: JsonValue | undefined, path = ''): ValueChange[] {
  if (Array.isArray(before) && Array.isArray(after))
    return Array.from({ length: Math.max(before.length, after.length) }, (_, index) =>
      valueChanges(before[index], after[index], `${path}[${index}]`),
    ).flat();
  if (isParts(before) && isParts(after)) {
    const old: Parts = before;
    const fresh: Parts = after;
    const names = [...new Set([...Object.keys(old), ...Object.keys(fresh)])];
    return names.flatMap((name) => valueChanges(old[name], fresh[name], member(path, name)));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}
