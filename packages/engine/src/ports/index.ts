export type { EventWaitChanges } from '../event-waits.ts';
export { eventWaitChanges } from '../event-waits.ts';
export type { StepKey, StoredValue } from '../journal-record.ts';
export type { ParkReason } from '../park-reason.ts';
export { finalRunStatuses } from '../run-status.ts';
export type { Admission, Governor, Lane, PermitRequest } from './governor.ts';
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
export type { EffectEntry, EffectFilter, EffectLedger, EffectPage, EffectQuery, EffectState } from './ledger.ts';
export { effectStates } from './ledger.ts';
export type { ExpressionScope, NodeHost, StepCall, StepResult } from './node-host.ts';
export type {
  RecordStreams,
  RecordsChunk,
  RecordsEnd,
  RecordsJob,
  RecordsPass,
  RecordsProgress,
} from './records.ts';
export type { Bus, Clock, Definitions, EventRouter, FlowVersion, OpenTask, TaskDesk } from './runtime.ts';
