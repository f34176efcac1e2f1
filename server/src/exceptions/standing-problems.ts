/** What stands in the way of a run, told from its journal, and what follows for its open exceptions. Pure. */
import type { RunReplay, RunStatus, StoredValue } from '@waybill/engine';
import type { SequencedRecord } from '@waybill/engine/ports';
import type { ErrorRecord, RunId } from '@waybill/flow-model';
import { errorRecordOf } from '@waybill/node-sdk';
import type { RunView } from '../runs/run-view.ts';
import { emptyRunView, foldRecord } from '../runs/run-view.ts';
import type { ViewContext } from '../runs/view-context.ts';

export interface StandingProblem {
  /** Step key; empty when the run as a whole could not go on. */
  step: string;
  /** Journal number of the record that shows it. */
  seq: number;
  at: number;
  kind: 'failed' | 'held' | 'quarantined';
  error: ErrorRecord;
}

/** A run's journal as far as exceptions care. */
export interface RunStory {
  view: RunView;
  input: StoredValue | null;
  triggerNode: string;
  /** Who had an earlier run repeated by this one, and why. */
  repeats: Pick<RunReplay, 'of' | 'by' | 'reason'> | null;
  /** Fields of steps as they were when they failed for good, by step key. */
  params: Map<string, StoredValue>;
  /** The run each step called last, by step key. */
  called: Map<string, RunId>;
  /** Value of the last decision people were asked for. */
  stake: { amount: number; currency: string } | null;
  end: { seq: number; at: number; step: string; error: ErrorRecord | null } | null;
  crash: { seq: number; at: number; step: string; note: string } | null;
}

export const emptyStory = (): RunStory => ({
  view: emptyRunView(),
  input: null,
  triggerNode: '',
  repeats: null,
  params: new Map(),
  called: new Map(),
  stake: null,
  end: null,
  crash: null,
});

/** Adds a record in place. */
export function addToStory(story: RunStory, context: ViewContext, sequenced: SequencedRecord): void {
  const { seq, record } = sequenced;
  foldRecord(story.view, context, sequenced);
  switch (record.type) {
    case 'run-accepted':
      story.input = record.start.input;
      story.triggerNode = record.start.triggerNode;
      story.repeats = record.start.replay ?? null;
      return;
    case 'step-failed':
      if (record.retryAt === null && record.params) story.params.set(record.step, record.params);
      return;
    case 'wait-opened':
      if (record.wait.kind === 'child') story.called.set(record.step, record.wait.runId);
      if (record.wait.kind === 'task' && record.wait.task.valueAtStake) story.stake = record.wait.task.valueAtStake;
      return;
    case 'recovered':
      if (record.crash) story.crash = { seq, at: record.at, step: record.step ?? '', note: record.note };
      return;
    case 'run-finished':
      story.end = { seq, at: record.at, step: record.failedStep ?? '', error: record.error ?? null };
      return;
    default:
      return;
  }
}

const unknownFailure: ErrorRecord = {
  code: 'ENGINE_FAILED',
  what: 'The run ended without saying why.',
  fix: 'Look at its journal, then start it again.',
  owner: 'engine',
  engine: 'stop',
};

/** One problem per step that a person has to look at, while the run stands at `status`. */
export function standingProblems(story: RunStory, status: RunStatus): StandingProblem[] {
  const { end, crash, view } = story;
  if (status === 'failed' && end)
    return [{ step: end.step, seq: end.seq, at: end.at, kind: 'failed', error: end.error ?? unknownFailure }];
  if (status === 'quarantined' && crash)
    return [
      {
        step: crash.step,
        seq: crash.seq,
        at: crash.at,
        kind: 'quarantined',
        error: {
          code: 'RUN_QUARANTINED',
          what: `The run made its runner stop several times: ${crash.note}`,
          fix: 'Look at what the step was given; resume the run once the cause is gone.',
          owner: 'engine',
          engine: 'pause',
        },
      },
    ];
  // A person may have paused it; only steps kept back for somebody are a problem.
  if (status !== 'paused') return [];
  return [...view.steps.values()].flatMap((step): StandingProblem[] => {
    const error = errorRecordOf(step.error);
    return step.status === 'failed' && error?.engine === 'pause' && step.port === null
      ? [{ step: step.step, seq: step.seq, at: step.endedAt ?? 0, kind: 'held', error }]
      : [];
  });
}

/** An open exception about a failure, as far as the plan cares. */
export interface OpenFailure {
  id: string;
  step: string;
  seq: number;
}

export interface Reconciliation {
  open: StandingProblem[];
  /** The same step failed once more: its exception goes on. */
  again: { id: string; problem: StandingProblem }[];
  close: { id: string; status: 'decided' | 'cancelled'; words: string }[];
}

/** What to do so that each standing problem has exactly one open exception, and nothing else has any. */
export function reconciliation(story: RunStory, status: RunStatus, open: readonly OpenFailure[]): Reconciliation {
  const problems = standingProblems(story, status);
  const plan: Reconciliation = { open: [], again: [], close: [] };
  for (const problem of problems) {
    const known = open.find((one) => one.step === problem.step);
    if (!known) plan.open.push(problem);
    else if (known.seq < problem.seq) plan.again.push({ id: known.id, problem });
  }
  for (const one of open) {
    if (problems.some((problem) => problem.step === one.step)) continue;
    const cure = cureOf(story, status, one.step);
    if (cure) plan.close.push({ id: one.id, ...cure });
  }
  return plan;
}

/** How a problem went away; null while it is still being tried again. */
function cureOf(
  story: RunStory,
  status: RunStatus,
  step: string,
): { status: 'decided' | 'cancelled'; words: string } | null {
  if (status === 'cancelled') return { status: 'cancelled', words: 'The run was cancelled.' };
  if (status === 'succeeded' || status === 'ignored') return { status: 'decided', words: 'The run went on.' };
  const now = story.view.steps.get(step)?.status;
  if (now === 'succeeded') return { status: 'decided', words: 'The run went on.' };
  if (now === 'skipped') return { status: 'decided', words: 'The run went on without the step.' };
  if (status === 'failed') return { status: 'decided', words: 'The run went on, and failed at another step.' };
  return null;
}
