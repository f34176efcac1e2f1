/** Taking confirmed effects back, as far as a run's state knows it. Part of the reducer: mutates the state it is given. */
import type { EpochMs, ErrorRecord, FlowSettings, TaskId } from '@waybill/flow-model';
import { assertNever } from '@waybill/flow-model';
import type { CompiledNode } from './compile-flow.ts';
import type { JournalRecord, PlannedUndo, StayingEffect, StepKey } from './journal-record.ts';
import type { RunState } from './run-state.ts';

/** The whole run, where otherwise the key of a container stands. */
export const WHOLE_RUN = '';

export type UndoRecord = Extract<
  JournalRecord,
  { type: 'undo-planned' | 'undo-intent' | 'undo-parked' | 'undo-succeeded' | 'undo-failed' | 'undo-ended' }
>;

/** One effect that is taken back. */
export interface UndoEffect {
  step: StepKey;
  /** What it takes back. */
  of: PlannedUndo;
  phase:
    | 'planned'
    /** Its intent is recorded, its outcome is not. */
    | 'open'
    | 'retrying'
    /** It failed for good; a person says what to do, the rest goes on. */
    | 'asking'
    | 'undone'
    /** A person let it stay. */
    | 'left';
  attempt: number;
  failures: number;
  intentAt: EpochMs | null;
  /** For `retrying`. */
  until: EpochMs | null;
  /** Its system may not be called now; whatever the phase, it goes on at that time or when it is told. */
  parked?: { until: EpochMs; connection: string } | null;
  /** For `asking`. */
  taskId: TaskId | null;
  error: ErrorRecord | null;
  since: EpochMs;
}

/** What is taken back for one failed scope, or for the whole run. */
export interface UndoState {
  scope: StepKey;
  by: string;
  reason: string | null;
  /** Effect keys, or all there are. */
  wanted: 'all' | string[];
  phase: 'asked' | 'approving' | 'under-way' | 'ended';
  /** For `approving`. */
  taskId: TaskId | null;
  since: EpochMs;
  /** By the key of the effect that is taken back. */
  effects: Map<string, UndoEffect>;
  /** What is still to do, the next one last. */
  queue: string[];
  stays: StayingEffect[];
}

export const newUndo = (given: Pick<UndoState, 'scope' | 'by' | 'reason' | 'wanted' | 'since'>): UndoState => ({
  ...given,
  phase: 'asked',
  taskId: null,
  effects: new Map(),
  queue: [],
  stays: [],
});

/** What a scope does with the effects inside it when it fails; only a container that is one unit takes back. */
export function undoPolicy(settings: FlowSettings, node: CompiledNode): 'never' | 'automatically' | 'after-approval' {
  if (node.manifest.container !== 'scope') return 'never';
  const own = node.node.params['undo'];
  if (own === 'never' || own === 'automatically' || own === 'after-approval') return own;
  if (settings.compensation === 'automatic') return 'automatically';
  return settings.compensation === 'ask' ? 'after-approval' : 'never';
}

/** What becomes of all that a run did when it fails, its groups apart. */
export const failedRunPolicy = ({
  undoFailedRun = 'never',
}: FlowSettings): 'never' | 'automatically' | 'after-approval' =>
  undoFailedRun === 'always' ? 'automatically' : undoFailedRun === 'ask' ? 'after-approval' : 'never';

/** The next effect to take back, the newest. */
export const nextUndoOf = (undo: UndoState): UndoEffect | undefined => undo.effects.get(undo.queue.at(-1) ?? '');

/** Those that are not over yet. */
export function* activeUndos(state: RunState): Generator<UndoState> {
  for (const undo of state.undos.values()) if (undo.phase !== 'ended') yield undo;
}

export const isUndoing = (state: RunState, scope: StepKey): boolean => {
  const phase = state.undos.get(scope)?.phase;
  return phase !== undefined && phase !== 'ended';
};

/** Something of it can be done now or later without a person. */
export const goesOnByItself = (undo: UndoState): boolean =>
  undo.phase === 'asked' || (undo.phase === 'under-way' && (undo.queue.length > 0 || asking(undo) === 0));

const asking = (undo: UndoState): number => {
  let count = 0;
  for (const effect of undo.effects.values()) if (effect.phase === 'asking') count += 1;
  return count;
};

export const isSettled = (undo: UndoState): boolean =>
  undo.phase === 'under-way' && undo.queue.length === 0 && asking(undo) === 0;

/** Tasks that undos wait for. */
export const undoTasks = (state: RunState): TaskId[] =>
  [...activeUndos(state)].flatMap(({ phase, taskId, effects }) => [
    ...(phase === 'approving' && taskId !== null ? [taskId] : []),
    ...[...effects.values()].flatMap((effect) =>
      effect.phase === 'asking' && effect.taskId !== null ? [effect.taskId] : [],
    ),
  ]);

/** The undo and the effect in it that a task is about; null when none waits for it. */
export function undoOfTask(
  state: RunState,
  taskId: TaskId,
): { undo: UndoState; effectKey: string | null; effect: UndoEffect | null } | null {
  for (const undo of activeUndos(state)) {
    if (undo.phase === 'approving' && undo.taskId === taskId) return { undo, effectKey: null, effect: null };
    for (const [effectKey, effect] of undo.effects) {
      if (effect.phase === 'asking' && effect.taskId === taskId) return { undo, effectKey, effect };
    }
  }
  return null;
}

export const approvalOutcomes = ['take-back', 'leave'] as const;
export const failedUndoOutcomes = ['done-by-hand', 'retry', 'leave'] as const;

/** A person answered a task of an undo. False when the outcome is none of its. */
export function answerUndo(state: RunState, taskId: TaskId, outcome: string): void {
  const found = undoOfTask(state, taskId);
  if (!found) return;
  const { undo, effect, effectKey } = found;
  state.effects.endedTasks.push({ taskId, how: 'decided', outcome });
  if (!effect || effectKey === null) {
    undo.taskId = null;
    undo.phase = 'under-way';
    if (outcome === 'leave') leaveRest(undo);
    return;
  }
  effect.taskId = null;
  if (outcome === 'retry') {
    effect.phase = 'planned';
    effect.failures = 0;
    undo.queue.push(effectKey);
  } else if (outcome === 'leave') effect.phase = 'left';
  else setUndone(state, effect, effectKey);
}

function leaveRest(undo: UndoState): void {
  for (const effect of undo.effects.values()) {
    if (effect.phase === 'planned' || effect.phase === 'open') effect.phase = 'left';
  }
  undo.queue = [];
}

function setUndone(state: RunState, effect: UndoEffect, effectKey: string): void {
  effect.phase = 'undone';
  effect.error = null;
  state.undone.set(effectKey, effect.step);
}

/** The run is given up: nothing more is taken back, open tasks of undos close. */
export function stopUndos(state: RunState): void {
  for (const taskId of undoTasks(state)) state.effects.endedTasks.push({ taskId, how: 'cancelled', outcome: null });
  for (const undo of activeUndos(state)) {
    undo.phase = 'ended';
    undo.taskId = null;
    undo.queue = [];
    for (const effect of undo.effects.values()) effect.taskId = null;
  }
}

export function reduceUndo(state: RunState, record: UndoRecord): void {
  switch (record.type) {
    case 'undo-planned':
      plan(state, record);
      return;
    case 'undo-ended': {
      const undo = state.undos.get(record.scope);
      if (undo) undo.phase = 'ended';
      return;
    }
    case 'undo-intent':
    case 'undo-parked':
    case 'undo-succeeded':
    case 'undo-failed':
      for (const undo of state.undos.values()) {
        const effect = undo.effects.get(record.effectKey);
        if (effect) reduceEffect(state, undo, effect, record);
      }
      return;
    default:
      assertNever(record);
  }
}

function plan(state: RunState, record: Extract<UndoRecord, { type: 'undo-planned' }>): void {
  const { scope, by, reason, effects, stays, approval, at } = record;
  const undo = newUndo({ scope, by, reason, wanted: 'all', since: at });
  state.undos.set(scope, undo);
  undo.stays = stays;
  undo.taskId = approval;
  undo.phase = effects.length === 0 ? 'ended' : approval === null ? 'under-way' : 'approving';
  for (const of of effects) {
    const { attempts = 0, unknownSince = null } = of.tried ?? {};
    undo.effects.set(of.effectKey, {
      step: of.step,
      of,
      // As after a crash: sent again only where that does no harm, else a person says what became of it.
      phase: unknownSince === null ? 'planned' : 'open',
      attempt: unknownSince === null ? attempts : attempts + 1,
      failures: 0,
      intentAt: unknownSince,
      until: null,
      taskId: null,
      error: null,
      since: at,
    });
  }
  undo.queue = effects.map((each) => each.effectKey).reverse();
}

function takeOff(undo: UndoState, effectKey: string): void {
  if (undo.queue.at(-1) === effectKey) undo.queue.pop();
  else undo.queue = undo.queue.filter((key) => key !== effectKey);
}

function reduceEffect(
  state: RunState,
  undo: UndoState,
  effect: UndoEffect,
  record: Extract<UndoRecord, { effectKey: string }>,
): void {
  if (effect.phase === 'undone' || effect.phase === 'left') return;
  effect.since = record.at;
  if (record.type === 'undo-parked') {
    effect.parked = { until: record.until, connection: record.connection };
    return;
  }
  effect.parked = null;
  effect.attempt = record.attempt;
  switch (record.type) {
    case 'undo-intent':
      effect.phase = 'open';
      effect.intentAt ??= record.at;
      return;
    case 'undo-succeeded':
      setUndone(state, effect, record.effectKey);
      takeOff(undo, record.effectKey);
      return;
    case 'undo-failed':
      effect.error = record.error;
      effect.failures += 1;
      effect.until = record.retryAt;
      effect.taskId = undo.phase === 'ended' ? null : record.taskId;
      if (record.retryAt !== null) effect.phase = 'retrying';
      else {
        effect.phase = 'asking';
        takeOff(undo, record.effectKey);
      }
      return;
    default:
      assertNever(record);
  }
}
