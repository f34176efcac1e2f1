/** Checks the literal values of params against their specs; expressions are checked elsewhere, by what they refer to. */
import { closestName, listNames } from './closest-name.ts';
import { isExpression } from './flow.ts';
import type { JsonSchema } from './json.ts';
import type { ParamSpec } from './manifest.ts';
import { expressionsIn, isBareExpression } from './node-expressions.ts';
import { schemaOf } from './value-problems.ts';

/** A problem without its node: the caller knows where. */
export interface ParamProblem {
  readonly code: string;
  readonly field: string;
  readonly what: string;
  readonly fix: string;
}

type ParamSpecs = Record<string, ParamSpec>;
type ScalarKind = Exclude<ParamSpec['kind'], 'list'>;
type SpecOf<K extends ParamSpec['kind']> = Extract<ParamSpec, { kind: K }>;
type Values = Readonly<Record<string, unknown>>;

/** All problems of one node's params, or of one row of a list. `at` is the dotted prefix of fields. */
export function paramProblems(specs: ParamSpecs, values: Values, at = ''): ParamProblem[] {
  const unknown = Object.keys(values).filter((name) => !Object.hasOwn(specs, name));
  return [
    ...unknown.map((name) => unknownParam(name, specs, at)),
    ...Object.entries(specs).flatMap(([name, spec]) => {
      const shown = isShown(spec, specs, values);
      return shown === 'no' ? [] : oneParam(spec, values[name], `${at}${name}`, shown === 'yes');
    }),
  ];
}

function unknownParam(name: string, specs: ParamSpecs, at: string): ParamProblem {
  const near = closestName(name, Object.keys(specs));
  return {
    code: 'PARAM_UNKNOWN',
    field: `${at}${name}`,
    what: `there is no field "${name}" here`,
    fix: near ? `rename it to "${near}" or remove it` : `remove it; known fields: ${listNames(Object.keys(specs))}`,
  };
}

/** Whether the form shows a param; `maybe` when the param it depends on is an expression. */
export function isShown(spec: ParamSpec, specs: ParamSpecs, values: Values): 'yes' | 'no' | 'maybe' {
  if (!spec.when) return 'yes';
  const deciding = values[spec.when.param] ?? specs[spec.when.param]?.default;
  if (isExpression(deciding)) return 'maybe';
  return spec.when.is.some((value) => JSON.stringify(value) === JSON.stringify(deciding ?? null)) ? 'yes' : 'no';
}

function oneParam(spec: ParamSpec, value: unknown, field: string, mayBeRequired: boolean): ParamProblem[] {
  if (value === undefined || value === null || value === '') {
    const required = mayBeRequired && !spec.optional && spec.default === undefined;
    if (!required) return [];
    const fix =
      spec.kind === 'choice' ? `choose ${listNames(spec.options.map((option) => option.value))}` : 'fill it in';
    return [{ code: 'PARAM_MISSING', field, what: `"${spec.label}" is required and empty`, fix }];
  }
  if (spec.expression === false) {
    const inner = isBareExpression(spec) ? [] : expressionsIn(value, field);
    if (inner.length > 0) return inner.map((place) => expressionRefused(spec, place.field));
  }
  if (isExpression(value)) return [];
  return spec.kind === 'list' ? listProblems(spec, value, field) : literalProblems(spec, value, field);
}

const expressionRefused = (spec: ParamSpec, field: string): ParamProblem => ({
  code: 'PARAM_EXPRESSION_REFUSED',
  field,
  what: `"${spec.label}" must be known before a run and cannot be an expression`,
  fix: 'write a fixed value',
});

function listProblems(spec: SpecOf<'list'>, value: unknown, field: string): ParamProblem[] {
  if (!Array.isArray(value)) return [illTyped(spec, field, 'must be a list of rows', value)];
  return value.flatMap((row: unknown, index): ParamProblem[] => {
    if (isExpression(row)) return [];
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      return [illTyped(spec, `${field}.${index}`, 'must hold rows with named fields', row)];
    }
    return paramProblems(spec.item, row as Values, `${field}.${index}.`);
  });
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

const illTyped = (spec: ParamSpec, field: string, must: string, value: unknown): ParamProblem => ({
  code: 'PARAM_ILL_TYPED',
  field,
  what: `"${spec.label}" ${must}, found ${shown(value)}`,
  fix: spec.expression === false ? 'correct the value' : 'correct the value, or write an expression that yields it',
});

const outOfRange = (spec: ParamSpec, field: string, must: string, fix: string): ParamProblem => ({
  code: 'PARAM_OUT_OF_RANGE',
  field,
  what: `"${spec.label}" ${must}`,
  fix,
});

type LiteralCheck<K extends ScalarKind> = (spec: SpecOf<K>, value: unknown, field: string) => ParamProblem[];

/** What a literal of each kind must be; one entry per kind. */
const literalChecks: { [K in ScalarKind]: LiteralCheck<K> } = {
  text(spec, value, field) {
    if (typeof value !== 'string') return [illTyped(spec, field, 'must be text', value)];
    if (spec.maxLength !== undefined && value.length > spec.maxLength) {
      const must = `has ${value.length} characters, at most ${spec.maxLength} are allowed`;
      return [outOfRange(spec, field, must, `shorten it by ${value.length - spec.maxLength}`)];
    }
    if (spec.pattern !== undefined && !matches(spec.pattern, value)) {
      return [illTyped(spec, field, `must match ${spec.pattern}`, value)];
    }
    return [];
  },
  integer: (spec, value, field) =>
    Number.isSafeInteger(value)
      ? rangeProblems(spec, value as number, field, spec.min, spec.max)
      : [illTyped(spec, field, 'must be a whole number', value)],
  number: (spec, value, field) =>
    typeof value === 'number' && Number.isFinite(value)
      ? rangeProblems(spec, value, field, spec.min, spec.max)
      : [illTyped(spec, field, 'must be a number', value)],
  boolean: (spec, value, field) =>
    typeof value === 'boolean' ? [] : [illTyped(spec, field, 'must be true or false', value)],
  choice(spec, value, field) {
    const options = spec.options.map((option) => option.value);
    return options.includes(value as string)
      ? []
      : [illTyped(spec, field, `must be one of ${listNames(options, 20)}`, value)];
  },
  duration: (spec, value, field) =>
    Number.isSafeInteger(value) && (value as number) >= 0
      ? rangeProblems(spec, value as number, field, spec.minMs, spec.maxMs ?? longestDurationMs, ' ms')
      : [illTyped(spec, field, 'must be a duration in whole milliseconds', value)],
  datetime: (spec, value, field) =>
    typeof value === 'string' && isIsoMoment(value)
      ? []
      : [illTyped(spec, field, 'must be a date and time such as 2026-03-31T17:00:00Z', value)],
  json: (spec, value, field) => schemaProblems(spec, spec.schema, value, field),
  mapping: mappingProblems,
  code: (spec, value, field) =>
    typeof value === 'string'
      ? codeProblems(spec, value, field)
      : [illTyped(spec, field, 'must be source text', value)],
  expression: (spec, value, field) =>
    typeof value === 'string' ? [] : [illTyped(spec, field, 'must be the text of an expression', value)],
  cron: (spec, value, field) =>
    typeof value === 'string' && isCronPattern(value)
      ? []
      : [illTyped(spec, field, 'must be a schedule of five or six cron fields such as "0 6 * * 1-5"', value)],
  timezone: (spec, value, field) =>
    typeof value === 'string' && isTimezone(value)
      ? []
      : [illTyped(spec, field, 'must be an IANA time zone such as Europe/Berlin', value)],
  flow: (spec, value, field) => (typeof value === 'string' ? [] : [illTyped(spec, field, 'must name a flow', value)]),
  step: (spec, value, field) => (typeof value === 'string' ? [] : [illTyped(spec, field, 'must name a step', value)]),
  table: (spec, value, field) => (typeof value === 'string' ? [] : [illTyped(spec, field, 'must name a table', value)]),
  people: (spec, value, field) =>
    Array.isArray(value) && value.every((person) => typeof person === 'string' || isExpression(person))
      ? []
      : [illTyped(spec, field, 'must be a list of people or groups', value)],
};

function literalProblems(spec: Exclude<ParamSpec, { kind: 'list' }>, value: unknown, field: string): ParamProblem[] {
  // The table pairs each kind with the check of its own spec, which the index type cannot express.
  const check = literalChecks[spec.kind] as LiteralCheck<ScalarKind>;
  return check(spec, value, field);
}

/** A hundred years: what is later than that is no date in every system. */
const longestDurationMs = 3_155_760_000_000;

function rangeProblems(
  spec: ParamSpec,
  value: number,
  field: string,
  min?: number,
  max?: number,
  unit = '',
): ParamProblem[] {
  if (min !== undefined && value < min) {
    return [
      outOfRange(spec, field, `is ${value}${unit}, the least allowed is ${min}${unit}`, `raise it to ${min} or more`),
    ];
  }
  if (max !== undefined && value > max) {
    return [
      outOfRange(spec, field, `is ${value}${unit}, the most allowed is ${max}${unit}`, `lower it to ${max} or less`),
    ];
  }
  return [];
}

function mappingProblems(spec: SpecOf<'mapping'>, value: unknown, field: string): ParamProblem[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [illTyped(spec, field, 'must be an object with a value per field', value)];
  }
  const given = value as Values;
  return (spec.fields ?? []).flatMap((target): ParamProblem[] => {
    const set = given[target.name];
    if (set !== undefined && set !== null && set !== '') {
      return schemaProblems(spec, target.schema, set, `${field}.${target.name}`);
    }
    if (!target.required) return [];
    const name = target.label ?? target.name;
    return [
      {
        code: 'PARAM_MISSING',
        field: `${field}.${target.name}`,
        what: `"${name}" is required and not mapped`,
        fix: 'map a value to it',
      },
    ];
  });
}

function codeProblems(spec: SpecOf<'code'>, value: string, field: string): ParamProblem[] {
  if (spec.language !== 'json') return [];
  try {
    JSON.parse(value);
    return [];
  } catch (cause) {
    return [illTyped(spec, field, `must be valid JSON (${(cause as Error).message})`, value)];
  }
}

/** A value that holds expressions cannot be judged before a run, so only whole literals are. */
function schemaProblems(
  spec: ParamSpec,
  schema: JsonSchema | undefined,
  value: unknown,
  field: string,
): ParamProblem[] {
  if (!schema || Object.keys(schema).length === 0 || expressionsIn(value, field).length > 0) return [];
  const checked = schemaOf(schema)?.safeParse(value);
  if (!checked || checked.success) return [];
  return checked.error.issues.map((issue) =>
    illTyped(spec, [field, ...issue.path.map(String)].join('.'), `does not fit: ${issue.message}`, value),
  );
}

/** A pattern that does not compile is the node author's fault and never the flow's. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return true;
  }
}

const isIsoMoment = (value: string): boolean =>
  /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/.test(value) &&
  !Number.isNaN(Date.parse(value));

function isTimezone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

const cronField = /^(\*|\?|L|[0-9A-Za-z#L]+(-[0-9A-Za-z]+)?)(\/\d+)?$/;

/** Shape only; the scheduler that arms the trigger knows the calendar. */
function isCronPattern(value: string): boolean {
  if (/^@(yearly|annually|monthly|weekly|daily|hourly)$/.test(value)) return true;
  const fields = value.trim().split(/\s+/);
  const inShape = fields.every((field) => field.split(',').every((part) => cronField.test(part)));
  return (fields.length === 5 || fields.length === 6) && inShape;
}
