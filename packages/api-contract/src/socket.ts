import { z } from 'zod';
import type { ConnectionGauge } from './connection-limits.ts';
import type { FlowSummary } from './flows.ts';
import type { RunSummaryView, StepView } from './runs.ts';
import { runFilterQuery } from './runs.ts';
import type { Task } from './tasks.ts';

/** Path of the socket.io endpoint. The session cookie of the page signs the socket in. */
export const socketPath = '/live';

export const watchRunSchema = z.object({
  runId: z.string().max(128),
  /** Last sequence number on screen; 0 for none. */ afterSeq: z.int().min(0),
});
export const watchRunsSchema = z.object({ filter: z.object(runFilterQuery) });
export const watchFlowSchema = z.object({ flowId: z.string().max(128), editor: z.string().max(64) });

/**
 * A step of the journal from `fromSeq` (exclusive) to `toSeq` (inclusive). A client whose last number is not
 * `fromSeq` must not apply it but watch again from its own number. `reset`: replaces everything on screen.
 */
export interface RunDelta {
  runId: string;
  fromSeq: number;
  toSeq: number;
  reset: boolean;
  run: RunSummaryView;
  /** Steps that changed, whole. */
  steps: StepView[];
}

export interface ServerToClient {
  'run-delta': (delta: RunDelta) => void;
  /** Not journaled: a step began. Replaced by the next delta. */
  'step-started': (started: { runId: string; step: string; nodeId: string; attempt: number; at: number }) => void;
  /** Runs that changed and match the watched filter; coalesced. */
  'runs-changed': (changed: { runs: RunSummaryView[] }) => void;
  'task-changed': (changed: { task: Pick<Task, 'id' | 'status' | 'runId'> }) => void;
  /** An operation on many runs got further. */
  'bulk-changed': (changed: { id: string }) => void;
  /** A file came in or was removed. */
  'files-changed': () => void;
  /** Gauges that changed, whole; at most twice a second, and only while `watch-connections` holds. */
  'connection-gauges': (changed: { gauges: ConnectionGauge[] }) => void;
  'flow-changed': (changed: { summary: FlowSummary; by: string; editor: string | null }) => void;
  /** Who else has this flow open. */
  'flow-presence': (presence: { flowId: string; people: { name: string; editor: string }[] }) => void;
}

export interface ClientToServer {
  'watch-run': (
    message: z.infer<typeof watchRunSchema>,
    done: (reply: { ok: boolean; problem?: string }) => void,
  ) => void;
  'unwatch-run': (message: { runId: string }) => void;
  'watch-runs': (message: z.infer<typeof watchRunsSchema>, done: (reply: { ok: boolean }) => void) => void;
  'unwatch-runs': () => void;
  /** Needs the permission to read connections. */
  'watch-connections': (done: (reply: { ok: boolean }) => void) => void;
  'unwatch-connections': () => void;
  'watch-flow': (message: z.infer<typeof watchFlowSchema>, done: (reply: { ok: boolean }) => void) => void;
  'unwatch-flow': (message: { flowId: string }) => void;
}
