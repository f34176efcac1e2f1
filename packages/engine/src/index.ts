export { createEngine } from './create-engine.ts';
export type {
  Answered,
  Engine,
  EngineOptions,
  ReplayChoice,
  ReplayedEffect,
  ReplayPreview,
  ReplayRequest,
  ResponseReply,
  Started,
  StartRequest,
} from './engine.ts';
export type { EventWaitChanges } from './event-waits.ts';
export { eventWaitChanges } from './event-waits.ts';
export { corrected } from './going-back.ts';
export type { Heartbeat } from './heartbeat.ts';
export type {
  Correction,
  FinalStatus,
  InboxMessage,
  JournalRecord,
  JournalRecordType,
  LogLine,
  PlannedUndo,
  RecordCounts,
  RetriedBatch,
  RunReplay,
  RunStart,
  StayingEffect,
  StepKey,
  StoredValue,
  Wait,
} from './journal-record.ts';
export type { RecordRetry, RecordRetryFault } from './retried-records.ts';
export type { RetriedEffect, RetriedStep, RetryPreview } from './retry-preview.ts';
export type { RunNote } from './run-note.ts';
export type { BlockedKey, Holder, QueuedBehind } from './run-order.ts';
export type { RunStatus, StepStatus } from './run-status.ts';
export { finalRunStatuses, runStatuses, standWords } from './run-status.ts';
export { systemClock, timeOrderedId } from './system-clock.ts';
export type { UndoPreview } from './undo-plan.ts';
