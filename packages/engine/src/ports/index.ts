export type { EventWaitChanges } from '../event-waits.ts';
export { eventWaitChanges } from '../event-waits.ts';
export type { StepKey, StoredValue } from '../journal-record.ts';
export type { ParkReason } from '../park-reason.ts';
export { finalRunStatuses, runStatuses } from '../run-status.ts';
export type { Admission, Governor, Lane, PermitRequest } from './governor.ts';
export { groupStanding, mergedStanding, placesOf, standingAs } from './group-standing.ts';
export type {
  AcceptResult,
  BlobStore,
  Journal,
  JournalSnapshot,
  NewRun,
  RunPage,
  RunQuery,
  RunSummary,
  SequencedRecord,
  StandingPlace,
} from './journal.ts';
export type { EffectEntry, EffectFilter, EffectLedger, EffectPage, EffectQuery, EffectState } from './ledger.ts';
export { effectStates } from './ledger.ts';
export { matchesRun } from './matches-run.ts';
export type { FollowedStep, NextStep } from './next-step.ts';
export { nextCall } from './next-step.ts';
export type { ExpressionScope, NodeHost, StepCall, StepResult } from './node-host.ts';
export type {
  RecordStreams,
  RecordsChunk,
  RecordsEnd,
  RecordsJob,
  RecordsPass,
  RecordsProgress,
} from './records.ts';
export type { RunCounts, RunFilter, StandingAs, StandingRuns } from './run-filter.ts';
export { standingAsNames, standingStatuses } from './run-filter.ts';
export type { Bus, Clock, Definitions, EventRouter, FlowVersion, OpenTask, TaskDesk } from './runtime.ts';
