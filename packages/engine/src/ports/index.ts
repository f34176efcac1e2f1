export type { EventWaitChanges } from '../event-waits.ts';
export { eventWaitChanges } from '../event-waits.ts';
export { finalRunStatuses } from '../run-status.ts';
export type {
  AcceptResult,
  BlobStore,
  Journal,
  JournalSnapshot,
  NewRun,
  RunFilter,
  RunPage,
  RunQuery,
  RunSummary,
  SequencedRecord,
} from './journal.ts';
export type { ExpressionScope, NodeHost, StepCall, StepResult } from './node-host.ts';
export type { Bus, Clock, Definitions, EventRouter, FlowVersion, OpenTask, TaskDesk } from './runtime.ts';
