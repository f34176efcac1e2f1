/** The form in which a person puts the fields of a failed step right. Pure. */
import type { FixField } from '@waybill/api-contract';
import type { ErrorRecord, JsonObject, JsonValue, MaskedNames, NodeManifest, ParamSpec } from '@waybill/flow-model';
import { isExpression, isMasked, masked } from '@waybill/flow-model';

export interface Edit {
  path: string;
  value: JsonValue;
}

export interface FixSources {
  manifest: NodeManifest | undefined;
  /** What the fields held when the step failed; empty where they could not be worked out. */
  params: JsonObject;
  /** The fields as the flow has them: literals and expressions. */
  written: JsonObject;
  error: ErrorRecord;
  /** Fields whose values are hidden; they can be replaced, not read. */
  names: MaskedNames;
  /** Hidden values of the run: they are hidden under other names too. */
  hidden: readonly JsonValue[];
}

const maxFields = 60;
const maxDepth = 4;
/** Kinds that name a part of the platform: not for the exception desk. */
const notForPeople: ReadonlySet<ParamSpec['kind']> = new Set(['cron', 'flow', 'step', 'timezone']);
/** Kinds whose text is a program. */
const programs: ReadonlySet<ParamSpec['kind']> = new Set(['expression', 'code']);

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `companyName` -> `Company name`. */
const worded = (name: string): string => {
  const spaced = name.replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/[_-]+/g, ' ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1).toLowerCase();
};

function kindOf(value: JsonValue, spec: ParamSpec | undefined): FixField['kind'] {
  if (spec?.kind === 'choice') return 'choice';
  if (typeof value === 'object' && value !== null) return 'json';
  if (spec?.kind === 'list' || spec?.kind === 'people' || spec?.kind === 'json' || spec?.kind === 'mapping')
    return 'json';
  if (typeof value === 'boolean' || spec?.kind === 'boolean') return 'boolean';
  if (typeof value === 'number' || spec?.kind === 'number' || spec?.kind === 'integer') return 'number';
  const isLong = typeof value === 'string' && (value.length > 80 || value.includes('\n'));
  return isLong || (spec?.kind === 'text' && spec.multiline) ? 'multiline' : 'text';
}

/** Whether the error speaks of this field, by its name or by what stands in it. */
function isSuspect(error: ErrorRecord, name: string, label: string, value: JsonValue): boolean {
  const said = `${error.what} ${error.detail ?? ''}`.toLowerCase();
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).toLowerCase() : '';
  const mentions = (word: string) => word.length > 2 && said.includes(word.toLowerCase());
  return mentions(name) || mentions(label) || mentions(text);
}

/** Programs and values that are hidden as a whole or in part cannot be shown for editing. */
const holdsHidden = (value: JsonValue, names: MaskedNames, hidden: readonly JsonValue[]): boolean =>
  hidden.length > 0 && JSON.stringify(masked(value, names, hidden)) !== JSON.stringify(value);

/** A name that could not be told from a level, or that would be computed. */
const isOdd = (key: string): boolean => key.includes('.') || key.startsWith('$');

const isOpenable = (value: JsonValue, path: readonly string[]): value is JsonObject =>
  isObject(value) && path.length < maxDepth && Object.keys(value).length > 0 && !Object.keys(value).some(isOdd);

const isRequired = (path: readonly string[], spec: ParamSpec | undefined): boolean =>
  path.length === 1 && spec !== undefined && spec.optional !== true && spec.default === undefined;

/**
 * The fields a person may change: values a few levels deep, lists and other objects whole, and the texts of expressions
 * and code.
 */
export function fixFields({ manifest, params, written, error, names, hidden }: FixSources): FixField[] {
  const fields: FixField[] = [];
  const add = (
    path: string[],
    labels: string[],
    spec: ParamSpec | undefined,
    kind: FixField['kind'],
    value: JsonValue,
  ) => {
    if (fields.length >= maxFields) return;
    const isHidden =
      value !== null && (path.some((part) => isMasked(names, part)) || holdsHidden(value, names, hidden));
    fields.push({
      path: path.join('.'),
      label: labels.join(' › '),
      help: spec?.help ?? null,
      kind,
      ...(spec?.kind === 'choice' ? { options: spec.options } : {}),
      required: isRequired(path, spec),
      value: isHidden ? null : value,
      ...(isHidden ? { masked: true } : {}),
      suspect: isSuspect(error, path.at(-1) ?? '', labels.at(-1) ?? '', value),
    });
  };
  const walk = (value: JsonValue, path: string[], labels: string[], spec: ParamSpec | undefined): void => {
    if (!isOpenable(value, path)) {
      add(path, labels, spec, kindOf(value, spec), value);
      return;
    }
    const named = spec?.kind === 'mapping' ? (spec.fields ?? []) : [];
    for (const [key, member] of Object.entries(value)) {
      const field = named.find((one) => one.name === key);
      walk(member, [...path, key], [...labels, field?.label ?? worded(key)], undefined);
    }
  };
  for (const [name, spec] of Object.entries(manifest?.params ?? {})) {
    if (notForPeople.has(spec.kind)) continue;
    const given = written[name];
    if (programs.has(spec.kind)) {
      // A program that was computed has no text of its own.
      if (typeof given === 'string') add([name], [spec.label], spec, spec.kind as 'expression' | 'code', given);
    } else if (Object.hasOwn(params, name)) walk(params[name] ?? null, [name], [spec.label], spec);
    else if (isExpression(given)) add([name], [spec.label], spec, 'expression', given.$);
    else if (given !== undefined) walk(given, [name], [spec.label], spec);
  }
  // Fields of the node that were left empty may be what is missing.
  for (const [name, spec] of Object.entries(manifest?.params ?? {}))
    if (written[name] === undefined && !Object.hasOwn(params, name) && spec.when === undefined && isScalar(spec))
      walk(spec.kind === 'boolean' ? false : null, [name], [spec.label], spec);
  return fields;
}

const isScalar = (spec: ParamSpec): boolean =>
  ['text', 'integer', 'number', 'boolean', 'choice', 'datetime', 'table'].includes(spec.kind);

/** Fields whose text is a program: for those who may edit flows. */
export const isProgram = (field: Pick<FixField, 'kind'>): boolean =>
  field.kind === 'expression' || field.kind === 'code';

/** The fields to send instead of those that failed: each one changed, whole. */
export function editedParams({ manifest, params, written }: FixSources, edits: readonly Edit[]): JsonObject {
  const changed: JsonObject = {};
  for (const { path, value } of edits) {
    const [name = '', ...inside] = path.split('.');
    const isWritten = programs.has(manifest?.params[name]?.kind ?? 'text');
    // Where the flow has an expression, its new text is one too.
    const isComputed = !isWritten && inside.length === 0 && !Object.hasOwn(params, name) && isExpression(written[name]);
    changed[name] = isComputed
      ? { $: value }
      : withValue(changed[name] ?? params[name] ?? written[name] ?? null, inside, value);
  }
  return changed;
}

function withValue(into: JsonValue, path: readonly string[], value: JsonValue): JsonValue {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const base = isObject(into) ? into : {};
  return { ...base, [key]: withValue(base[key] ?? null, rest, value) };
}
