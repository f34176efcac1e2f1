/** The form in which a person puts the fields of a failed step right. Pure. */
import type { FixField } from '@waybill/api-contract';
import type { ErrorRecord, JsonObject, JsonValue, MaskedNames, NodeManifest, ParamSpec } from '@waybill/flow-model';
import { isMasked } from '@waybill/flow-model';

export interface Edit {
  path: string;
  value: JsonValue;
}
export type EditFault = { path: string; what: string; fix: string };

const maxFields = 60;
const maxDepth = 4;
/** Kinds whose text is a program or names a part of the flow: not for the exception desk. */
const notForPeople: ReadonlySet<ParamSpec['kind']> = new Set(['expression', 'code', 'cron', 'flow', 'timezone']);

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `companyName` -> `Company name`. */
const worded = (name: string): string => {
  const spaced = name.replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/[_-]+/g, ' ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1).toLowerCase();
};

function kindOf(value: JsonValue, spec: ParamSpec | undefined): FixField['kind'] | null {
  if (spec?.kind === 'choice') return 'choice';
  if (typeof value === 'boolean' || spec?.kind === 'boolean') return 'boolean';
  if (typeof value === 'number' || spec?.kind === 'number' || spec?.kind === 'integer') return 'number';
  if (typeof value === 'string' || value === null)
    return (typeof value === 'string' && (value.length > 80 || value.includes('\n'))) ||
      (spec?.kind === 'text' && spec.multiline)
      ? 'multiline'
      : 'text';
  return null;
}

/** Whether the error speaks of this field, by its name or by what stands in it. */
function isSuspect(error: ErrorRecord, name: string, label: string, value: JsonValue): boolean {
  const said = `${error.what} ${error.detail ?? ''}`.toLowerCase();
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).toLowerCase() : '';
  const mentions = (word: string) => word.length > 2 && said.includes(word.toLowerCase());
  return mentions(name) || mentions(label) || mentions(text);
}

/**
 * The fields a person may change: every scalar of the step's fields, a few levels deep.
 * @param params what the fields held when the step failed.
 * @param names fields whose values are hidden; they can be replaced, not read.
 */
export function fixFields(
  manifest: NodeManifest | undefined,
  params: JsonObject,
  error: ErrorRecord,
  names: MaskedNames = new Set(),
): FixField[] {
  const fields: FixField[] = [];
  const walk = (value: JsonValue, path: string[], labels: string[], spec: ParamSpec | undefined): void => {
    if (fields.length >= maxFields) return;
    const name = path.at(-1) ?? '';
    if (isObject(value)) {
      if (path.length >= maxDepth) return;
      const named = spec?.kind === 'mapping' ? (spec.fields ?? []) : [];
      for (const [key, member] of Object.entries(value)) {
        // A dot in a name could not be told from a level.
        if (key.includes('.') || key.startsWith('$')) continue;
        const field = named.find((one) => one.name === key);
        walk(member, [...path, key], [...labels, field?.label ?? worded(key)], undefined);
      }
      return;
    }
    const kind = kindOf(value, spec);
    if (kind === null) return;
    const label = labels.join(' › ');
    const isHidden = value !== null && path.some((part) => isMasked(names, part));
    fields.push({
      path: path.join('.'),
      label,
      help: spec?.help ?? null,
      kind,
      ...(spec?.kind === 'choice' ? { options: spec.options } : {}),
      required: path.length === 1 && spec !== undefined && spec.optional !== true && spec.default === undefined,
      value: isHidden ? null : value,
      ...(isHidden ? { masked: true } : {}),
      suspect: isSuspect(error, name, labels.at(-1) ?? name, value),
    });
  };
  for (const [name, value] of Object.entries(params)) {
    const spec = manifest?.params[name];
    if (spec && !notForPeople.has(spec.kind)) walk(value, [name], [spec.label], spec);
  }
  // Fields of the node that were left empty may be what is missing.
  for (const [name, spec] of Object.entries(manifest?.params ?? {}))
    if (!Object.hasOwn(params, name) && spec.when === undefined && !notForPeople.has(spec.kind) && isScalar(spec))
      walk(spec.kind === 'boolean' ? false : null, [name], [spec.label], spec);
  return fields;
}

const isScalar = (spec: ParamSpec): boolean =>
  ['text', 'integer', 'number', 'boolean', 'choice', 'datetime', 'table'].includes(spec.kind);

const fault = (path: string, what: string, fix: string): EditFault => ({ path: `edits.${path}`, what, fix });

function valueFault(field: FixField, spec: ParamSpec | undefined, value: JsonValue): EditFault | null {
  const { path, label } = field;
  if (value === null || value === '')
    return field.required ? fault(path, `"${label}" may not be empty.`, 'Fill it in.') : null;
  switch (field.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? null : fault(path, `"${label}" is yes or no.`, 'Choose one of them.');
    case 'number': {
      if (typeof value !== 'number' || !Number.isFinite(value))
        return fault(path, `"${label}" is not a number.`, 'Enter a number such as 1250 or 99.50.');
      if (spec?.kind !== 'number' && spec?.kind !== 'integer') return null;
      if (spec.kind === 'integer' && !Number.isInteger(value))
        return fault(path, `"${label}" must be a whole number.`, 'Leave out the decimals.');
      if (spec.min !== undefined && value < spec.min)
        return fault(path, `"${label}" is less than ${spec.min}.`, `Enter at least ${spec.min}.`);
      return spec.max !== undefined && value > spec.max
        ? fault(path, `"${label}" is more than ${spec.max}.`, `Enter at most ${spec.max}.`)
        : null;
    }
    case 'choice':
      return field.options?.some((option) => option.value === value)
        ? null
        : fault(path, `"${String(value)}" is no choice of "${label}".`, 'Choose one of the list.');
    case 'text':
    case 'multiline':
      return textFault(field, spec, value);
    default:
      return field.kind satisfies never;
  }
}

function textFault(field: FixField, spec: ParamSpec | undefined, value: JsonValue): EditFault | null {
  const { path, label } = field;
  if (typeof value !== 'string') return fault(path, `"${label}" must be a text.`, 'Enter a text.');
  if (value.length > 20_000) return fault(path, `"${label}" is too long.`, 'Shorten it.');
  if (spec?.kind === 'datetime' && !Number.isFinite(Date.parse(value)))
    return fault(path, `"${label}" is no date.`, 'Write it as 2026-11-20.');
  if (spec?.kind !== 'text') return null;
  if (spec.maxLength !== undefined && value.length > spec.maxLength)
    return fault(path, `"${label}" has more than ${spec.maxLength} characters.`, 'Shorten it.');
  return spec.pattern !== undefined && !new RegExp(spec.pattern).test(value)
    ? fault(path, `"${label}" does not have the form the step expects.`, 'Compare it with a record that works.')
    : null;
}

/** Everything wrong with a correction; empty when it may be used. */
export function editFaults(
  manifest: NodeManifest | undefined,
  fields: readonly FixField[],
  edits: readonly Edit[],
): EditFault[] {
  return edits.flatMap(({ path, value }) => {
    const field = fields.find((one) => one.path === path);
    if (!field) return [fault(path, `There is no field "${path}" here.`, 'Reload the problem and correct it again.')];
    const [name = ''] = path.split('.');
    const wrong = valueFault(field, path === name ? manifest?.params[name] : undefined, value);
    return wrong ? [wrong] : [];
  });
}

/** The fields to send instead of those that failed: each one changed, whole. */
export function editedParams(params: JsonObject, edits: readonly Edit[]): JsonObject {
  const changed: JsonObject = {};
  for (const { path, value } of edits) {
    const [name = '', ...inside] = path.split('.');
    changed[name] = withValue(changed[name] ?? params[name] ?? null, inside, value);
  }
  return changed;
}

function withValue(into: JsonValue, path: readonly string[], value: JsonValue): JsonValue {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const base = isObject(into) ? into : {};
  return { ...base, [key]: withValue(base[key] ?? null, rest, value) };
}
