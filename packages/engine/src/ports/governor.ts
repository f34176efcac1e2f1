import type { EpochMs, FlowId, RunId } from '@waybill/flow-model';
import type { StepKey } from '../journal-record.ts';
import type { ParkReason } from '../park-reason.ts';

/** Who goes first where a system takes less than it is asked: a flow's setting, `high` before `normal` before `low`. */
export type Lane = 'high' | 'normal' | 'low';

/** A step that is about to call outside systems. */
export interface PermitRequest {
  /** What the node's credential slots are bound to: role aliases or connection ids; never empty. */
  connections: readonly string[];
  lane: Lane;
  runId: RunId;
  flowId: FlowId;
  step: StepKey;
  /** Order among steps of the same lane: that of their runs. */
  acceptedAt: EpochMs;
}

export type Admission =
  /** `release` must be called once, when the attempt is over. */
  | { granted: true; release(): void }
  /** Nothing was sent. Ask again at `until`, or sooner when told by `onOpened`. */
  | { granted: false; until: EpochMs; why: ParkReason; connection: string };

/**
 * One budget per connection, shared by all flows: how many steps call it at once, in which order, and whether it is
 * called at all. How fast single requests follow each other is paced where they are sent.
 * Short delays are waited out here, in lane and acceptance order; long ones park the step.
 */
export interface Governor {
  /** Answers at once where nothing limits, so that an unlimited step costs no turn of the event loop. */
  acquire(request: PermitRequest, signal: AbortSignal): Admission | Promise<Admission>;
  /** Calls back when a connection that parked steps may be called again; returns how to stop listening. */
  onOpened(listener: (connection: string) => void): () => void;
}
