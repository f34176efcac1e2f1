import type { RunDelta, RunSummaryView, ServerToClient, StepView } from '@waybill/api-contract';

/** What is on screen of one run: everything the journal said up to `seq`. */
export interface LiveRun {
  runId: string;
  seq: number;
  run: RunSummaryView | null;
  /** By step key. */
  steps: Readonly<Record<string, StepView>>;
}

export const emptyLiveRun = (runId: string): LiveRun => ({ runId, seq: 0, run: null, steps: {} });

/** `watch-again`: records are missing; ask from `seq` and show nothing of this delta. */
export type DeltaOutcome = { kind: 'applied' | 'old'; live: LiveRun } | { kind: 'watch-again'; live: LiveRun };

/**
 * Applies a delta if it starts exactly where the screen ends. Pure.
 * A screen that missed records never guesses: it asks again from its own number.
 */
export function applyDelta(live: LiveRun, delta: RunDelta): DeltaOutcome {
  if (delta.runId !== live.runId) return { kind: 'old', live };
  const changed = Object.fromEntries(delta.steps.map((step) => [step.step, step]));
  if (delta.reset)
    return { kind: 'applied', live: { runId: live.runId, seq: delta.toSeq, run: delta.run, steps: changed } };
  if (delta.toSeq <= live.seq) return { kind: 'old', live };
  if (delta.fromSeq !== live.seq) return { kind: 'watch-again', live };
  return {
    kind: 'applied',
    live: { ...live, seq: delta.toSeq, run: delta.run, steps: { ...live.steps, ...changed } },
  };
}

/** News that a step began. */
export type StepStarted = Parameters<ServerToClient['step-started']>[0];

/** Steps began; not journaled, so it only colours steps that the journal has not finished. All at once, since a run has many steps. Pure. */
export function applyStarted(live: LiveRun, started: readonly StepStarted[]): LiveRun {
  const changed: Record<string, StepView> = {};
  for (const { runId, step, nodeId, attempt, at } of started) {
    if (runId !== live.runId) continue;
    const before = changed[step] ?? live.steps[step];
    const finished = before && (before.status === 'succeeded' || before.status === 'failed');
    if (finished && before.attempts.length >= attempt) continue;
    changed[step] = {
      ...(before ?? blankStep(step, nodeId)),
      status: 'running',
      startedAt: before?.startedAt ?? at,
      endedAt: null,
    };
  }
  return Object.keys(changed).length === 0 ? live : { ...live, steps: { ...live.steps, ...changed } };
}

const blankStep = (step: string, nodeId: string): StepView => ({
  step,
  nodeId,
  iteration: [...step.matchAll(/\[(\d+)\]/g)].map((match) => Number(match[1])),
  title: nodeId,
  nodeType: '',
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
});
