import type { Connection } from 'mongoose';
import type { ApiKeyRepository } from './api-keys.ts';
import { apiKeyRepository } from './api-keys.ts';
import type { AuditRepository } from './audit.ts';
import { auditRepository } from './audit.ts';
import type { BulkOperationRepository } from './bulk-operations.ts';
import { bulkOperationRepository } from './bulk-operations.ts';
import type { ConnectionRepository } from './connections.ts';
import { connectionRepository } from './connections.ts';
import type { CrosswalkRepository } from './crosswalk.ts';
import { crosswalkRepository } from './crosswalk.ts';
import type { ExceptionRepository } from './exceptions.ts';
import { exceptionRepository } from './exceptions.ts';
import type { FileRepository, FileUseRepository } from './files.ts';
import { fileRepository, fileUseRepository } from './files.ts';
import type { FlowVersionRepository } from './flow-versions.ts';
import { flowVersionRepository } from './flow-versions.ts';
import type { FlowRepository } from './flows.ts';
import { flowRepository } from './flows.ts';
import type { LookupTableRepository } from './lookup-tables.ts';
import { lookupTableRepository } from './lookup-tables.ts';
import type { NotificationWishRepository } from './notification-wishes.ts';
import { notificationWishRepository } from './notification-wishes.ts';
import type { NotificationRepository } from './notifications.ts';
import { notificationRepository } from './notifications.ts';
import type { RoleBindingRepository } from './role-bindings.ts';
import { roleBindingRepository } from './role-bindings.ts';
import type { SavedFilterRepository } from './saved-filters.ts';
import { savedFilterRepository } from './saved-filters.ts';
import type { OneTimeLinkRepository, SessionRepository } from './sessions.ts';
import { oneTimeLinkRepository, sessionRepository } from './sessions.ts';
import type { SettingsRepository } from './settings.ts';
import { settingsRepository } from './settings.ts';
import type { TaskRepository } from './tasks.ts';
import { taskRepository } from './tasks.ts';
import type { ArmedTriggerRepository, TriggerStateRepository } from './triggers.ts';
import { armedTriggerRepository, triggerStateRepository } from './triggers.ts';
import type { UserRepository } from './users.ts';
import { userRepository } from './users.ts';

export interface Repositories {
  users: UserRepository;
  sessions: SessionRepository;
  oneTimeLinks: OneTimeLinkRepository;
  apiKeys: ApiKeyRepository;
  flows: FlowRepository;
  flowVersions: FlowVersionRepository;
  connections: ConnectionRepository;
  roleBindings: RoleBindingRepository;
  tasks: TaskRepository;
  exceptions: ExceptionRepository;
  lookupTables: LookupTableRepository;
  crosswalk: CrosswalkRepository;
  audit: AuditRepository;
  savedFilters: SavedFilterRepository;
  armedTriggers: ArmedTriggerRepository;
  triggerState: TriggerStateRepository;
  settings: SettingsRepository;
  bulkOperations: BulkOperationRepository;
  notifications: NotificationRepository;
  notificationWishes: NotificationWishRepository;
  files: FileRepository;
  fileUses: FileUseRepository;
}

export const repositoriesOn = (connection: Connection): Repositories => ({
  users: userRepository(connection),
  sessions: sessionRepository(connection),
  oneTimeLinks: oneTimeLinkRepository(connection),
  apiKeys: apiKeyRepository(connection),
  flows: flowRepository(connection),
  flowVersions: flowVersionRepository(connection),
  connections: connectionRepository(connection),
  roleBindings: roleBindingRepository(connection),
  tasks: taskRepository(connection),
  exceptions: exceptionRepository(connection),
  lookupTables: lookupTableRepository(connection),
  crosswalk: crosswalkRepository(connection),
  audit: auditRepository(connection),
  savedFilters: savedFilterRepository(connection),
  armedTriggers: armedTriggerRepository(connection),
  triggerState: triggerStateRepository(connection),
  settings: settingsRepository(connection),
  bulkOperations: bulkOperationRepository(connection),
  notifications: notificationRepository(connection),
  notificationWishes: notificationWishRepository(connection),
  files: fileRepository(connection),
  fileUses: fileUseRepository(connection),
});
