/** What a screen shows of effects that are taken back; part of the fold of a run's journal. */
import type { StepView } from '@waybill/api-contract';
import type { InboxMessage, JournalRecord } from '@waybill/engine';
import { assertNever } from '@waybill/flow-model';
import { parkedWords } from './parked-words.ts';
import type { RunView } from './run-view.ts';

type Undo = NonNullable<StepView['undo']>;
export type UndoRecord = Extract<JournalRecord, { type: `undo-${string}` }>;

const statusOf: Record<Undo['state'], StepView['status']> = {
  planned: 'succeeded',
  undoing: 'undoing',
  parked: 'undoing',
  retrying: 'undoing',
  asking: 'undo-failed',
  undone: 'undone',
  left: 'succeeded',
};

function put(view: RunView, key: string, seq: number, changes: Partial<Undo>, settled = false): string[] {
  const step = view.steps.get(key);
  if (!step) return [];
  const before = step.undo ?? { ...newUndo, by: '', plannedAt: 0 };
  const { parked: _over, ...kept } = before;
  const undo = { ...kept, ...changes };
  const status = settled ? step.status : statusOf[undo.state];
  view.steps.set(key, { ...step, undo, status, seq });
  return [key];
}

const newUndo: Omit<Undo, 'by' | 'plannedAt'> = {
  ofRun: false,
  state: 'planned',
  attempts: 0,
  endedAt: null,
  retryAt: null,
  error: null,
  taskId: null,
};

/** Applies one record in place and names the steps that changed. */
export function foldUndo(view: RunView, record: UndoRecord, seq: number): string[] {
  switch (record.type) {
    case 'undo-planned':
      view.undos.set(
        record.scope,
        record.effects.map((effect) => effect.step),
      );
      return record.effects.flatMap(({ step }) =>
        put(
          view,
          step,
          seq,
          {
            ...newUndo,
            ofRun: record.scope === '',
            by: record.by,
            plannedAt: record.at,
            taskId: record.approval,
          },
          true,
        ),
      );
    case 'undo-intent':
      return put(view, record.step, seq, { state: 'undoing', attempts: record.attempt, retryAt: null, taskId: null });
    case 'undo-parked': {
      const { until, connection, why } = record;
      const parked = { connection, words: parkedWords[why], until };
      return put(view, record.step, seq, { state: 'parked', parked, retryAt: null, taskId: null });
    }
    case 'undo-succeeded':
      return put(view, record.step, seq, { state: 'undone', endedAt: record.at, error: null });
    case 'undo-failed': {
      const { retryAt, error, taskId, at } = record;
      const state = retryAt === null ? 'asking' : 'retrying';
      return put(view, record.step, seq, { state, retryAt, error, taskId, endedAt: retryAt === null ? at : null });
    }
    case 'undo-ended':
      return (view.undos.get(record.scope) ?? []).flatMap((step) => letStay(view, step, seq));
    default:
      return assertNever(record);
  }
}

/** What was to be taken back and is not when the undo ends stays as it is. */
function letStay(view: RunView, step: string, seq: number): string[] {
  const undo = view.steps.get(step)?.undo;
  return undo && undo.state !== 'undone' ? put(view, step, seq, { state: 'left', taskId: null, retryAt: null }) : [];
}

const afterAnswer: Record<string, Partial<Undo>> = {
  'done-by-hand': { state: 'undone', error: null },
  retry: { state: 'planned' },
  leave: { state: 'left' },
};

/** A person's word on an undo that failed. */
export function foldUndoAnswer(
  view: RunView,
  message: Extract<InboxMessage, { kind: 'task-decided' }>,
  seq: number,
): string[] {
  const answer = afterAnswer[message.outcome];
  if (!answer) return [];
  for (const [key, { undo }] of view.steps) {
    if (undo?.state === 'asking' && undo.taskId === message.taskId) {
      return put(view, key, seq, { ...answer, by: message.by, taskId: null });
    }
  }
  return [];
}

/** Steps whose effect is taken back: a retry sends them anew. */
export const undoneSteps = (view: RunView): string[] =>
  [...view.steps.values()].filter((step) => step.undo?.state === 'undone').map((step) => step.step);
