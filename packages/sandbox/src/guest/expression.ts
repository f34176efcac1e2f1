import type { JsonValue } from '@waybill/flow-model';
import jsonata from 'jsonata';
import { guestError, shortened } from './failure.ts';
import { MAX_NESTING } from './outcome.ts';
import { seededRandom, seededUuid } from './seeded.ts';

/** Parsed expressions, by text; the oldest leave first. */
const CACHE_SIZE = 1_000;
/** Nested evaluations; stops endless recursion long before memory runs out. */
const MAX_DEPTH = 2_000;
const parsed = new Map<string, jsonata.Expression>();
const options = Object.freeze({ stack: MAX_DEPTH });

/** What stands still while a step runs: its moment and the seed of what looks random. */
export interface ExpressionClock {
  /** Epoch ms. */
  now: number;
  seed: string;
}

function parse(text: string): jsonata.Expression {
  const known = parsed.get(text);
  if (known) return known;
  const expression = jsonata(text, options);
  // A lambda carries its part of the tree, and the tree serves the next run as well.
  freezeTree(expression.ast());
  if (parsed.size >= CACHE_SIZE) for (const oldest of parsed.keys()) if (parsed.delete(oldest)) break;
  parsed.set(text, expression);
  return expression;
}

function freezeTree(node: unknown): void {
  if (typeof node !== 'object' || node === null || Object.isFrozen(node)) return;
  Object.freeze(node);
  for (const member of Object.values(node)) freezeTree(member);
}

const formatMillis = jsonata('$fromMillis($at, $picture, $zone)');

/** Functions that must give the same when a step is repeated; a fresh set per step. */
export function bindingsFor(clock: ExpressionClock): Record<string, unknown> {
  let random: (() => number) | undefined;
  const draw = () => {
    random ??= seededRandom(clock.seed);
    return random();
  };
  return {
    now: (picture?: string, zone?: string) =>
      picture === undefined && zone === undefined
        ? new Date(clock.now).toISOString()
        : formatMillis.evaluate({}, { at: clock.now, picture, zone }),
    millis: () => clock.now,
    random: draw,
    uuid: () => seededUuid(draw),
    shuffle: (list: unknown) => shuffled(Array.isArray(list) ? list : [list], draw),
  };
}

function shuffled(list: readonly unknown[], draw: () => number): unknown[] {
  const result = [...list];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(draw() * (last + 1));
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}

/**
 * Evaluates one expression over `scope`.
 * @returns the value as plain JSON, undefined when the expression found nothing.
 * @throws {FlowError} EXPRESSION_FAILED.
 */
export async function evaluateExpression(
  text: string,
  scope: unknown,
  bindings: Record<string, unknown>,
): Promise<JsonValue | undefined> {
  try {
    return plain(await parse(text).evaluate(scope, bindings), 0);
  } catch (thrown) {
    throw expressionError(text, thrown);
  }
}

function expressionError(text: string, thrown: unknown): Error {
  const { message, position, code } = (thrown ?? {}) as { message?: string; position?: number; code?: string };
  const at = typeof position === 'number' && position >= 0 ? ` at character ${position}` : '';
  const why = shortened(String(message ?? 'unknown reason'), 500);
  return guestError(
    'EXPRESSION_FAILED',
    `The expression ${shortened(JSON.stringify(text), 200)} failed${at}: ${why}${code ? ` (${code})` : ''}`,
    'Correct the expression; the preview shows what it yields on the data of an earlier run.',
  );
}

/** JSONata marks its lists with extra properties and may yield functions: neither may leave the expression. */
function plain(value: unknown, depth: number): JsonValue | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || '_jsonata_function' in value || '_jsonata_lambda' in value)
    throw new Error('it yields a function, not data; call it with ()');
  if (depth > MAX_NESTING) throw new Error(`it yields data nested deeper than ${MAX_NESTING} levels`);
  if (Array.isArray(value)) {
    const copy = new Array<JsonValue>(value.length);
    for (let at = 0; at < value.length; at += 1) copy[at] = plain(value[at], depth + 1) ?? null;
    return copy;
  }
  const copy: Record<string, JsonValue> = {};
  for (const key of Object.keys(value)) {
    const member = plain((value as Record<string, unknown>)[key], depth + 1);
    if (member === undefined) continue;
    if (key === '__proto__')
      Object.defineProperty(copy, key, { value: member, writable: true, enumerable: true, configurable: true });
    else copy[key] = member;
  }
  return copy;
}

/** For the proof that nothing shared is mutable: what an expression can get hold of by way of a function value. */
export async function sharedByExpressions(): Promise<unknown[]> {
  const lambda: unknown = await parse('function($x){$x}').evaluate({}, {});
  const { environment } = lambda as { environment: { global: unknown; base: { options: unknown } } };
  return [environment.global, environment.base.options];
}
