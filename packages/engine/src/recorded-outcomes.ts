/** What earlier runs recorded of their steps, for a run that repeats them. Pure. */
import type { EpochMs, ErrorRecord, RunId } from '@waybill/flow-model';
import { businessEffectKeyOf } from './effect-key.ts';
import type { JournalRecord, RecordCounts, RetriedBatch, RunStart, StepKey, StoredValue } from './journal-record.ts';
import { iterationPrefix } from './run-state.ts';

/** A write of an earlier run. */
export interface RecordedEffect {
  runId: RunId;
  businessEffectKey: string;
  inputHash: string;
  effectKey: string;
  /** confirmed: it happened. unknown: it may have. none: it surely did not. undone: it was taken back. */
  state: 'confirmed' | 'unknown' | 'none' | 'undone';
  port: string | null;
  output: StoredValue | null;
  /** For nodes that answer record by record. */
  records?: RecordCounts;
  at: EpochMs;
}

export type RecordedOutcome =
  /** Without a port: a person went on without it, by its first port. */
  | {
      kind: 'emitted';
      port: string | null;
      output: StoredValue;
      input: StoredValue | null;
      /** Of a write, by this run or by one that it repeats. */
      effectKey: string | null;
      records?: RecordCounts;
    }
  | { kind: 'failed'; error: ErrorRecord }
  | (Pick<
      Extract<JournalRecord, { type: 'container-entered' }>,
      'items' | 'parts' | 'retaken' | 'contents' | 'count' | 'concurrency' | 'onItemError'
    > & {
      kind: 'entered';
    });

export interface RecordedRun {
  runId: RunId;
  start: RunStart;
  isOver: boolean;
  /** By step; the newest, without those a person had repeated later. */
  outcomes: Map<StepKey, RecordedOutcome>;
  /** What containers were entered with, finished or not. */
  entered: Map<StepKey, RecordedOutcome>;
  /** Batches of a container that were made of records that had been refused, among those it was entered with. */
  retried: Map<StepKey, RetriedBatch[]>;
  effects: Map<StepKey, RecordedEffect>;
  /** Writes that were taken over from other runs, by the key under which these sent them. */
  reused: Map<StepKey, string>;
  /** Keys of effects that it took back. */
  undone: ReadonlySet<string>;
  /** Runs that steps called. */
  children: Map<StepKey, RunId>;
  inputs: Map<StepKey, StoredValue>;
  /** Values that persons gave with a decision. */
  given: Map<StepKey, StoredValue>;
  failedStep: StepKey | null;
}

/** Runs that repeat each other, for one that repeats one of them. */
export interface ReplayFamily {
  repeated: RecordedRun;
  /** The newest first, the repeated one among them. */
  runs: readonly RecordedRun[];
}

/**
 * @param undone effect keys that were taken back, with their steps.
 * @param after nodes downstream of a node within its scope, in the version the run is pinned to.
 */
export function recordedRun(
  runId: RunId,
  start: RunStart,
  records: Iterable<JournalRecord>,
  undone: ReadonlyMap<string, StepKey>,
  after: (nodeId: string) => ReadonlySet<string>,
): RecordedRun {
  const run: RecordedRun = {
    ...{ runId, start, isOver: false, outcomes: new Map(), entered: new Map(), retried: new Map() },
    ...{ effects: new Map(), children: new Map(), inputs: new Map(), given: new Map(), failedStep: null },
    ...{ reused: new Map(), undone: new Set(undone.keys()) },
  };
  for (const record of records) take(run, record, after);
  for (const [effectKey, step] of undone) {
    const effect = run.effects.get(step);
    if (effect?.effectKey !== effectKey) continue;
    effect.state = 'undone';
    // What it wrote is gone, and with it the ground under all that followed.
    forget(run, step, after);
  }
  return run;
}

/** Steps of a run whose writes were taken over, and taken back since by the run that had sent them. */
export function goneSteps({ reused }: RecordedRun, runs: readonly RecordedRun[]): StepKey[] {
  const isGone = (effectKey: string) => runs.some(({ undone }) => undone.has(effectKey));
  return [...reused].flatMap(([step, effectKey]) => (isGone(effectKey) ? [step] : []));
}

/** What was taken over and is gone, and all that followed from it, counts anew. */
export function forgetGone(
  run: RecordedRun,
  runs: readonly RecordedRun[],
  after: (nodeId: string) => ReadonlySet<string>,
): void {
  for (const step of goneSteps(run, runs)) forget(run, step, after);
}

function take(run: RecordedRun, record: JournalRecord, after: (nodeId: string) => ReadonlySet<string>): void {
  if ('input' in record && record.input) run.inputs.set(record.step, record.input);
  switch (record.type) {
    case 'step-intent':
      run.effects.set(record.step, {
        runId: run.runId,
        businessEffectKey: businessKeyOf(run.start, run.runId, record.step),
        effectKey: record.effectKey,
        inputHash: record.inputHash,
        ...{ state: 'unknown', port: null, output: null, at: record.at },
      });
      return;
    case 'step-succeeded': {
      const { step, port, output, at, reusedEffect } = record;
      const counts = record.records ? { records: record.records } : {};
      const effect = run.effects.get(step);
      const effectKey = reusedEffect ?? effect?.effectKey ?? null;
      const input = run.inputs.get(step) ?? null;
      run.outcomes.set(step, { kind: 'emitted', port, output, input, effectKey, ...counts });
      if (reusedEffect === undefined) run.reused.delete(step);
      else run.reused.set(step, reusedEffect);
      if (effect) Object.assign(effect, { state: 'confirmed', port, output, at, ...counts });
      return;
    }
    case 'step-failed': {
      const effect = run.effects.get(record.step);
      const { error, throttled, looked } = record;
      const maybe =
        error.effect === 'unknown' || (error.effect === undefined && error.engine === 'retry' && !throttled);
      if (effect && !looked) effect.state = maybe ? 'unknown' : 'none';
      if (record.retryAt === null) run.outcomes.set(record.step, { kind: 'failed', error });
      return;
    }
    case 'step-skipped':
      if (record.why !== 'person') return;
      run.outcomes.set(record.step, {
        ...{ kind: 'emitted', port: null, input: run.inputs.get(record.step) ?? null, effectKey: null },
        output: run.given.get(record.step) ?? { v: null },
      });
      return;
    case 'container-entered': {
      const { items, parts, contents, count, concurrency, onItemError } = record;
      const entered = { kind: 'entered' as const, items, count, concurrency, onItemError };
      const cut = { ...(parts ? { parts } : {}), ...(record.retaken ? { retaken: record.retaken } : {}) };
      run.entered.set(record.step, { ...entered, ...cut, ...(contents ? { contents } : {}) });
      run.retried.delete(record.step);
      return;
    }
    case 'wait-opened':
      if (record.wait.kind === 'child') run.children.set(record.step, record.wait.runId);
      return;
    case 'inbox':
      if (record.message.kind === 'retry-step') forget(run, record.message.step, after);
      if (record.message.kind === 'retry-records') addRetried(run, record.message.step, record.message.batches);
      if (record.message.kind === 'skip-step' || record.message.kind === 'in-doubt-resolved')
        run.given.set(record.message.step, { v: record.message.value ?? null });
      return;
    case 'went-back':
      forget(run, record.to, after);
      return;
    case 'run-finished':
      run.isOver = true;
      run.failedStep = record.failedStep ?? null;
      return;
    case 'run-reopened':
      run.isOver = false;
      return;
    default:
  }
}

function addRetried(run: RecordedRun, step: StepKey, batches: readonly RetriedBatch[]): void {
  const entered = run.entered.get(step);
  if (entered?.kind !== 'entered' || !entered.parts) return;
  const parts = [...entered.parts, ...batches.map(({ part }) => part)];
  const retaken = { ...entered.retaken };
  for (const { batch, at } of batches.flatMap(({ from }) => from)) retaken[batch] = [...(retaken[batch] ?? []), ...at];
  run.entered.set(step, { ...entered, parts, retaken, count: parts.length });
  run.retried.set(step, [...(run.retried.get(step) ?? []), ...batches]);
}

/** What precedes the steps of a batch of records that were sent again, which changes nothing behind it; else nothing. */
function retriedIteration(run: RecordedRun, step: StepKey): string {
  for (const [container, batches] of run.retried) {
    const entered = run.entered.get(container);
    if (entered?.kind !== 'entered' || !step.startsWith(`${container}[`)) continue;
    const index = Number.parseInt(step.slice(container.length + 1), 10);
    if (index >= entered.count - batches.length) return iterationPrefix(container, index);
  }
  return '';
}

/** A step that was repeated or undone, and what follows it, counts anew. */
function forget(run: RecordedRun, step: StepKey, after: (nodeId: string) => ReadonlySet<string>): void {
  const within = retriedIteration(run, step);
  for (const known of [run.outcomes, run.entered])
    for (const key of known.keys()) if (isRepeated(key, step, after) && key.startsWith(within)) known.delete(key);
}

interface Level {
  nodeId: string;
  iteration: string;
}
const levelsOf = (key: StepKey): Level[] =>
  key.split('/').map((part) => {
    const bracket = part.indexOf('[');
    return bracket < 0
      ? { nodeId: part, iteration: '' }
      : { nodeId: part.slice(0, bracket), iteration: part.slice(bracket) };
  });

/** Whether a step is the one that is run again, inside it, or follows from it or from what contains it. */
export function isRepeated(key: StepKey, from: StepKey, after: (nodeId: string) => ReadonlySet<string>): boolean {
  const step = levelsOf(key);
  const origin = levelsOf(from);
  for (const [depth, { nodeId, iteration }] of origin.entries()) {
    const here = step[depth];
    if (!here) return false;
    if (here.nodeId !== nodeId) return after(nodeId).has(here.nodeId);
    if (depth === origin.length - 1) return true;
    if (here.iteration !== iteration) return false;
  }
  return false;
}

/** A business object, or the runs that repeat each other when there is none, and the step. */
export const businessKeyOf = (start: RunStart, runId: RunId, step: StepKey): string =>
  businessEffectKeyOf(start.flowId, step, start.businessKey ?? start.replay?.root ?? runId);
