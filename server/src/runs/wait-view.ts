import type { StepView } from '@waybill/api-contract';
import type { Wait } from '@waybill/engine';
import { assertNever } from '@waybill/flow-model';
import { parkedWords } from './parked-words.ts';

/** Why a step stands still, in words. */
export function waitingOf(wait: Wait): NonNullable<StepView['waiting']> {
  const base = { kind: wait.kind, until: null, taskId: null, childRunId: null, connection: null };
  switch (wait.kind) {
    case 'timer':
      return { ...base, words: 'Waits until its time has come', until: wait.until };
    case 'event':
      return { ...base, words: `Waits for ${wait.event} about ${wait.key}`, until: wait.until ?? null };
    case 'task':
      return {
        ...base,
        // Whoever sees a run need not see the task: its title is for those it is addressed to.
        words: 'Waits for a decision',
        until: wait.until ?? null,
        taskId: wait.taskId,
      };
    case 'child':
      return { ...base, words: 'Waits for the flow it called', childRunId: wait.runId };
    case 'retry':
      return { ...base, words: 'Waits before the next attempt', until: wait.until };
    case 'parked':
      return { ...base, words: parkedWords[wait.why], until: wait.until, connection: wait.connection };
    case 'in-doubt':
      return { ...base, words: 'Nobody knows whether this took effect; a person must say', taskId: wait.taskId };
    default:
      return assertNever(wait);
  }
}

export const statusOfWait = (wait: Wait): StepView['status'] =>
  wait.kind === 'retry' ? 'retrying' : wait.kind === 'in-doubt' ? 'in-doubt' : 'waiting';

/** A pause before an attempt, not one that an attempt opened. */
export const isPause = (wait: Wait): boolean => wait.kind === 'retry' || wait.kind === 'parked';
