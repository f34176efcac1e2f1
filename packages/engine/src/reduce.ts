import type { RunId } from '@waybill/flow-model';
import { assertNever, flowError } from '@waybill/flow-model';
import type { CompiledFlow } from './compile-flow.ts';
import { takeMessage } from './inbox.ts';
import type { JournalRecord, Wait } from './journal-record.ts';
import { cancelScope, emit, fail, openIterations, openRoot } from './propagate.ts';
import { goBack } from './reset-step.ts';
import type { LocatedStep, RunState, ScopeState, StepState } from './run-state.ts';
import { locate, newRunState, rootScope } from './run-state.ts';
import { beginWait, setPhase } from './step-phase.ts';
import { reduceUndo, stopUndos } from './undo-state.ts';

/** Crashes with the same step under way after which a run is set aside until a person resumes it. */
const QUARANTINE_AFTER_CRASHES = 5;

type RecordOf<T extends JournalRecord['type']> = Extract<JournalRecord, { type: T }>;

/** The state that the first record of a run begins. */
export function openRun(compiled: CompiledFlow, runId: RunId, record: JournalRecord): RunState {
  if (record.type !== 'run-accepted') {
    throw flowError('JOURNAL_BROKEN', {
      what: `The journal of run ${runId} starts with ${record.type}.`,
      fix: 'Restore the journal from a backup.',
      owner: 'engine',
      engine: 'stop',
    });
  }
  const state = newRunState(runId, record.start, record.at);
  state.seq = 1;
  openRoot(compiled, state);
  return state;
}

/**
 * The state after one more record. Deterministic: the same records give the same state, whoever
 * replays them and whenever. Consumes `state`: use only what is returned. Records that the state has
 * moved past change nothing.
 */
export function reduce(compiled: CompiledFlow, state: RunState, record: JournalRecord): RunState {
  state.seq += 1;
  state.updatedAt = record.at;
  switch (record.type) {
    case 'run-accepted':
      break;
    case 'response':
      state.response ??= { status: record.status, headers: record.headers, body: record.body };
      break;
    case 'inbox':
      state.inboxKeys.add(record.key);
      takeMessage(compiled, state, record.message);
      break;
    case 'went-back':
      goBack(compiled, state, record);
      break;
    case 'run-reopened':
      state.endsAs = state.finished && { status: state.finished.status, failure: state.finished.failure };
      state.finished = null;
      state.cancelling = null;
      break;
    case 'undo-planned':
    case 'undo-intent':
    case 'undo-parked':
    case 'undo-succeeded':
    case 'undo-failed':
    case 'undo-ended':
      reduceUndo(state, record);
      break;
    case 'run-finished':
      finish(compiled, state, record);
      break;
    case 'recovered':
      if (record.crash) state.quarantined = countCrash(state, record) >= QUARANTINE_AFTER_CRASHES;
      break;
    default:
      reduceStep(compiled, state, record);
  }
  return state;
}

/** Counted by step: a run that gets on between two crashes is their victim, not their cause. */
function countCrash(state: RunState, { step, blame = 1 }: RecordOf<'recovered'>): number {
  const key = step ?? '';
  const count = (state.crashes.get(key) ?? 0) + blame;
  state.crashes.set(key, count);
  return count;
}

type StepRecord = RecordOf<
  | 'step-intent'
  | 'step-succeeded'
  | 'step-failed'
  | 'step-skipped'
  | 'wait-opened'
  | 'container-entered'
  | 'records-checkpoint'
>;

function reduceStep(compiled: CompiledFlow, state: RunState, record: StepRecord): void {
  const found = locate(compiled, state, record.step);
  if (!found?.step) return;
  const at = { ...found, step: found.step };
  if (!isUnsettled(at.step)) return;
  switch (record.type) {
    case 'step-intent':
      at.step.attempt = record.attempt;
      at.step.intentAt ??= record.at;
      setPhase(state, at.scope, at.key, at.step, 'open');
      return;
    case 'step-succeeded':
      at.step.attempt = record.attempt;
      at.step.checkpoint = null;
      noteRefused(state, at.key, stillRefused(compiled, state, at.scope, record.records?.refused));
      emit(compiled, state, at.scope, at.node, at.step, {
        phase: 'succeeded',
        port: record.port,
        output: record.output,
      });
      return;
    case 'step-failed':
      failed(compiled, state, at, record);
      return;
    case 'step-skipped':
      // Dead paths are derived when they die; the record only tells.
      if (record.why === 'person' && at.step.fulfilled?.how === 'skip') {
        const output = { v: at.step.fulfilled.value };
        emit(compiled, state, at.scope, at.node, at.step, { phase: 'skipped', port: at.node.firstOutput, output });
      }
      return;
    case 'wait-opened':
      at.step.attempt = record.attempt;
      // Parked on the way to a second try: what the first one did is still not known.
      if (record.wait.kind === 'parked' && at.step.phase === 'open') at.step.unknown = true;
      beginWait(state, at, record.wait);
      at.step.waitingSince = record.startedAt;
      // The only backoff opened by itself is the one between two looks for an effect.
      if (record.wait.kind === 'retry') at.step.probed = true;
      if (record.wait.kind === 'task' || record.wait.kind === 'child') at.step.usedWait = true;
      if (record.wait.kind === 'task') countRound(state, at.key, record.wait);
      if (isLongWait(record.wait)) state.hasWaited = true;
      return;
    case 'container-entered':
      setPhase(state, at.scope, at.key, at.step, 'entered');
      at.step.checkpoint = null;
      at.step.body = {
        items: record.items,
        parts: record.parts ?? null,
        contents: record.contents ?? null,
        count: record.count,
        concurrency: record.concurrency,
        onItemError: record.onItemError,
        next: 0,
        active: 0,
        results: new Array(record.count).fill(null),
        failed: null,
        own: record.count,
        goesOnAlone: false,
        retaken: { ...record.retaken },
      };
      state.entries += record.count;
      openIterations(state, at.scope, at.node, at.step);
      return;
    case 'records-checkpoint':
      at.step.checkpoint = record.state;
      noteRefused(state, at.key, record.progress.errors);
      // It got on: neither earlier failures nor earlier crashes are about what comes now.
      at.step.failures = 0;
      state.crashes.delete(at.key);
      return;
    default:
      assertNever(record);
  }
}

/** Without those that went into a later batch. */
function stillRefused(
  compiled: CompiledFlow,
  state: RunState,
  { container, index }: ScopeState,
  refused: number | undefined,
): number | undefined {
  const body = container === null ? null : locate(compiled, state, container)?.step?.body;
  return refused === undefined ? undefined : Math.max(0, refused - (body?.retaken[index]?.length ?? 0));
}

function noteRefused(state: RunState, key: string, count: number | undefined): void {
  if (count === undefined) return;
  if (count > 0) state.refused.set(key, count);
  else state.refused.delete(key);
}

/** A task that came back has a new round for whenever it is asked next; asked by a person, it has all its time again. */
function countRound(state: RunState, key: string, { taskId, round = 0 }: Extract<Wait, { kind: 'task' }>): void {
  if (state.returns.get(key)?.taskId === taskId) state.returns.set(key, { taskId, round: round + 1 });
}

/** A wait for something outside; a retry or a doubt is part of doing the step. */
const isLongWait = ({ kind }: Wait): boolean =>
  kind === 'task' || kind === 'event' || kind === 'timer' || kind === 'child';

const isUnsettled = (step: StepState): boolean =>
  step.phase !== 'succeeded' && step.phase !== 'failed' && step.phase !== 'skipped' && step.phase !== 'cancelled';

function failed(
  compiled: CompiledFlow,
  state: RunState,
  at: LocatedStep & { step: StepState },
  record: RecordOf<'step-failed'>,
): void {
  const { step, scope, node, key } = at;
  step.attempt = record.attempt;
  if (record.throttled) {
    step.throttles += 1;
    step.throttledSince ??= record.at;
  } else {
    step.failures += 1;
    step.throttles = 0;
    step.throttledSince = null;
  }
  step.error = record.error;
  if (record.looked) step.unknown = true;
  else {
    step.probed = false;
    step.unknown = !record.throttled && mayHaveHappened(node.effect, record.error);
  }
  if (record.retryAt !== null) {
    beginWait(state, at, { kind: 'retry', until: record.retryAt });
    if (scope.givenUp) setPhase(state, scope, key, step, 'cancelled');
  } else if (record.error.engine === 'pause' && !scope.givenUp) {
    setPhase(state, scope, key, step, 'held');
    state.paused ??= { by: 'engine', reason: record.error.what };
  } else {
    fail(compiled, state, scope, node, step, record.error);
  }
}

/** Only an error that says so, or one that asks to wait, proves that a write did not take effect. */
export const mayHaveHappened = (
  effect: 'pure' | 'read' | 'write',
  error: { effect?: 'none' | 'unknown'; retryAfterMs?: number; engine: string },
): boolean =>
  effect === 'write' &&
  (error.effect === undefined
    ? error.engine === 'retry' && error.retryAfterMs === undefined
    : error.effect === 'unknown');

function finish(compiled: CompiledFlow, state: RunState, record: RecordOf<'run-finished'>): void {
  const failure =
    record.error && record.failedStep !== undefined ? { step: record.failedStep, error: record.error } : null;
  cancelScope(compiled, state, rootScope(state));
  stopUndos(state);
  state.endsAs = null;
  state.finished = { status: record.status, at: record.at, output: record.output, failure };
  state.paused = null;
}

/** Rebuilds a state from a journal, or from a snapshot and what came after it. */
export function replay(
  compiled: CompiledFlow,
  runId: RunId,
  base: RunState | null,
  records: readonly JournalRecord[],
): RunState {
  let state = base;
  for (const record of records) {
    state = state ? reduce(compiled, state, record) : openRun(compiled, runId, record);
    state.effects.skipped.length = 0;
    state.effects.endedWaits.length = 0;
    state.effects.endedTasks.length = 0;
  }
  if (!state) {
    throw flowError('JOURNAL_BROKEN', {
      what: `The journal of run ${runId} is empty.`,
      fix: 'Restore the journal from a backup.',
      owner: 'engine',
      engine: 'stop',
    });
  }
  return state;
}
