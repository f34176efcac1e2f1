export type { Lease } from './journal-mongo/lease.ts';
export { holdLease } from './journal-mongo/lease.ts';
export { openMongoBlobs } from './journal-mongo/mongo-blobs.ts';
export { openMongoJournal } from './journal-mongo/open-mongo-journal.ts';
export { fileBlobs } from './journal-sqlite/file-blobs.ts';
export type { SqliteJournalOptions } from './journal-sqlite/open-sqlite-journal.ts';
export { openSqliteJournal } from './journal-sqlite/open-sqlite-journal.ts';
export type { ApiKeyRecord, ApiKeyRepository } from './repositories/api-keys.ts';
export type { AuditEvent, AuditRecord, AuditRepository } from './repositories/audit.ts';
export { auditHash } from './repositories/audit.ts';
export type {
  BulkAct,
  BulkItemRecord,
  BulkItemStatus,
  BulkOperationRecord,
  BulkOperationRepository,
  BulkStatus,
  BulkSubject,
} from './repositories/bulk-operations.ts';
export type {
  CallLimits,
  ConnectionPolicy,
  ConnectionRecord,
  ConnectionRepository,
  ConnectionTestResult,
  MaintenanceWindow,
} from './repositories/connections.ts';
export { openPolicy } from './repositories/connections.ts';
export type { CrosswalkRepository, CrosswalkRow } from './repositories/crosswalk.ts';
export type { ExceptionLine, LineFilter } from './repositories/exception-line.ts';
export { exceptionLineOf, lineTest } from './repositories/exception-line.ts';
export type { ExceptionRepository } from './repositories/exceptions.ts';
export type { FileRecord, FileRepository, FileUseRecord, FileUseRepository } from './repositories/files.ts';
export type { FlowVersionHeader, FlowVersionRecord, FlowVersionRepository } from './repositories/flow-versions.ts';
export { publishedVersionId, testVersionId } from './repositories/flow-versions.ts';
export type { FlowHeader, FlowRecord, FlowRepository, FlowState } from './repositories/flows.ts';
export type {
  LookupRow,
  LookupTableHeader,
  LookupTableRecord,
  LookupTableRepository,
} from './repositories/lookup-tables.ts';
export type { MuteRecord, NotificationWishRepository } from './repositories/notification-wishes.ts';
export type {
  NotificationAttempt,
  NotificationRecord,
  NotificationRepository,
  NotificationState,
  WayHealth,
} from './repositories/notifications.ts';
export { untried } from './repositories/notifications.ts';
export type { Store } from './repositories/open-store.ts';
export { openStore } from './repositories/open-store.ts';
export type { Page, PageRequest } from './repositories/page.ts';
export { decodeCursor, encodeCursor } from './repositories/page.ts';
export type { RoleBindingRecord, RoleBindingRepository } from './repositories/role-bindings.ts';
export type { SavedFilterPatch, SavedFilterRecord, SavedFilterRepository } from './repositories/saved-filters.ts';
export type { OneTimeLinkRecord, SessionRecord } from './repositories/sessions.ts';
export type { Repositories } from './repositories/store.ts';
export type { TaskListFilter, TaskReader } from './repositories/task-filter.ts';
export type {
  ExceptionContent,
  ExceptionFailure,
  TaskAmendment,
  TaskAttachment,
  TaskContent,
  TaskDecision,
  TaskDelegation,
  TaskNote,
  TaskPriority,
  TaskRecord,
  TaskStatus,
  UntoldNotice,
} from './repositories/task-record.ts';
export type { TaskListener, TaskOrder, TaskRepository } from './repositories/tasks.ts';
export type { ArmedTriggerRecord } from './repositories/triggers.ts';
export { triggerKey } from './repositories/triggers.ts';
export type { Absence, UserPatch, UserRecord, UserRepository } from './repositories/users.ts';
