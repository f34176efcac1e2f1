import type { RunId } from '@waybill/flow-model';
import type { StepKey, Wait } from './journal-record.ts';
import type { PortCalls } from './port-calls.ts';
import type {
  BlobStore,
  Bus,
  Clock,
  Definitions,
  EventRouter,
  Governor,
  Journal,
  NodeHost,
  RecordStreams,
  TaskDesk,
} from './ports/index.ts';
import type { RunLog } from './run-log.ts';
import type { StepSlots } from './step-slots.ts';

/** What a driver is handed: the ports, and the engine it reports to. */
export interface DriverContext {
  journal: Journal;
  blobs: BlobStore;
  nodeHost: NodeHost;
  definitions: Definitions;
  clock: Clock;
  bus: Bus;
  tasks: TaskDesk;
  events: EventRouter;
  governor?: Governor | undefined;
  /** Absent: no step may process records. */
  records: RecordStreams | null;
  slots: StepSlots;
  /** For calls that must come about though the run does not wait for them. */
  calls: PortCalls;
  isStopping(): boolean;
  /** Nothing is left to do until something happens; all is durable. */
  onIdle(run: RunLog): void;
  /** Records became durable. */
  onDurable(run: RunLog): void;
  /** A run that was over, or set aside, goes on; false: it waits for its turn first. */
  mayBeginAgain(run: RunLog): boolean;
  /** The journal knows more than this driver: it is thrown away. */
  onConflict(run: RunLog): void;
  startChild(parent: RunLog, step: StepKey, wait: Extract<Wait, { kind: 'child' }>): void;
  /** The caller gave up waiting for it. */
  cancelChild(runId: RunId): void;
  /** A port failed where the run need not wait for it. */
  onPortFailure(what: string, runId: RunId, error: unknown): void;
}
