// A step and those handed along with it, one after the other in one trip.
import type { JsonObject, JsonValue } from '@waybill/flow-model';
import type { GuestCall, GuestNext } from './call.ts';
import type { HostCalls } from './host-calls.ts';
import { withoutHost } from './host-calls.ts';
import type { StepReport, StepTools } from './step.ts';
import { executeStep } from './step.ts';

/** Told of each step as it ends; without a report: nothing more comes. */
export type TellEnd = (isLast: boolean, json: string, step: string) => void;

interface Due {
  next: GuestNext;
  /** JSON of what the step before it emitted. */
  input: string;
}

/**
 * Runs a step and then what follows by the port it left by. Values pass as JSON, as they do between trips, so that no step
 * holds an object of another. A trip that asked the host for something ends with the step that did.
 * @param nextJson JSON of a list of `GuestNext`, or empty.
 */
export async function executeTrip(
  call: GuestCall,
  nextJson: string,
  host: HostCalls,
  tools: StepTools,
  tell: TellEnd,
): Promise<void> {
  const report = await executeStep(call, host, tools);
  if (nextJson === '' || report.left === null || host.hasAsked()) {
    tell(true, report.json, call.step);
    return;
  }
  const outputs = new Map<string, string>();
  const due: Due[] = [];
  const ended = (step: string, id: string, { json, left }: StepReport, next: readonly GuestNext[]): void => {
    if (left !== null && left.value.length <= tools.limits.followChars) {
      outputs.set(id, left.value);
      for (const each of next) if (each.port === left.port) due.push({ next: each, input: left.value });
    }
    tell(due.length === 0, json, step);
  };
  ended(call.step, call.step.slice(call.step.lastIndexOf('/') + 1), report, JSON.parse(nextJson) as GuestNext[]);
  for (let each = due.shift(); each; each = due.shift()) {
    const { next } = each;
    const own = withoutHost();
    const followed = await executeStep(followingCall(call, each, outputs), own, tools);
    if (own.hasAsked()) {
      tell(true, '', '');
      return;
    }
    ended(next.step, next.id, followed, next.next);
  }
}

function followingCall(first: GuestCall, { next, input }: Due, outputs: ReadonlyMap<string, string>): GuestCall {
  const outputOf = (id: string): JsonValue => JSON.parse(outputs.get(id) ?? 'null') as JsonValue;
  const { port: _port, id: _id, known, reads, triggerFrom, next: _next, ...own } = next;
  const steps: JsonObject = known.steps;
  for (const id of reads) steps[id] = outputOf(id);
  const trigger = triggerFrom === null ? known.trigger : outputOf(triggerFrom);
  const { runId, now, scope } = first;
  const value = JSON.parse(input) as JsonValue;
  return {
    mode: 'run',
    runId,
    now,
    ...own,
    attempt: 1,
    input: null,
    scope: { ...scope, input: value, steps, trigger },
  };
}
