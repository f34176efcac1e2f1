export type { RecordState } from '@waybill/flow-model';
export { recordStates } from '@waybill/flow-model';
export type {
  BulkAct,
  BulkItem,
  BulkOperation,
  BulkOutcome,
  BulkOutcomeCounts,
  BulkPreview,
  BulkReplayOptions,
  BulkRetryOptions,
  ExceptionBulkPreview,
} from './bulk.ts';
export {
  bulkActSchema,
  bulkActs,
  bulkLimit,
  bulkOperationSchema,
  bulkOutcomeOf,
  bulkOutcomes,
  bulkOutcomesLimit,
} from './bulk.ts';
export type { ApiClient, ApiClientOptions, CallArguments } from './client.ts';
export { ApiError, createApiClient } from './client.ts';
export type { Problem } from './common.ts';
export { errorRecordSchema, problemSchema } from './common.ts';
export type {
  CallLimits,
  CallState,
  ConnectionGauge,
  MaintenanceWindow,
} from './connection-limits.ts';
export { callLimitsSchema } from './connection-limits.ts';
export type { AuditEntry, Connection, LookupTable } from './connections.ts';
export type { Effect } from './effects.ts';
export { effectStateNames } from './effects.ts';
export type {
  AgeBand,
  Exception,
  ExceptionAct,
  ExceptionActName,
  ExceptionClassName,
  ExceptionDetail,
  ExceptionFilterQuery,
  ExceptionGroup,
  ExceptionTotals,
  FixField,
  Money,
  Routed,
  RoutingRule,
  SlaState,
} from './exceptions.ts';
export {
  ageBandNames,
  exceptionActNames,
  exceptionActSchema,
  exceptionClassNames,
  exceptionClassSchema,
  routingRuleSchema,
  slaStateNames,
} from './exceptions.ts';
export type { StoredFile } from './files.ts';
export { fileUseKinds } from './files.ts';
export type { CredentialType, FlowDetail, FlowSummary, VersionSummary } from './flows.ts';
export type {
  Delivery,
  DeliverySettings,
  Mute,
  NotificationKind,
  NotificationPreferences,
  WayHealthView,
} from './notifications.ts';
export {
  deliverySettingsSchema,
  deliveryStates,
  muteSubjects,
  notificationKinds,
  notificationMedia,
  notificationPreferencesSchema,
  weekdays,
} from './notifications.ts';
export { openApiDocument } from './openapi.ts';
export type { BlockedKey, Holder, QueuedBehind } from './ordering.ts';
export type { RecordRetryPreview } from './record-retries.ts';
export type { ReplayPreview } from './replays.ts';
export type { RetriedWrite, RetryPreview } from './retries.ts';
export type { Permission, Role } from './roles.ts';
export { permissionNames, permissionsOf, roleNames, rolePermissions, roleSchema } from './roles.ts';
export type { BodyOf, Method, ParamsOf, QueryInputOf, QueryOf, ReplyOf, Route } from './route.ts';
export { fileReply, fileStreamReply } from './route.ts';
export type { RouteId, Routes } from './routes.ts';
export { routes } from './routes.ts';
export type { FlowLive, RunDetail, RunSummaryView, StandingAs, StepData, StepStatus, StepView } from './runs.ts';
export { runStatusNames, runStatusSchema, standingAsNames } from './runs.ts';
export type { SavedFilter } from './saved-filters.ts';
export type { Absence, ApiKey, Me, User } from './session.ts';
export type { ClientToServer, RunDelta, ServerToClient } from './socket.ts';
export { socketPath, watchFlowSchema, watchRunSchema, watchRunsSchema } from './socket.ts';
export type { StreamRecord } from './step-records.ts';
export type { PersonChoice, Task, TaskDetail, TaskPriority } from './tasks.ts';
export { attachmentMaxBytes, taskOrders, taskViews } from './tasks.ts';
export type { UndoPreview } from './undo.ts';
