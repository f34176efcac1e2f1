/** Which request meets which fault. Pure but for the hit counters of the rules themselves. */
import { asObject, type Json } from './json.ts';

export type FaultKind =
  | 'throttle'
  | '5xx-before'
  | '5xx-after'
  | 'slow'
  | 'truncate'
  | 'html'
  | 'token-expired'
  | 'reset'
  | 'reset-after'
  | 'duplicate'
  | 'reorder'
  | 'drop-connection';

export interface Fault {
  readonly kind: FaultKind;
  /** For `slow` only: how long the answer waits. */
  readonly delayMs: number;
}

export const faultKinds: readonly FaultKind[] = [
  'throttle',
  '5xx-before',
  '5xx-after',
  'slow',
  'truncate',
  'html',
  'token-expired',
  'reset',
  'reset-after',
  'duplicate',
  'reorder',
  'drop-connection',
];

/** Faults that befall events (method `EVENT`, path = channel or receiver URL), not requests. */
const eventFaultKinds: readonly FaultKind[] = ['duplicate', 'reorder', 'drop-connection'];

/** A standing order to fail. Matching requests are counted; the schedule decides which of them fail. */
export interface FaultRule {
  readonly id: string;
  readonly match: { readonly method?: string; readonly path?: string };
  readonly fault: string;
  /** Stop after this many failures. */
  readonly times?: number;
  /** Chance between 0 and 1, drawn from a generator started with `seed`. */
  readonly probability?: number;
  readonly seed?: number;
  /** Let this many matching requests pass first. */
  readonly after?: number;
  /** Of the requests left, fail only each n-th. */
  readonly everyNth?: number;
  seen: number;
  fired: number;
  draw: number;
}

/** Reads `kind` or `slow:<ms>`. @returns null for anything else. */
export function parseFault(text: string): Fault | null {
  const [name, parameter] = text.trim().split(':', 2);
  const kind = faultKinds.find((known) => known === name);
  if (!kind) return null;
  const delayMs = kind === 'slow' ? Number(parameter ?? '1000') : 0;
  return Number.isFinite(delayMs) && delayMs >= 0 ? { kind, delayMs } : null;
}

/** @returns the rule, or a sentence saying what is wrong with it. */
export function parseFaultRule(id: string, body: Json): FaultRule | string {
  const given = asObject(body);
  const fault = given['fault'];
  if (typeof fault !== 'string' || !parseFault(fault))
    return `"fault" must be one of ${faultKinds.join(', ')} (slow:<ms>).`;
  const match = asObject(given['match']);
  const path = match['path'];
  if (path !== undefined && (typeof path !== 'string' || !isPattern(path)))
    return '"match.path" must be a regular expression.';
  const rule: Record<string, unknown> = { id, fault, seen: 0, fired: 0, draw: Number(given['seed'] ?? 1) };
  rule['match'] = {
    ...(typeof match['method'] === 'string' ? { method: match['method'].toUpperCase() } : {}),
    ...(typeof path === 'string' ? { path } : {}),
  };
  for (const name of ['times', 'probability', 'seed', 'after', 'everyNth']) {
    const value = given[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'number' || value < 0) return `"${name}" must be a number of 0 or more.`;
    rule[name] = value;
  }
  return rule as unknown as FaultRule;
}

/** The fault of the first rule that fires; every matching rule counts the request until one fires. */
export function drawFault(rules: readonly FaultRule[], request: { method: string; path: string }): Fault | null {
  for (const rule of rules) {
    if (rule.match.method !== undefined && rule.match.method !== request.method) continue;
    if (rule.match.path !== undefined && !new RegExp(rule.match.path).test(request.path)) continue;
    if (request.method === 'EVENT' && !eventFaultKinds.includes(rule.fault as FaultKind)) continue;
    if (request.method !== 'EVENT' && eventFaultKinds.includes(rule.fault as FaultKind)) continue;
    rule.seen += 1;
    if (!isDue(rule)) continue;
    rule.fired += 1;
    return parseFault(rule.fault);
  }
  return null;
}

function isDue(rule: FaultRule): boolean {
  const position = rule.seen - (rule.after ?? 0);
  if (position < 1) return false;
  if (rule.times !== undefined && rule.fired >= rule.times) return false;
  if (rule.everyNth !== undefined && rule.everyNth > 0 && position % rule.everyNth !== 0) return false;
  return rule.probability === undefined || nextChance(rule) < rule.probability;
}

/** One step of mulberry32: small, seedable and good enough to schedule faults. */
function nextChance(rule: FaultRule): number {
  rule.draw = (rule.draw + 0x6d2b79f5) | 0;
  let mixed = Math.imul(rule.draw ^ (rule.draw >>> 15), 1 | rule.draw);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}

function isPattern(text: string): boolean {
  try {
    return Boolean(new RegExp(text));
  } catch {
    return false;
  }
}
