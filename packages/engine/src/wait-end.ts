/** What a step emits when its wait is over. Pure. */
import type { EpochMs, ErrorRecord, JsonValue } from '@waybill/flow-model';
import type { JournalRecord, StoredValue } from './journal-record.ts';
import type { LocatedStep, StepState } from './run-state.ts';

/** The step's own input is asked for only where it is handed on. */
export type WaitEnd =
  | { do: 'record'; record: JournalRecord }
  | { do: 'emit'; port: string; value: (input: JsonValue) => JsonValue };

const emitValue = (port: string, value: JsonValue): WaitEnd => ({ do: 'emit', port, value: () => value });

/** Null when the wait is not over at `now`. */
export function waitEnd(at: LocatedStep & { step: StepState }, now: EpochMs): WaitEnd | null {
  const { key, node, step } = at;
  const { fulfilled } = step;
  if (!fulfilled) return expiry(at, now);
  switch (fulfilled.how) {
    case 'task': {
      const { port, outcome, by, comment, form } = fulfilled;
      return { do: 'emit', port, value: (input) => ({ outcome, by, comment, form, input }) };
    }
    case 'event':
      return emitValue(step.wait?.kind === 'event' ? step.wait.port : node.firstOutput, fulfilled.payload);
    case 'child':
      return childEnd(at, fulfilled, now);
    case 'happened':
      return emitValue(node.firstOutput, fulfilled.value);
    case 'skip': {
      const { by, reason } = fulfilled;
      return { do: 'record', record: { at: now, type: 'step-skipped', step: key, why: 'person', by, reason } };
    }
  }
}

function expiry({ key, step }: LocatedStep & { step: StepState }, now: EpochMs): WaitEnd | null {
  const { wait } = step;
  if (!wait || !('until' in wait) || wait.until === undefined || wait.until > now) return null;
  switch (wait.kind) {
    case 'timer':
      return { do: 'record', record: emitted(key, step, now, wait.port, wait.value) };
    case 'event':
      return { do: 'emit', port: wait.expiredPort, value: (input) => input };
    case 'task':
      return {
        do: 'emit',
        port: wait.expiredPort,
        value: (input) => ({ outcome: 'expired', by: null, comment: null, form: null, input }),
      };
    default:
      return null;
  }
}

function childEnd(
  { key, node, step }: LocatedStep & { step: StepState },
  child: { status: string; output: StoredValue | null; error: ErrorRecord | null },
  now: EpochMs,
): WaitEnd {
  const port = step.wait?.kind === 'child' ? step.wait.port : node.firstOutput;
  if (child.status === 'succeeded') {
    return { do: 'record', record: emitted(key, step, now, port, child.output ?? { v: null }) };
  }
  const error = child.error ?? childFailed(child.status);
  const startedAt = step.waitingSince ?? now;
  const { attempt } = step;
  return {
    do: 'record',
    record: { at: now, type: 'step-failed', step: key, attempt, error, startedAt, retryAt: null },
  };
}

const childFailed = (status: string): ErrorRecord => ({
  code: 'CHILD_RUN_ENDED',
  what: `The called flow ended as ${status}.`,
  fix: 'Open the called run to see why, then retry this step.',
  owner: 'user',
  engine: 'stop',
});

/** The success of a step whose wait is over. */
export const emitted = (
  key: string,
  step: StepState,
  now: EpochMs,
  port: string,
  output: StoredValue,
): JournalRecord => ({
  at: now,
  type: 'step-succeeded',
  step: key,
  attempt: step.attempt,
  port,
  output,
  startedAt: step.waitingSince ?? now,
});
