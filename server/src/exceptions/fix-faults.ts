/** What is wrong with a correction, field by field. Pure. */
import type { FixField } from '@waybill/api-contract';
import type { JsonValue, NodeManifest, ParamSpec } from '@waybill/flow-model';
import { parseExpression } from '@waybill/flow-model';
import { functionScript } from '@waybill/sandbox';
import type { Edit } from './fix-form.ts';
import { isObject } from './fix-form.ts';

export type EditFault = { path: string; what: string; fix: string };
type Fault = Omit<EditFault, 'path'>;

const longestText = 20_000;
const longestJson = 200_000;

const fault = (what: string, fix: string): Fault => ({ what, fix });

/** Everything wrong with a correction; empty when it may be used. */
export function editFaults(
  manifest: NodeManifest | undefined,
  fields: readonly FixField[],
  edits: readonly Edit[],
): EditFault[] {
  return edits.flatMap(({ path, value }) => {
    const at = `edits.${path}`;
    const field = fields.find((one) => one.path === path);
    if (!field)
      return [{ path: at, what: `There is no field "${path}" here.`, fix: 'Reload the problem and correct it again.' }];
    const [name = ''] = path.split('.');
    const wrong = valueFault(field, path === name ? manifest?.params[name] : undefined, value);
    return wrong ? [{ path: at, ...wrong }] : [];
  });
}

type Rule = Pick<FixField, 'kind' | 'label' | 'required' | 'options'>;

function valueFault(field: Rule, spec: ParamSpec | undefined, value: JsonValue): Fault | null {
  const { label } = field;
  if (value === null || value === '')
    return field.required ? fault(`"${label}" may not be empty.`, 'Fill it in.') : null;
  switch (field.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? null : fault(`"${label}" is yes or no.`, 'Choose one of them.');
    case 'number':
      return numberFault(label, spec, value);
    case 'choice':
      return field.options?.some((option) => option.value === value)
        ? null
        : fault(`"${String(value)}" is no choice of "${label}".`, 'Choose one of the list.');
    case 'text':
    case 'multiline':
      return textFault(label, spec, value);
    case 'json':
      return jsonFault(label, spec, value);
    case 'expression':
      return expressionFault(label, value);
    case 'code':
      return codeFault(label, spec, value);
    default:
      return field.kind satisfies never;
  }
}

function numberFault(label: string, spec: ParamSpec | undefined, value: JsonValue): Fault | null {
  if (typeof value !== 'number' || !Number.isFinite(value))
    return fault(`"${label}" is not a number.`, 'Enter a number such as 1250 or 99.50.');
  if (spec?.kind !== 'number' && spec?.kind !== 'integer') return null;
  if (spec.kind === 'integer' && !Number.isInteger(value))
    return fault(`"${label}" must be a whole number.`, 'Leave out the decimals.');
  if (spec.min !== undefined && value < spec.min)
    return fault(`"${label}" is less than ${spec.min}.`, `Enter at least ${spec.min}.`);
  return spec.max !== undefined && value > spec.max
    ? fault(`"${label}" is more than ${spec.max}.`, `Enter at most ${spec.max}.`)
    : null;
}

function textFault(label: string, spec: ParamSpec | undefined, value: JsonValue): Fault | null {
  if (typeof value !== 'string') return fault(`"${label}" must be a text.`, 'Enter a text.');
  if (value.length > longestText) return fault(`"${label}" is too long.`, 'Shorten it.');
  if (spec?.kind === 'datetime' && !Number.isFinite(Date.parse(value)))
    return fault(`"${label}" is no date.`, 'Write it as 2026-11-20.');
  if (spec?.kind !== 'text') return null;
  if (spec.maxLength !== undefined && value.length > spec.maxLength)
    return fault(`"${label}" has more than ${spec.maxLength} characters.`, 'Shorten it.');
  return spec.pattern !== undefined && !new RegExp(spec.pattern).test(value)
    ? fault(`"${label}" does not have the form the step expects.`, 'Compare it with a record that works.')
    : null;
}

/** An object of nothing but `$` is an expression to the engine, and data may not become one. */
function hasExpression(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return (isObject(value) && typeof value['$'] === 'string') || Object.values(value).some(hasExpression);
}

function jsonFault(label: string, spec: ParamSpec | undefined, value: JsonValue): Fault | null {
  if (JSON.stringify(value).length > longestJson) return fault(`"${label}" is too long.`, 'Shorten it.');
  if (hasExpression(value))
    return fault(`"${label}" has a member "$", which would be computed.`, 'Give it another name.');
  switch (spec?.kind) {
    case 'people':
      return Array.isArray(value) && value.every((one) => typeof one === 'string')
        ? null
        : fault(`"${label}" is a list of people.`, 'Write it as ["anna@firm.example"].');
    case 'mapping':
      return isObject(value)
        ? mappingFault(label, spec, value)
        : fault(`"${label}" is an object.`, 'Write it as {"name": "value"}.');
    case 'list':
      return Array.isArray(value)
        ? rowsFault(label, spec, value)
        : fault(`"${label}" is a list.`, 'Write it as [{…}, {…}].');
    default:
      return null;
  }
}

function mappingFault(
  label: string,
  spec: Extract<ParamSpec, { kind: 'mapping' }>,
  value: Record<string, JsonValue>,
): Fault | null {
  const empty = (spec.fields ?? []).find((one) => one.required && (value[one.name] ?? '') === '');
  return empty ? fault(`"${empty.label ?? empty.name}" in "${label}" may not be empty.`, 'Fill it in.') : null;
}

/** The first row that does not fit, by number and field. */
function rowsFault(
  label: string,
  spec: Extract<ParamSpec, { kind: 'list' }>,
  rows: readonly JsonValue[],
): Fault | null {
  for (const [at, row] of rows.entries()) {
    const where = `Row ${at + 1} of "${label}"`;
    if (!isObject(row)) return fault(`${where} is no object.`, 'Write each row as {"name": "value"}.');
    const stray = Object.keys(row).find((name) => !Object.hasOwn(spec.item, name));
    if (stray !== undefined)
      return fault(`${where} has no field "${stray}".`, `Fields are ${Object.keys(spec.item).join(', ')}.`);
    for (const [name, item] of Object.entries(spec.item)) {
      const wrong = valueFault(ruleOf(item, row[name] ?? null), item, row[name] ?? null);
      if (wrong) return fault(`${where}: ${wrong.what}`, wrong.fix);
    }
  }
  return null;
}

const kinds: Partial<Record<ParamSpec['kind'], FixField['kind']>> = {
  number: 'number',
  integer: 'number',
  duration: 'number',
  boolean: 'boolean',
  choice: 'choice',
  expression: 'expression',
  code: 'code',
  json: 'json',
  mapping: 'json',
  people: 'json',
};

function ruleOf(spec: ParamSpec, value: JsonValue): Rule {
  // A scalar of a field that takes any value needs no rule of its own.
  const kind = kinds[spec.kind] ?? (typeof value === 'string' || value === null ? 'text' : 'json');
  return {
    kind,
    label: spec.label,
    required: spec.optional !== true && spec.default === undefined,
    ...(spec.kind === 'choice' ? { options: spec.options } : {}),
  };
}

function expressionFault(label: string, value: JsonValue): Fault | null {
  if (typeof value !== 'string') return fault(`"${label}" must be the text of an expression.`, 'Enter a text.');
  if (value.length > longestText) return fault(`"${label}" is too long.`, 'Shorten it.');
  const parsed = parseExpression(value);
  if (parsed.ok) return null;
  const { line, column, what } = parsed.fault;
  return fault(`"${label}" is no expression: ${what} (line ${line}, column ${column}).`, 'Correct the expression.');
}

function codeFault(label: string, spec: ParamSpec | undefined, value: JsonValue): Fault | null {
  if (typeof value !== 'string') return fault(`"${label}" must be a text.`, 'Enter a text.');
  const language = spec?.kind === 'code' ? spec.language : 'json';
  switch (language) {
    case 'typescript': {
      const script = functionScript(value);
      return script.ok ? null : fault(`"${label}": ${script.what}`, 'Correct the code.');
    }
    case 'jsonata':
      return expressionFault(label, value);
    case 'json':
      return isJson(value) ? null : fault(`"${label}" is no JSON.`, 'Check commas, quotes and brackets.');
    case 'sql':
    case 'soql':
      // Only the system it is sent to knows whether it is right.
      return value.length > longestText ? fault(`"${label}" is too long.`, 'Shorten it.') : null;
    default:
      return language satisfies never;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
