import type { Engine } from '@waybill/engine';
import type { BlobStore, Journal, NodeHost } from '@waybill/engine/ports';
import type { NodeCatalog } from '@waybill/flow-model';
import type { CredentialDefinition } from '@waybill/node-sdk';
import type { Store } from '@waybill/store';
import type { AuditLog } from '../audit/audit-log.ts';
import type { SignInGuard } from '../auth/sign-in-guard.ts';
import type { BulkService } from '../bulk/bulk-service.ts';
import type { ExceptionBulk } from '../bulk/exception-bulk.ts';
import type { Now } from '../clock.ts';
import type { ServerConfig } from '../config.ts';
import type { ChangePolicy } from '../connections/policy-changes.ts';
import type { ConnectionResolver } from '../connections/resolve-connection.ts';
import type { Sealer } from '../connections/sealing.ts';
import type { ConnectionTester } from '../connections/test-connection.ts';
import type { ExceptionService } from '../exceptions/exception-service.ts';
import type { FileDesk } from '../files/file-desk.ts';
import type { FlowDirectory } from '../flows/flow-directory.ts';
import type { FlowService } from '../flows/flow-service.ts';
import type { ConnectionGovernor } from '../governor/connection-governor.ts';
import type { NotificationDesk } from '../notifications/notification-desk.ts';
import type { FlowLiveBoard } from '../runs/flow-live-board.ts';
import type { RunFilterReader } from '../runs/run-filter.ts';
import type { RunMasks } from '../runs/run-masks.ts';
import type { StepSourceReader } from '../runs/step-sources.ts';
import type { TaskService } from '../tasks/task-service.ts';
import type { TriggerDesk } from '../triggers/trigger-desk.ts';

/** A simulated outside system of the demo, as people see it. */
export interface SimulatorInfo {
  name: string;
  title: string;
  url: string;
  pages: { title: string; url: string }[];
}

/** The parts that handlers work with; put together in `wiring.ts`. */
export interface Platform {
  config: ServerConfig;
  version: string;
  startedAt: number;
  store: Store;
  journal: Journal;
  blobs: BlobStore;
  engine: Engine;
  nodeHost: Pick<NodeHost, 'evaluate'>;
  catalog: NodeCatalog;
  credentialTypes: ReadonlyMap<string, CredentialDefinition>;
  connections: Pick<ConnectionResolver, 'forget'>;
  changePolicy: ChangePolicy;
  governor: Pick<ConnectionGovernor, 'load' | 'gauge' | 'gauges' | 'tryNow'>;
  sealer: Sealer;
  testConnection: ConnectionTester;
  flows: FlowService;
  directory: FlowDirectory;
  runFilter: RunFilterReader;
  flowLive: FlowLiveBoard;
  tasks: TaskService;
  exceptions: ExceptionService;
  /** Which fields of a run are hidden. */
  masks: RunMasks;
  /** What steps were given and gave. */
  stepSources: StepSourceReader;
  notifications: NotificationDesk;
  triggers: TriggerDesk;
  bulk: BulkService;
  exceptionBulk: ExceptionBulk;
  files: FileDesk;
  audit: AuditLog;
  signInGuard: SignInGuard;
  runners(): { pid: number; rssBytes: number; steps: number }[];
  simulators(): SimulatorInfo[];
  /** Somebody was signed out or has other rights: open connections are looked at again. */
  onAccessChanged(): void;
  now: Now;
}
