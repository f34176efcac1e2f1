/** Which runs may begin, as the flows' settings and the runs' own records say; the bookkeeping is `RunGate`'s. */
import type { EpochMs, Flow, FlowId, RunId } from '@waybill/flow-model';
import type { CompiledFlow } from './compile-flow.ts';
import { holdsFromStart, holdsKey } from './key-hold.ts';
import type { RunSummary } from './ports/index.ts';
import type { BlockedTurn, GateKey, Queued } from './run-gate.ts';
import { RunGate } from './run-gate.ts';
import type { RunState } from './run-state.ts';

interface InOrder {
  compiled: CompiledFlow;
  state: RunState;
}

export class RunOrder {
  readonly #gate = new RunGate();

  /** Whether a new run, or one that was opened again, may begin now; otherwise a later call names it. */
  enter({ compiled, state }: InOrder, again = false): boolean {
    return this.#gate.enter(state.runId, keyOf(compiled.flow, state.start.orderingKey), state.acceptedAt, again);
  }

  /** Takes the place again that an open run had before a restart; false: it still waits for its turn. */
  readmit(run: RunSummary, flow: Flow): boolean {
    const key = keyOf(flow, run.orderingKey ?? undefined);
    if (run.status === 'queued') return this.#gate.enter(run.runId, key, run.acceptedAt);
    this.#gate.readmit(run.runId, key, run.acceptedAt, run.holdsKey);
    return !run.holdsKey;
  }

  /** After records of a run are durable; returns the runs that may begin now. */
  settle({ compiled, state }: InOrder): RunId[] {
    if (state.finished || state.quarantined) {
      return this.#gate.leave(state.runId, holdsKey(compiled.flow.settings, state));
    }
    if (state.start.orderingKey === undefined || holdsKey(compiled.flow.settings, state)) return [];
    return this.#gate.passOn(state.runId);
  }

  /** The run was never accepted. */
  withdraw(runId: RunId): RunId[] {
    return this.#gate.leave(runId);
  }

  isWaiting(runId: RunId): boolean {
    return this.#gate.isWaiting(runId);
  }

  whyQueued(runId: RunId): Queued | null {
    return this.#gate.whyQueued(runId);
  }

  blocked(flowId?: FlowId): BlockedTurn[] {
    return this.#gate.blocked(flowId);
  }
}

const keyOf = ({ id, settings }: Flow, orderingKey: string | undefined): GateKey => ({
  flowId: id,
  orderingKey: orderingKey ?? null,
  concurrency: settings.concurrency ?? null,
  holds: holdsFromStart(settings),
});

/** A run that keeps others waiting. */
export interface Holder {
  runId: RunId;
  businessKey: string | null;
  status: RunSummary['status'];
  /** A sentence about the run: `waits for a decision: Approve the project`. */
  reason: string;
  since: EpochMs;
  /** When it goes on by itself, if it does. */
  until: EpochMs | null;
}

/** An ordering key whose next run may not begin yet. */
export interface BlockedKey {
  flowId: FlowId;
  orderingKey: string;
  holder: Holder;
  waiting: number;
  oldestAcceptedAt: EpochMs;
}

/** Letting the next run of a key go. */
export interface KeyRelease {
  flowId: FlowId;
  orderingKey: string;
  /** The run that holds the key, and how it stood when somebody decided to; null for whichever does. */
  holder: Pick<Holder, 'runId' | 'status'> | null;
  by: string;
  reason: string;
}

/** Why a run has not begun. */
export type QueuedBehind =
  | { for: 'key'; orderingKey: string; holder: Holder }
  | { for: 'place'; concurrency: number; underWay: number };
