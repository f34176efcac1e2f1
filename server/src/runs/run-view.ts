import type { StepView } from '@waybill/api-contract';
import type { FinalStatus, JournalRecord } from '@waybill/engine';
import type { SequencedRecord } from '@waybill/engine/ports';
import { assertNever } from '@waybill/flow-model';
import { foldRetriedRecords, forgetRefused, noteRefused } from './refused-view.ts';
import { foldRetry, startOver } from './retry-view.ts';
import { stepAddress } from './step-key.ts';
import { foldUndo, foldUndoAnswer } from './undo-view.ts';
import type { ViewContext } from './view-context.ts';
import { isPause, statusOfWait, waitingOf } from './wait-view.ts';

/** What a screen shows of a run's steps; the fold of its journal up to `seq`. */
export interface RunView {
  seq: number;
  steps: Map<string, StepView>;
  /** Container step -> iterations that came to an end. */
  ended: Map<string, { finished: Set<number>; failed: Set<number> }>;
  /** Steps that are taken back, by the scope that failed. */
  undos: Map<string, string[]>;
  /** The run that a step called last, and how that ended. */
  called: Map<string, { runId: string; status: FinalStatus | null }>;
  /** Records that systems refused, by the step that sent them. */
  refused: Map<string, number>;
  /** How many records of an iteration went into a later one, by what precedes its steps; of a repeat, as it began. */
  retaken: Map<string, number>;
  /** Containers that go on alone, for records sent again: what follows them had its turn. With the iterations they had before. */
  alone: Map<string, number>;
}

export const emptyRunView = (): RunView => ({
  seq: 0,
  steps: new Map(),
  ended: new Map(),
  undos: new Map(),
  called: new Map(),
  refused: new Map(),
  retaken: new Map(),
  alone: new Map(),
});

function stepOf(view: RunView, context: ViewContext, step: string): StepView {
  const known = view.steps.get(step);
  if (known) return known;
  const { nodeId, iteration } = stepAddress(step);
  return {
    step,
    nodeId,
    iteration,
    title: context.title(nodeId),
    nodeType: context.nodeType(nodeId),
    status: 'pending',
    startedAt: null,
    endedAt: null,
    attempts: [],
    port: null,
    waiting: null,
    error: null,
    effectKey: null,
    undo: null,
    iterations: null,
    records: null,
    seq: 0,
  };
}

type Attempt = StepView['attempts'][number];

function withAttempt(step: StepView, attempt: Attempt): Attempt[] {
  const others = step.attempts.filter((other) => other.attempt !== attempt.attempt);
  const before = step.attempts.find((other) => other.attempt === attempt.attempt);
  // One that is over is of an earlier round, in which the step was tried for another reason.
  const goesOn = before !== undefined && before.endedAt === null;
  return [...others, { ...attempt, startedAt: goesOn ? before.startedAt : attempt.startedAt }];
}

/**
 * Applies one record in place and names the steps that changed. Pure but for `view`: the same records give the same view.
 */
export function foldRecord(view: RunView, context: ViewContext, { seq, record }: SequencedRecord): string[] {
  view.seq = seq;
  const put = (step: StepView): string[] => {
    view.steps.set(step.step, { ...step, seq });
    return [step.step];
  };
  switch (record.type) {
    case 'step-intent': {
      const step = stepOf(view, context, record.step);
      const attempt: Attempt = {
        attempt: record.attempt,
        startedAt: record.at,
        endedAt: null,
        outcome: 'running',
        error: null,
        retryAt: null,
      };
      return put({
        ...step,
        status: 'running',
        startedAt: step.startedAt ?? record.at,
        endedAt: null,
        waiting: null,
        effectKey: record.effectKey,
        attempts: withAttempt(step, attempt),
      });
    }
    case 'step-succeeded': {
      const step = stepOf(view, context, record.step);
      const attempt: Attempt = {
        attempt: record.attempt,
        startedAt: record.startedAt,
        endedAt: record.at,
        outcome: 'succeeded',
        error: null,
        retryAt: null,
      };
      const { iterations } = step;
      const changed = put({
        ...step,
        status: 'succeeded',
        startedAt: step.startedAt ?? record.startedAt,
        endedAt: record.at,
        port: record.port,
        waiting: null,
        error: null,
        attempts: withAttempt(step, attempt),
        ...(record.reused ? { reused: record.reused } : {}),
        ...(record.records ? { sent: { records: record.records.sent, refused: record.records.refused } } : {}),
        iterations: iterations && { ...iterations, finished: iterations.total - iterations.failed },
      });
      if (record.records) changed.push(...noteRefused(view, record.step, record.records.refused, seq));
      return context.isLeaf(step.nodeId)
        ? [...changed, ...iterationEnded(view, record.step, 'finished', seq)]
        : changed;
    }
    case 'step-failed': {
      const step = stepOf(view, context, record.step);
      const attempt: Attempt = {
        attempt: record.attempt,
        startedAt: record.startedAt,
        endedAt: record.at,
        outcome: 'failed',
        error: record.error,
        retryAt: record.retryAt,
        ...(record.throttled ? { throttled: record.throttled } : {}),
      };
      const changed = put({
        ...step,
        status: record.retryAt === null ? 'failed' : 'retrying',
        startedAt: step.startedAt ?? record.startedAt,
        endedAt: record.retryAt === null ? record.at : null,
        error: record.error,
        waiting: record.retryAt === null ? null : waitingOf({ kind: 'retry', until: record.retryAt }),
        attempts: withAttempt(step, attempt),
        ...(record.throttled ? { throttles: (step.throttles ?? 0) + 1 } : {}),
        ...(record.reused ? { reused: record.reused } : {}),
      });
      const ends = record.retryAt === null && !context.catchesErrors(step.nodeId);
      return ends ? [...changed, ...iterationEnded(view, record.step, 'failed', seq)] : changed;
    }
    case 'step-skipped':
      return put({
        ...stepOf(view, context, record.step),
        status: 'skipped',
        endedAt: record.at,
        waiting: null,
      });
    case 'wait-opened': {
      const step = stepOf(view, context, record.step);
      if (record.wait.kind === 'child') view.called.set(record.step, { runId: record.wait.runId, status: null });
      const attempt: Attempt = {
        attempt: record.attempt,
        startedAt: record.startedAt,
        endedAt: null,
        outcome: 'waiting',
        error: null,
        retryAt: null,
      };
      return put({
        ...step,
        status: statusOfWait(record.wait),
        startedAt: step.startedAt ?? record.startedAt,
        endedAt: null,
        waiting: waitingOf(record.wait),
        attempts: isPause(record.wait) ? step.attempts : withAttempt(step, attempt),
      });
    }
    case 'container-entered': {
      const step = stepOf(view, context, record.step);
      forgetRefused(view, record.step, record.retaken ?? {});
      view.alone.delete(record.step);
      view.ended.set(record.step, { finished: new Set(), failed: new Set() });
      return put({
        ...step,
        status: 'running',
        startedAt: step.startedAt ?? record.startedAt,
        endedAt: null,
        iterations: { total: record.count, finished: 0, failed: 0 },
        records: step.records && { ...step.records, refused: 0 },
      });
    }
    case 'records-checkpoint': {
      const step = stepOf(view, context, record.step);
      const startedAt = step.startedAt ?? record.startedAt;
      const since = step.records ?? { firstAt: record.at, firstRows: record.progress.rowsIn };
      const refused = step.records?.refused ?? 0;
      const records = {
        ...record.progress,
        refused,
        firstAt: since.firstAt,
        firstRows: since.firstRows,
        at: record.at,
      };
      return put({ ...step, status: 'running', startedAt, endedAt: null, waiting: null, records });
    }
    case 'inbox':
      return foldMessage(view, context, record, seq);
    case 'went-back':
      return sentBack(view, context, record, seq);
    case 'undo-planned':
    case 'undo-intent':
    case 'undo-parked':
    case 'undo-succeeded':
    case 'undo-failed':
    case 'undo-ended':
      return foldUndo(view, record, seq);
    case 'run-finished':
      return cancelOpen(view, record.at, seq);
    case 'run-accepted':
    case 'response':
    case 'recovered':
    case 'run-reopened':
      return [];
    default:
      return assertNever(record);
  }
}

function sentBack(
  view: RunView,
  context: ViewContext,
  { to, sent }: Extract<SequencedRecord['record'], { type: 'went-back' }>,
  seq: number,
): string[] {
  const changed = new Set(startOver(view, context, to, seq));
  for (const { step } of sent) {
    const asked = view.steps.get(step);
    if (!asked) continue;
    view.steps.set(step, { ...asked, sentBack: (asked.sentBack ?? 0) + 1, seq });
    changed.add(step);
  }
  return [...changed];
}

function foldMessage(
  view: RunView,
  context: ViewContext,
  { at, message }: Extract<JournalRecord, { type: 'inbox' }>,
  seq: number,
): string[] {
  switch (message.kind) {
    case 'task-decided':
      return foldUndoAnswer(view, message, seq);
    case 'child-finished':
      for (const [step, called] of view.called)
        if (called.runId === message.runId) view.called.set(step, { ...called, status: message.status });
      return [];
    case 'retry-records':
      return foldRetriedRecords(view, message, { seq, at });
    case 'retry-run':
    case 'retry-step':
    case 'child-reopened':
      return foldRetry(view, context, message, seq);
    default:
      return [];
  }
}

function iterationEnded(view: RunView, step: string, how: 'finished' | 'failed', seq: number): string[] {
  const { parent, index } = stepAddress(step);
  const container = parent === null ? undefined : view.steps.get(parent);
  const ended = parent === null ? undefined : view.ended.get(parent);
  if (!container?.iterations || !ended || parent === null) return [];
  ended[how].add(index);
  const failed = ended.failed.size;
  // An iteration that failed in one branch may finish in another; it counts as failed.
  if (how === 'failed') ended.finished.delete(index);
  else if (ended.failed.has(index)) ended.finished.delete(index);
  const finished = ended.finished.size;
  view.steps.set(parent, { ...container, iterations: { ...container.iterations, finished, failed }, seq });
  return [parent];
}

const openStatuses = new Set<StepView['status']>(['pending', 'running', 'waiting', 'retrying', 'in-doubt']);

function cancelOpen(view: RunView, at: number, seq: number): string[] {
  const open = [...view.steps.values()].filter((step) => openStatuses.has(step.status));
  for (const step of open) view.steps.set(step.step, { ...step, status: 'cancelled', endedAt: at, waiting: null, seq });
  return open.map((step) => step.step);
}
