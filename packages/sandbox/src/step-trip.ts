// A step as it leaves for a runner and as it comes back, with those handed along with it.
import type { ExpressionScope, FollowedStep, NextStep, StepCall, StepResult } from '@waybill/engine/ports';
import type { NodeOutcome } from '@waybill/node-sdk';
import { readResult } from './pool/result.ts';
import type { TicketEnd } from './pool/ticket.ts';

/** What of a call enters the isolate: no connection names, and one copy of an input that the scope carries as well. */
export function guestCall(call: StepCall) {
  const { connections: _connections, timeoutMs: _timeoutMs, memoryMb: _memoryMb, next: _next, input, ...rest } = call;
  const ports = Object.keys(input);
  const only = ports.length === 1 ? ports[0] : undefined;
  const isShared = only !== undefined && input[only] === (call.scope as ExpressionScope | undefined)?.input;
  return isShared ? { ...rest, input: null, inputPort: only } : { ...rest, input };
}

/** JSON of the steps that may go along, each only with the one before it; empty without any. */
export function nextText(next: readonly NextStep[], mayGoAlong: (step: NextStep) => boolean): string {
  const kept = goingAlong(next, mayGoAlong);
  return kept.length === 0 ? '' : JSON.stringify(kept);
}

const goingAlong = (next: readonly NextStep[], mayGoAlong: (step: NextStep) => boolean): NextStep[] =>
  next.filter(mayGoAlong).map((step) => ({ ...step, next: goingAlong(step.next, mayGoAlong) }));

/** The end of a trip as the engine reads it. */
export function stepResult(call: Pick<StepCall, 'runId' | 'step'>, end: TicketEnd, tookMs: number): StepResult {
  if (end.kind === 'failed') {
    const error = { ...end.error, where: { run: call.runId, step: call.step } };
    return { ok: false, error, log: [], tookMs, ...(end.crashed ? { crashed: true } : {}) };
  }
  const { followed } = end;
  if (followed.length === 0) return readStep(call.runId, call.step, end.json, tookMs);
  const more: FollowedStep[] = followed.map(({ step, json, tookMs }) => ({
    step,
    result: readStep(call.runId, step, json, tookMs),
  }));
  const after = more.reduce((sum, { result }) => sum + result.tookMs, 0);
  const first = readStep(call.runId, call.step, end.json, tookMs - after);
  return first.ok ? { ...first, followed: more } : first;
}

function readStep(run: string, step: string, json: string, tookMs: number): StepResult {
  const result = readResult(json);
  const log = result.log ?? [];
  if (result.ok) {
    // The shape was checked by `readResult`; which directive it is, the engine reads.
    const outcome = (result.outcome ?? null) as NodeOutcome | null;
    return { ok: true, outcome, params: result.params ?? {}, log, tookMs };
  }
  const { error, params } = result;
  return {
    ok: false,
    error: { ...error, where: { run, step, ...error.where } },
    ...(params ? { params } : {}),
    log,
    tookMs,
  };
}
