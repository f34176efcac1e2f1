import type { JsonObject, JsonValue, ParamSpec } from '@waybill/flow-model';
import { evaluateExpression } from './expression.ts';
import { guestError } from './failure.ts';
import { asYielded, paramProblem, yieldProblem } from './param-checks.ts';

/** What expressions of one step are evaluated over. */
export interface Evaluation {
  scope: unknown;
  bindings: Record<string, unknown>;
}

const isPlainObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function expressionText(value: JsonValue | undefined): string | undefined {
  if (!isPlainObject(value)) return undefined;
  const text = value['$'];
  return typeof text === 'string' && Object.keys(value).length === 1 ? text : undefined;
}

/** Replaces every `{ $: expression }` inside a literal; undefined where an expression found nothing. */
async function resolve(value: JsonValue, evaluation: Evaluation): Promise<JsonValue | undefined> {
  if (typeof value !== 'object' || value === null) return value;
  const text = expressionText(value);
  if (text !== undefined) return evaluateExpression(text, evaluation.scope, evaluation.bindings);
  if (Array.isArray(value)) {
    const list: JsonValue[] = [];
    for (const entry of value) list.push((await resolve(entry, evaluation)) ?? null);
    return list;
  }
  const object: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    const resolved = await resolve(member, evaluation);
    if (resolved !== undefined) object[key] = resolved;
  }
  return object;
}

async function resolveParam(
  raw: JsonValue | undefined,
  spec: ParamSpec,
  evaluation: Evaluation,
): Promise<JsonValue | undefined> {
  if (spec.kind === 'expression') {
    const text = expressionText(raw) ?? raw;
    if (typeof text !== 'string') return text;
    if (text.trim() === '') return undefined;
    return asYielded(await evaluateExpression(text, evaluation.scope, evaluation.bindings), spec.yields);
  }
  if (spec.kind === 'list' && Array.isArray(raw)) {
    const rows: JsonValue[] = [];
    for (const row of raw)
      rows.push(
        isPlainObject(row) && expressionText(row) === undefined
          ? await resolveFields(row, spec.item, evaluation)
          : ((await resolve(row, evaluation)) ?? null),
      );
    return rows;
  }
  return raw === undefined ? undefined : resolve(raw, evaluation);
}

async function resolveFields(
  raw: Record<string, JsonValue>,
  specs: Record<string, ParamSpec>,
  evaluation: Evaluation,
): Promise<JsonObject> {
  const values: JsonObject = {};
  for (const [name, spec] of Object.entries(specs)) {
    const set = Object.hasOwn(raw, name) ? raw[name] : undefined;
    const value = await resolveParam(set, spec, evaluation);
    if (spec.neverBlank && set !== undefined && isBlank(value)) throw blank(spec);
    if (value !== undefined && !(value === null && spec.optional && spec.kind !== 'json' && spec.kind !== 'expression'))
      values[name] = value;
    else if (spec.default !== undefined) values[name] = structuredCopy(spec.default);
  }
  return values;
}

const structuredCopy = (value: JsonValue): JsonValue =>
  typeof value === 'object' && value !== null ? (JSON.parse(JSON.stringify(value)) as JsonValue) : value;

/** A param that the form hides cannot be asked for. */
const isShown = (spec: ParamSpec, values: JsonObject): boolean =>
  spec.when === undefined || spec.when.is.some((wanted) => wanted === values[spec.when?.param ?? '']);

function check(values: JsonObject, specs: Record<string, ParamSpec>, path: string): void {
  for (const [name, spec] of Object.entries(specs)) {
    const value = values[name];
    const label = `"${spec.label}" (${path}${name})`;
    if (value === undefined) {
      if (spec.optional || !isShown(spec, values)) continue;
      throw invalid(`The field ${label} has no value.`, 'Fill it in, or correct the expression that found nothing.');
    }
    const problem = spec.kind === 'expression' ? yieldProblem(value, spec.yields) : paramProblem(value, spec);
    if (problem) throw invalid(`The field ${label} ${problem}.`, 'Correct the field or the data its expression reads.');
    // Moments are whole milliseconds, and an expression may divide.
    if (spec.kind === 'duration') values[name] = Math.round(value as number);
    if (spec.kind === 'list' && Array.isArray(value))
      for (const [at, row] of value.entries()) {
        if (!isPlainObject(row))
          throw invalid(`Row ${at + 1} of ${label} is not an object.`, 'Give each row its named fields.');
        check(row, spec.item, `${path}${name}[${at}].`);
      }
  }
}

const isBlank = (value: JsonValue | undefined): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

const blank = (spec: ParamSpec): Error =>
  invalid(
    `The field "${spec.label}" is set, but nothing came of it.`,
    'Correct the expression or the data it reads, then retry; or leave the field empty.',
  );

const invalid = (what: string, fix: string): Error => guestError('PARAM_INVALID', what, fix);

/**
 * The values `run` receives: expressions evaluated, defaults filled in, kinds checked. Params the
 * definition does not know are left out.
 * @throws {FlowError} EXPRESSION_FAILED; PARAM_INVALID naming the param.
 */
export async function resolveParams(
  raw: Record<string, JsonValue>,
  specs: Record<string, ParamSpec>,
  evaluation: Evaluation,
): Promise<JsonObject> {
  const values = await resolveFields(raw, specs, evaluation);
  check(values, specs, '');
  return values;
}
