/**
 * What records change in the ledger of effects. Pure. Asked with the state before the record, because what the record
 * ends may be gone from the state after it.
 */
import type { EpochMs, RunId } from '@waybill/flow-model';
import type { CompiledFlow, CompiledNode } from './compile-flow.ts';
import { effectKeyOf } from './effect-key.ts';
import type { JournalRecord, StepKey, Wait } from './journal-record.ts';
import type { EffectEntry } from './ports/index.ts';
import { businessKeyOf } from './recorded-outcomes.ts';
import { mayHaveHappened } from './reduce.ts';
import type { LocatedStep, RunState, StepState } from './run-state.ts';
import { generationOf, locate, nodeIdOf } from './run-state.ts';
import type { UndoEffect, UndoState } from './undo-state.ts';
import { activeUndos, undoOfTask, WHOLE_RUN } from './undo-state.ts';

type Change = Pick<EffectEntry, 'state' | 'note'> & { attempt?: number; inputHash?: string; effectKey?: string };
type RecordOf<T extends JournalRecord['type']> = Extract<JournalRecord, { type: T }>;

const NONE: EffectEntry[] = [];

/**
 * Effects that a record is about, as they stand after it.
 * @param known entries of this run made before, by step: spares hashing their keys again.
 */
export function effectChanges(
  compiled: CompiledFlow,
  before: RunState,
  record: JournalRecord,
  known: ReadonlyMap<StepKey, EffectEntry>,
): EffectEntry[] {
  if (record.type === 'run-finished') return leftOpen(compiled, before, record.at, known);
  const takenBack = undoChange(before, record);
  if (takenBack) return undoEntry(compiled, before, takenBack, record.at);
  const key = stepOf(record);
  const at = key === null ? null : locate(compiled, before, key);
  if (!at?.step) return NONE;
  const change = changeOf(before.runId, at.node, at.step, record);
  return change ? [entryOf(before, { ...at, step: at.step }, change, record.at, known)] : NONE;
}

interface UndoChange {
  undo: UndoState;
  effect: UndoEffect;
  state: 'reversed' | 'confirmed';
  note: string;
}

/** What a record says about taking an effect back; null for all other records. */
function undoChange(before: RunState, record: JournalRecord): UndoChange | null {
  if (record.type === 'undo-succeeded' || (record.type === 'undo-failed' && record.retryAt === null)) {
    for (const undo of activeUndos(before)) {
      const effect = undo.effects.get(record.effectKey);
      if (!effect) continue;
      if (record.type === 'undo-failed') {
        return { undo, effect, state: 'confirmed', note: `Could not be taken back: ${record.error.what}` };
      }
      const reason = undo.reason === null ? '' : `: ${undo.reason}`;
      const why = undo.scope === WHOLE_RUN ? 'the run' : 'its group';
      const by = undo.by === 'engine' ? `because ${why} failed` : `by ${undo.by}${reason}`;
      return { undo, effect, state: 'reversed', note: `Taken back ${by}.` };
    }
  }
  if (record.type !== 'inbox' || record.message.kind !== 'task-decided') return null;
  const { taskId, outcome, by, comment } = record.message;
  const found = outcome === 'done-by-hand' ? undoOfTask(before, taskId) : null;
  if (!found?.effect) return null;
  return { undo: found.undo, effect: found.effect, state: 'reversed', note: said(by, 'took it back by hand', comment) };
}

function undoEntry(compiled: CompiledFlow, before: RunState, change: UndoChange, at: EpochMs): EffectEntry[] {
  const { of } = change.effect;
  const node = compiled.nodes.get(nodeIdOf(of.step));
  if (!node) return NONE;
  const { generation, attempt, inputHash, firstAt, effectKey } = of;
  const entry = newEntry(before, { key: of.step, node }, { generation, effectKey, businessEffectKey: null });
  const { state, note } = change;
  return [{ ...entry, attempt, inputHash, firstAt, updatedAt: at, state, note }];
}

/** An effect whose wait was given up with its scope. */
export function givenUpEffect(
  compiled: CompiledFlow,
  state: RunState,
  ended: { step: StepKey; wait: Wait },
  at: EpochMs,
  known: ReadonlyMap<StepKey, EffectEntry>,
): EffectEntry | null {
  const found = locate(compiled, state, ended.step);
  if (!found?.step) return null;
  const step = { ...found, step: found.step };
  const { wait } = ended;
  if (wait.kind === 'in-doubt') {
    const change: Change = { state: 'unknown', note: 'The run ended before a person said whether it happened.' };
    return entryOf(state, step, change, at, known);
  }
  const mayBeSent = wait.kind === 'parked' || wait.kind === 'retry';
  if (!mayBeSent || found.node.effect !== 'write') return null;
  const change: Change = found.step.unknown
    ? { state: 'unknown', note: 'The run gave it up before it was known whether it happened.' }
    : { state: 'refused', note: 'The run gave it up before it was sent again.' };
  return entryOf(state, step, change, at, known);
}

function stepOf(record: JournalRecord): StepKey | null {
  if (record.type === 'inbox') return record.message.kind === 'in-doubt-resolved' ? record.message.step : null;
  return 'step' in record ? (record.step ?? null) : null;
}

function changeOf(runId: RunId, node: CompiledNode, step: StepState, record: JournalRecord): Change | null {
  switch (record.type) {
    case 'step-intent':
      return {
        ...{ state: 'sent', note: null, attempt: record.attempt },
        ...{ inputHash: record.inputHash, effectKey: record.effectKey },
      };
    case 'step-succeeded':
      if (record.reused !== undefined) return node.effect === 'write' ? reusedChange(record.reused, runId) : null;
      return step.intentAt === null ? null : { state: 'confirmed', note: whoSaidSo(step), attempt: record.attempt };
    case 'step-failed':
      return step.intentAt === null ? null : failedChange(node, record);
    case 'wait-opened':
      return waitChange(node, step, record);
    case 'step-skipped':
      if (record.why !== 'person' || node.effect !== 'write') return null;
      return { state: 'skipped', note: said(record.by, 'went on without it', record.reason) };
    case 'recovered':
      return step.phase === 'open' ? { state: 'unknown', note: record.note } : null;
    case 'inbox': {
      const { message } = record;
      if (message.kind !== 'in-doubt-resolved' || message.decision !== 'retry') return null;
      return { state: 'planned', note: said(message.by, 'had it sent again', message.reason) };
    }
    default:
      return null;
  }
}

const reusedChange = (then: RunId, now: RunId): Change => ({
  state: 'reused',
  note: `${then === now ? 'The run did it before it went back' : 'An earlier run did it'}; nothing was sent.`,
});

function failedChange(node: CompiledNode, record: RecordOf<'step-failed'>): Change {
  const { error, attempt } = record;
  const unknown = record.looked === true || (!record.throttled && mayHaveHappened(node.effect, error));
  const state = unknown ? 'unknown' : record.retryAt === null ? 'refused' : 'planned';
  return { state, note: error.what, attempt };
}

function waitChange(node: CompiledNode, step: StepState, { wait, attempt }: RecordOf<'wait-opened'>): Change | null {
  if (wait.kind === 'in-doubt') {
    return { state: 'unknown', note: 'A person must say whether it happened.', attempt };
  }
  if (wait.kind !== 'parked' || node.effect !== 'write') return null;
  const note = `${wait.connection} is not called at the moment (${wait.why}).`;
  return { state: step.unknown || step.phase === 'open' ? 'unknown' : 'planned', note };
}

const said = (by: string | undefined, what: string, reason: string | undefined): string =>
  `${by ?? 'Somebody'} ${what}${reason ? `: ${reason}` : '.'}`;

const whoSaidSo = ({ fulfilled }: StepState): string | null =>
  fulfilled?.how === 'happened' ? said(fulfilled.by, 'said that it happened', fulfilled.reason) : null;

/** A run that ends while the outcome of an intent is lost will not learn it any more. */
function leftOpen(
  compiled: CompiledFlow,
  before: RunState,
  at: EpochMs,
  known: ReadonlyMap<StepKey, EffectEntry>,
): EffectEntry[] {
  if (before.open.size === 0) return NONE;
  const change: Change = { state: 'unknown', note: 'The run ended before its outcome was known.' };
  const left: EffectEntry[] = [];
  for (const key of before.open) {
    const found = locate(compiled, before, key);
    if (found?.step) left.push(entryOf(before, { ...found, step: found.step }, change, at, known));
  }
  return left;
}

function entryOf(
  state: RunState,
  { key, node, step }: LocatedStep & { step: StepState },
  change: Change,
  at: EpochMs,
  known: ReadonlyMap<StepKey, EffectEntry>,
): EffectEntry {
  const generation = generationOf(state, key);
  const earlier = known.get(key);
  const same = earlier?.generation === generation ? earlier : null;
  return {
    ...newEntry(
      state,
      { key, node },
      {
        generation,
        effectKey: same?.effectKey ?? change.effectKey ?? effectKeyOf(state.runId, key, generation),
        businessEffectKey: same?.businessEffectKey ?? null,
      },
    ),
    attempt: change.attempt ?? step.attempt,
    state: change.state,
    inputHash: change.inputHash ?? same?.inputHash ?? null,
    firstAt: same?.firstAt ?? at,
    updatedAt: at,
    note: change.note,
  };
}

type Standing = 'attempt' | 'state' | 'inputHash' | 'firstAt' | 'updatedAt' | 'note';

/** All of an entry that does not depend on how the effect stands. */
function newEntry(
  { runId, start }: RunState,
  { key, node }: { key: StepKey; node: CompiledNode },
  known: { generation: number; effectKey: string; businessEffectKey: string | null },
): Omit<EffectEntry, Standing> {
  const { generation, effectKey } = known;
  const connection = Object.values(node.node.connections ?? {})[0] ?? null;
  return {
    effectKey,
    businessEffectKey: connection === null ? null : (known.businessEffectKey ?? businessKeyOf(start, runId, key)),
    runId,
    flowId: start.flowId,
    versionId: start.versionId,
    step: key,
    nodeType: node.node.type,
    nodeTitle: node.title,
    generation,
    safety: node.idempotency?.how ?? 'key',
    connection,
    businessKey: start.businessKey ?? null,
    correlationId: start.correlationId,
    mode: start.mode,
  };
}
