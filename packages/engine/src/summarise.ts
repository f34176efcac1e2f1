import type { EpochMs, NodeId } from '@waybill/flow-model';
import { problemWords } from '@waybill/flow-model';
import type { CompiledFlow } from './compile-flow.ts';
import { nextDueAt } from './decide.ts';
import { undoStanding } from './decide-undo.ts';
import type { StepKey, Wait } from './journal-record.ts';
import { holdsKey } from './key-hold.ts';
import type { RunSummary, StandingPlace } from './ports/index.ts';
import { runNote } from './run-note.ts';
import type { RunState } from './run-state.ts';
import { liveStep, nodeIdOf } from './run-state.ts';
import type { RunStatus } from './run-status.ts';
import { placeKey } from './step-phase.ts';
import { isUndoing } from './undo-state.ts';

/** What lists show of a run, derived from its state alone. */
export function summarise(compiled: CompiledFlow, state: RunState): RunSummary {
  const { start, finished } = state;
  const status = statusOf(compiled, state);
  const failure = finished?.failure ?? null;
  const error = failure?.error ?? heldError(compiled, state);
  const current = failure?.step ?? (status === 'in-doubt' ? doubtfulStep(compiled, state) : null) ?? currentStep(state);
  return {
    runId: state.runId,
    flowId: start.flowId,
    versionId: start.versionId,
    status,
    mode: start.mode,
    startedBy: start.startedBy,
    acceptedAt: state.acceptedAt,
    updatedAt: state.updatedAt,
    finishedAt: finished?.at ?? null,
    correlationId: start.correlationId,
    businessKey: start.businessKey ?? null,
    orderingKey: start.orderingKey ?? null,
    dedupeKey: start.dedupeKey ?? null,
    parentRunId: start.parent?.runId ?? null,
    replayRoot: start.replay?.root ?? null,
    wakeAt: wakeAt(compiled, state, status),
    currentStep: current === null ? null : titleOf(compiled, nodeIdOf(current)),
    currentNode: current === null ? null : nodeIdOf(current),
    currentWaits: current === null ? 0 : waitsAlike(compiled, state, current),
    alsoAt: otherPlaces(compiled, state, current),
    note: runNote(compiled, state, current),
    errorCode: error?.code ?? null,
    errorWhat: error?.what ?? null,
    errorClass: status === 'in-doubt' ? 'in-doubt' : error ? problemWords(error).class : null,
    seq: state.seq,
    holdsKey: (finished !== null || state.quarantined) && holdsKey(compiled.flow.settings, state),
  };
}

export function statusOf(compiled: CompiledFlow, state: RunState): RunStatus {
  if (state.finished) return state.finished.status;
  if (state.quarantined) return 'quarantined';
  if (state.paused) return 'paused';
  const undo = undoStanding(state);
  if (undo === 'busy' || (undo === null && state.waits.size === 0)) return 'running';
  for (const key of state.waits) {
    if (liveStep(compiled, state, key).step.wait?.kind === 'in-doubt') return 'in-doubt';
  }
  // A container whose undo waits is no more busy than the undo.
  const closing = [...state.closing].filter((key) => !isUndoing(state, key)).length;
  const busy = state.ready.size + state.open.size + closing + state.fulfilled.size;
  return busy > 0 ? 'running' : 'waiting';
}

/** A running run may be looked at any time; the constant spares the index a move per record. */
function wakeAt(compiled: CompiledFlow, state: RunState, status: RunStatus): number | null {
  switch (status) {
    case 'running':
      return state.acceptedAt;
    case 'waiting':
    case 'in-doubt':
      return nextDueAt(compiled, state);
    default:
      return null;
  }
}

const first = (steps: Set<StepKey>): StepKey | null => {
  for (const step of steps) return step;
  return null;
};

const doubtfulStep = (compiled: CompiledFlow, state: RunState): StepKey | null =>
  [...state.waits].find((key) => liveStep(compiled, state, key).step.wait?.kind === 'in-doubt') ?? null;

const currentStep = (state: RunState): StepKey | null =>
  state.finished ? null : (first(state.held) ?? first(state.open) ?? first(state.ready) ?? first(state.waits));

/** Steps of the same node that wait for the same kind of thing as this one; 0 if it does not wait. */
function waitsAlike(compiled: CompiledFlow, state: RunState, current: StepKey): number {
  const wait = state.waits.has(current) ? liveStep(compiled, state, current).step.wait : null;
  return wait ? (state.places.get(placeKey(nodeIdOf(current), wait.kind))?.waits ?? 0) : 0;
}

const nowhereElse: readonly StandingPlace[] = [];

/** Where steps of it wait or are kept back, but for where it is counted by its current step. */
function otherPlaces(compiled: CompiledFlow, state: RunState, current: StepKey | null): readonly StandingPlace[] {
  const { places, held, finished } = state;
  if (finished || places.size + held.size === 0) return nowhereElse;
  const found = new Map<string, StandingPlace>();
  const add = (node: NodeId, kind: Wait['kind'] | null, waits: number, since: EpochMs) => {
    // A step between two tries is being done.
    if (kind === 'retry') return;
    const how = standsAs(kind);
    const at = `${how} ${node}`;
    const known = found.get(at);
    found.set(at, {
      ...{ node, step: titleOf(compiled, node), waits: waits + (known?.waits ?? 0) },
      ...{ status: how === 'in-doubt' ? how : 'waiting', note: how === 'parked' ? how : null },
      since: Math.min(since, known?.since ?? since),
    });
  };
  for (const { node, kind, waits, since } of places.values()) add(node, kind, waits, since);
  for (const key of held) add(nodeIdOf(key), null, 0, state.updatedAt);
  if (current !== null && (held.has(current) || state.waits.has(current))) {
    const kind = held.has(current) ? null : (liveStep(compiled, state, current).step.wait?.kind ?? null);
    found.delete(`${standsAs(kind)} ${nodeIdOf(current)}`);
  }
  return found.size === 0 ? nowhereElse : [...found.values()];
}

/** @param kind of what it waits for; null for a step that is kept back for somebody. */
const standsAs = (kind: Wait['kind'] | null): 'waiting' | 'parked' | 'in-doubt' =>
  kind === 'parked' || kind === 'in-doubt' ? kind : 'waiting';

const titleOf = (compiled: CompiledFlow, node: NodeId): string => compiled.nodes.get(node)?.title ?? node;

function heldError(compiled: CompiledFlow, state: RunState) {
  const held = first(state.held);
  return held === null ? null : liveStep(compiled, state, held).step.error;
}
