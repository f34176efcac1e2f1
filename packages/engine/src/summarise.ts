import { problemWords } from '@waybill/flow-model';
import type { CompiledFlow } from './compile-flow.ts';
import { nextDueAt } from './decide.ts';
import { undoStanding } from './decide-undo.ts';
import type { StepKey } from './journal-record.ts';
import { holdsKey } from './key-hold.ts';
import type { RunSummary } from './ports/index.ts';
import { runNote } from './run-note.ts';
import type { RunState } from './run-state.ts';
import { liveStep, nodeIdOf } from './run-state.ts';
import type { RunStatus } from './run-status.ts';
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
    currentStep: current === null ? null : (compiled.nodes.get(nodeIdOf(current))?.title ?? current),
    currentNode: current === null ? null : nodeIdOf(current),
    currentWaits: current === null ? 0 : waitsAlike(compiled, state, current),
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

/** Steps of the same node that wait as this one does; 0 if it does not wait. */
function waitsAlike(compiled: CompiledFlow, state: RunState, current: StepKey): number {
  if (!state.waits.has(current)) return 0;
  const kindOf = (key: StepKey) => liveStep(compiled, state, key).step.wait?.kind;
  const nodeId = nodeIdOf(current);
  const kind = kindOf(current);
  let waits = 0;
  for (const key of state.waits)
    if (key.endsWith(nodeId) && nodeIdOf(key) === nodeId && kindOf(key) === kind) waits += 1;
  return waits;
}

function heldError(compiled: CompiledFlow, state: RunState) {
  const held = first(state.held);
  return held === null ? null : liveStep(compiled, state, held).step.error;
}
