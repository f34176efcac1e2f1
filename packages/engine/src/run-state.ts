import type { EpochMs, ErrorRecord, JsonObject, JsonValue, NodeId, RunId, TaskId } from '@waybill/flow-model';
import { flowError } from '@waybill/flow-model';
import type { CompiledFlow, CompiledNode, CompiledScope } from './compile-flow.ts';
import type { Correction, FinalStatus, RunStart, StepKey, StoredValue, Wait } from './journal-record.ts';
import type { UndoState } from './undo-state.ts';

/** `ready`, `open`, `waiting`, `held` and `entered` are live: the scope is not over while one is left. */
export type StepPhase =
  /** May be attempted; pure and read steps stay here until their outcome is recorded. */
  | 'ready'
  /** Its intent is recorded, its outcome is not. */
  | 'open'
  | 'waiting'
  /** Failed in a way that a person cures; tried again on resume. */
  | 'held'
  /** A container whose iterations are under way. */
  | 'entered'
  | 'succeeded'
  | 'failed'
  | 'skipped'
  /** Given up because its scope failed or the run was cancelled. */
  | 'cancelled';

/** How a wait ended, before the record that says so is written. */
export type Fulfilment =
  | { how: 'task'; outcome: string; port: string; by: string; comment: string | null; form: JsonValue; backTo?: NodeId }
  | { how: 'event'; payload: JsonValue }
  | { how: 'child'; status: FinalStatus; output: StoredValue | null; error: ErrorRecord | null }
  | { how: 'happened'; value: JsonValue; by: string; reason: string }
  | { how: 'skip'; value: JsonValue; by: string; reason: string };

export interface StepState {
  phase: StepPhase;
  /** Number of the last attempt that was recorded, from 1; 0 before. */
  attempt: number;
  /** Failed attempts that count against the retry policy. */
  failures: number;
  /** Attempts in a row that the system turned away because of too many calls, and since when. */
  throttles: number;
  throttledSince: EpochMs | null;
  /** Port it left by. */
  port: string | null;
  output: StoredValue | null;
  error: ErrorRecord | null;
  wait: Wait | null;
  waitingSince: EpochMs | null;
  fulfilled: Fulfilment | null;
  /** First intent under the present effect key. */
  intentAt: EpochMs | null;
  /** Its last attempt may have taken effect although it failed. */
  unknown: boolean;
  /** The system was asked once whether the effect happened, and did not find it. */
  probed: boolean;
  /** Opened a task or a child run, whose ids must not come back. */
  usedWait: boolean;
  /** The run it called and how that ended: the run is taken up again with the step, where that helps. */
  called: { wait: Extract<Wait, { kind: 'child' }>; status: FinalStatus } | null;
  /** Replaces the input, given by a person with a retry. */
  edited: { v: JsonValue } | null;
  /** Fields put right by a person: they stand instead of what the flow says until the step succeeded. */
  editedParams?: JsonObject;
  body: ContainerState | null;
  /** How far it has carried its records, while it is not over. */
  checkpoint: StoredValue | null;
}

/** What a person gives with a retry in place of what the step would read. */
export interface StepEdit {
  edited?: JsonValue | undefined;
  editedParams?: JsonObject | undefined;
}

/** Puts an edit on a step that is about to run. */
export function applyEdit(step: StepState, { edited, editedParams }: StepEdit): void {
  if (edited !== undefined) step.edited = { v: edited };
  if (editedParams) step.editedParams = { ...step.editedParams, ...editedParams };
}

/** Output of one iteration; `parts` when several leaves are live. */
export type BodyResult = StoredValue | { parts: Record<NodeId, StoredValue> };

export interface ContainerState {
  items: StoredValue;
  /** The items one by one, where a list of them would be too large. */
  parts: StoredValue[] | null;
  /** As in the record. */
  contents: string[] | null;
  count: number;
  concurrency: number;
  onItemError: 'stop' | 'continue';
  /** Index of the next iteration to open. */
  next: number;
  active: number;
  /** In item order; null until the iteration is over. */
  results: (BodyResult | null)[];
  failed: Failure | null;
  /** Iterations it was entered with; those after them are batches of records that are sent again. */
  own: number;
  /** What follows it was dealt with when it ended before, and is left alone when it ends again. */
  goesOnAlone: boolean;
  /** Places of records that went into a later batch, by the index of the batch they stood in. */
  retaken: Record<number, number[]>;
}

export interface Failure {
  step: StepKey;
  error: ErrorRecord;
}

export interface ScopeState {
  /** `''`, or `perLine[3]/`: what precedes a node id in a step key. */
  prefix: string;
  /** Key of the container this is an iteration of; null at the top level. */
  container: StepKey | null;
  index: number;
  steps: Map<NodeId, StepState>;
  /** Steps in a live phase. */
  live: number;
  failed: Failure | null;
  /** Nothing new starts in it: it failed, or something around it did. */
  givenUp: boolean;
}

/** Steps of one node that wait for the same kind of thing. */
export interface WaitingPlace {
  node: NodeId;
  kind: Wait['kind'];
  waits: number;
  /** Since when one of them or another waits here. */
  since: EpochMs;
}

/**
 * A run, rebuilt from its records alone. Mutable inside the reducer, read-only everywhere else.
 * The sets index live steps so that no decision scans the run.
 */
export interface RunState {
  runId: RunId;
  seq: number;
  acceptedAt: EpochMs;
  updatedAt: EpochMs;
  start: RunStart;
  scopes: Map<string, ScopeState>;
  ready: Set<StepKey>;
  open: Set<StepKey>;
  waits: Set<StepKey>;
  /** Where they wait and for what, by `placeKey`: kept, so that nothing scans them. */
  places: Map<string, WaitingPlace>;
  held: Set<StepKey>;
  /** Containers whose iterations are all over, outcome not yet recorded. */
  closing: Set<StepKey>;
  /** Steps with a fulfilment, outcome not yet recorded. */
  fulfilled: Set<StepKey>;
  paused: { by: string; reason: string | null } | null;
  cancelling: { by: string; reason: string | null; undo: boolean } | null;
  response: { status: number; headers: Record<string, string>; body: StoredValue } | null;
  finished: { status: FinalStatus; at: EpochMs; output: StoredValue | null; failure: Failure | null } | null;
  /** A person opened the run again; other failed steps may be left. */
  reopened: boolean;
  /** How it had ended before it was opened again to take effects back; so it ends again. */
  endsAs: { status: FinalStatus; failure: Failure | null } | null;
  /** By container, or `WHOLE_RUN`. */
  undos: Map<StepKey, UndoState>;
  /** Effects that were taken back, by their key. */
  undone: Map<string, StepKey>;
  /** Inputs given with a retry, for steps that what comes before them makes ready again. */
  edits: Map<StepKey, StepEdit>;
  /** Records that could not be used, or that a system refused; by the step that found so. */
  refused: Map<StepKey, number>;
  /** It waited for a person, an event, a time or a flow it called. */
  hasWaited: boolean;
  /** A person let the next run of its ordering key go. */
  keyReleased: { by: string; reason: string } | null;
  /** By the step that was under way; a crash that names none counts under the empty key. */
  crashes: Map<StepKey | '', number>;
  quarantined: boolean;
  inboxKeys: Set<string>;
  /** Explicit repeats by step key, or by prefix for a whole iteration; absent is 0. */
  generations: Map<string, number>;
  /** Those of them that only going back made, since a person last asked for a repeat: by the same keys. */
  back: Map<string, number>;
  /** Laid over what a step gets, whenever it runs. */
  corrections: Map<StepKey, Correction[]>;
  /** Tasks that reopen when their step asks again; `until` is when the first round was to give up. */
  returns: Map<StepKey, { taskId: TaskId; round: number; until?: EpochMs }>;
  /** Steps and results held, to pace snapshots. */
  entries: number;
  /** What the last record caused besides: taken by the driver, no part of the state. */
  effects: ReduceEffects;
}

export interface ReduceEffects {
  skipped: StepKey[];
  endedWaits: { step: StepKey; wait: Wait; how: 'decided' | 'expired' | 'cancelled'; outcome: string | null }[];
  /** Tasks that no step waits for. */
  endedTasks: { taskId: TaskId; how: 'decided' | 'cancelled'; outcome: string | null }[];
}

/** A step together with where it is. */
export interface LocatedStep {
  key: StepKey;
  node: CompiledNode;
  scope: ScopeState;
  step: StepState | undefined;
}

export const newStepState = (phase: StepPhase): StepState => ({
  phase,
  attempt: 0,
  failures: 0,
  throttles: 0,
  throttledSince: null,
  port: null,
  output: null,
  error: null,
  wait: null,
  waitingSince: null,
  fulfilled: null,
  intentAt: null,
  unknown: false,
  probed: false,
  usedWait: false,
  called: null,
  edited: null,
  body: null,
  checkpoint: null,
});

export const newScopeState = (prefix: string, container: StepKey | null, index: number): ScopeState => ({
  prefix,
  container,
  index,
  steps: new Map(),
  live: 0,
  failed: null,
  givenUp: false,
});

export function newRunState(runId: RunId, start: RunStart, at: EpochMs): RunState {
  return {
    runId,
    seq: 0,
    acceptedAt: at,
    updatedAt: at,
    start,
    scopes: new Map([['', newScopeState('', null, 0)]]),
    ready: new Set(),
    open: new Set(),
    waits: new Set(),
    places: new Map(),
    held: new Set(),
    closing: new Set(),
    fulfilled: new Set(),
    paused: null,
    cancelling: null,
    response: null,
    finished: null,
    reopened: false,
    endsAs: null,
    undos: new Map(),
    undone: new Map(),
    edits: new Map(),
    refused: new Map(),
    hasWaited: false,
    keyReleased: null,
    crashes: new Map(),
    quarantined: false,
    inboxKeys: new Set(),
    generations: new Map(),
    back: new Map(),
    corrections: new Map(),
    returns: new Map(),
    entries: 0,
    effects: { skipped: [], endedWaits: [], endedTasks: [] },
  };
}

export const prefixOf = (key: StepKey): string => key.slice(0, key.lastIndexOf('/') + 1);
export const nodeIdOf = (key: StepKey): NodeId => key.slice(key.lastIndexOf('/') + 1);
export const iterationPrefix = (container: StepKey, index: number): string => `${container}[${index}]/`;

export const rootScope = (state: RunState): ScopeState => state.scopes.get('') as ScopeState;

/** Null when the flow has no such node or its iteration is not there (any more). */
export function locate(compiled: CompiledFlow, state: RunState, key: StepKey): LocatedStep | null {
  const scope = state.scopes.get(prefixOf(key));
  const node = compiled.nodes.get(nodeIdOf(key));
  if (!scope || !node) return null;
  return { key, node, scope, step: scope.steps.get(node.id) };
}

/** A step that the state itself names: its absence is a fault of the engine. */
export function liveStep(compiled: CompiledFlow, state: RunState, key: StepKey): LocatedStep & { step: StepState } {
  const found = locate(compiled, state, key);
  if (!found?.step) {
    throw flowError('ENGINE_STATE_BROKEN', {
      what: `Step ${key} is listed as live but is not part of the run.`,
      fix: 'Report this with the export of the run.',
      owner: 'engine',
      engine: 'stop',
      where: { runId: state.runId, step: key },
    });
  }
  return { ...found, step: found.step };
}

export const scopeDefinition = (compiled: CompiledFlow, scope: ScopeState): CompiledScope =>
  scope.container === null ? compiled.root : (compiled.nodes.get(nodeIdOf(scope.container))?.body ?? compiled.root);

/** How often a step was explicitly repeated after its effect was confirmed, iterations above it included. */
export const generationOf = (state: RunState, key: StepKey): number => summed(state.generations, key);

/** How many of its generations it owes to the run going back alone. */
export const wentBackOf = (state: RunState, key: StepKey): number => summed(state.back, key);

/** How often a step is repeated between two states of a run, other than for what was taken back or sent back. */
export const wishedBetween = (before: RunState, after: RunState, key: StepKey): number =>
  generationOf(after, key) - generationOf(before, key) - Math.max(0, wentBackOf(after, key) - wentBackOf(before, key));

function summed(counts: ReadonlyMap<string, number>, key: StepKey): number {
  if (counts.size === 0) return 0;
  let sum = counts.get(key) ?? 0;
  for (let prefix = prefixOf(key); prefix !== ''; prefix = prefixOf(prefix.slice(0, -1))) {
    sum += counts.get(prefix) ?? 0;
  }
  return sum;
}
