import { mkdirSync, readFileSync } from 'node:fs';
import type { Server as HttpServer } from 'node:http';
import { join } from 'node:path';
import type { Engine } from '@waybill/engine';
import { createEngine, systemClock } from '@waybill/engine';
import type { Clock, TaskDesk } from '@waybill/engine/ports';
import { flowError, manifestKey } from '@waybill/flow-model';
import { recordStreams } from '@waybill/records/streams';
import { createSandbox, loadCatalog } from '@waybill/sandbox';
import type { ArmedTriggerRecord, TaskRecord } from '@waybill/store';
import { triggerKey } from '@waybill/store';
import type { Express } from 'express';
import { auditLog } from './audit/audit-log.ts';
import { authenticator } from './auth/authenticate.ts';
import { ensureAdmin } from './auth/first-admin.ts';
import { signInGuard } from './auth/sign-in-guard.ts';
import { actOnException } from './bulk/act-on-exception.ts';
import { actOnRun } from './bulk/act-on-run.ts';
import { bulkRunner } from './bulk/bulk-runner.ts';
import { bulkService } from './bulk/bulk-service.ts';
import { bulkView } from './bulk/bulk-view.ts';
import { exceptionBulk } from './bulk/exception-bulk.ts';
import type { NewestParts } from './bulk/retry-newest.ts';
import { hostCapabilities } from './capabilities/host-capabilities.ts';
import { httpCapability } from './capabilities/http-capability.ts';
import { tokenSource } from './capabilities/oauth2-tokens.ts';
import { createOutbound } from './capabilities/outbound.ts';
import type { ServerConfig } from './config.ts';
import { loadMasterKeys } from './connections/master-key.ts';
import { policyChanges } from './connections/policy-changes.ts';
import { connectionResolver } from './connections/resolve-connection.ts';
import { createSealer } from './connections/sealing.ts';
import { connectionTester } from './connections/test-connection.ts';
import { exceptionDesk } from './exceptions/exception-desk.ts';
import { dropFolder } from './files/drop-folder.ts';
import { fileArrival, waitingFlows } from './files/file-arrival.ts';
import { repeating } from './files/file-clock.ts';
import type { FileDesk } from './files/file-desk.ts';
import { fileDesk } from './files/file-desk.ts';
import { fileDisk } from './files/file-disk.ts';
import { filesNamedIn } from './files/file-path.ts';
import { recordFiles } from './files/record-files.ts';
import { storedDefinitions } from './flows/definitions.ts';
import { flowDirectory } from './flows/flow-directory.ts';
import { flowService } from './flows/flow-service.ts';
import { connectionGovernor } from './governor/connection-governor.ts';
import { gaugeFeed } from './governor/gauge-feed.ts';
import { pacedOutbound } from './governor/paced-outbound.ts';
import { allHandlers } from './handlers/handlers.ts';
import type { Platform, SimulatorInfo } from './handlers/platform.ts';
import { createApp } from './http/app.ts';
import { rateLimiter } from './http/rate-limit.ts';
import { liveHub } from './live/live-hub.ts';
import { liveSocket } from './live/live-socket.ts';
import type { Log } from './logger.ts';
import { createMetrics } from './metrics.ts';
import { notificationDesk } from './notifications/notification-desk.ts';
import { connectionUse } from './runs/connection-use.ts';
import { discreetHost } from './runs/discreet-host.ts';
import { flowLiveBoard } from './runs/flow-live-board.ts';
import { replayVersion } from './runs/replay-version.ts';
import { runFilterReader } from './runs/run-filter.ts';
import { runMasks } from './runs/run-masks.ts';
import { startFaultReader } from './runs/start-fault.ts';
import { openStorage } from './storage.ts';
import { managersAdded } from './tasks/managers.ts';
import { withMaskedNames } from './tasks/masked-facts.ts';
import { people } from './tasks/people.ts';
import { taskClock } from './tasks/task-clock.ts';
import { taskDesk, taskSettler } from './tasks/task-desk.ts';
import { taskNotices } from './tasks/task-notices.ts';
import { taskService } from './tasks/task-service.ts';
import { eventRouter } from './triggers/event-router.ts';
import type { Polled } from './triggers/poll.ts';
import { triggerDesk } from './triggers/trigger-desk.ts';
import { webhookReceiver } from './webhooks/receive.ts';

/** What tests and the demo put in from outside. */
export interface WiringExtras {
  simulators?: (() => SimulatorInfo[]) | undefined;
  /** Left out: the clock of this machine. */
  clock?: Clock | undefined;
}
export interface Wired {
  platform: Platform;
  app: Express;
  attachSocket(http: HttpServer): void;
  /** Recovers runs and arms triggers; until then `/readyz` says no. */
  begin(): Promise<void>;
  stopAccepting(): void;
  /** Lets steps under way end for up to `graceMs`, then closes everything. */
  close(graceMs: number): Promise<void>;
}

const pollTimeoutMs = 60_000;
const announceAgainMs = 15_000;
const expireMs = 3_600_000;
const dropLookMs = 1_000;

/** Part of a server that is constructed later than those that need it. */
function later<T>(name: string): { set(value: T): void; get(): T } {
  let value: T | undefined;
  return {
    set: (given) => {
      value = given;
    },
    get: () => {
      if (value === undefined) throw new Error(`${name} is used before it is there`);
      return value;
    },
  };
}

/** The only place where parts are constructed and handed to each other. */
export async function wire(config: ServerConfig, log: Log, extras: WiringExtras): Promise<Wired> {
  mkdirSync(config.dataDir, { recursive: true });
  const clock = extras.clock ?? systemClock();
  const now = () => clock.now();
  const onFault = (error: unknown) => log.error({ err: error }, 'background work failed');
  const version = packageVersion();

  // Whoever took over drives the runs now; the journal's fence keeps what this process still tries out of them.
  const storage = await openStorage(config, () => {
    log.fatal('another process took over this database; stopping');
    process.kill(process.pid, 'SIGTERM');
  });
  const { journal, blobs, store } = storage;
  const audit = auditLog(store, now);

  const catalogFiles = loadCatalog(config.bundlesDir);
  const catalog = new Map(catalogFiles.manifests.map((one) => [manifestKey(one.type, one.version), one]));
  const credentialTypes = new Map(catalogFiles.credentials.map((one) => [one.type, one]));
  const sealer = createSealer(loadMasterKeys(config.dataDir, config.masterKey));
  const connections = connectionResolver({
    store,
    types: credentialTypes,
    sealer,
    environment: config.environment,
    now,
  });

  const engineLater = later<Engine>('engine');
  const engine = engineLater.get;
  const metrics = createMetrics({
    stats: () => engine().stats(),
    runnerCrashes: () => sandbox.stats().crashes,
    connections: () => governor.gauges().map((gauge) => ({ ...gauge, name: governor.nameOf(gauge.connectionId) })),
  });
  const governor = connectionGovernor({
    store,
    types: credentialTypes,
    environment: config.environment,
    clock,
    parkedRuns: (connectionId) => engine().parkedRuns(connectionId),
    onChanged: (connectionId) => gauges.changed(connectionId),
    onFault,
  });
  const outbound = createOutbound({ caFile: config.caFile });
  const paced = pacedOutbound({ outbound, governor, now });
  const http = httpCapability({ connections, outbound, paced, tokens: tokenSource(paced, now), metrics, now });
  const sandbox = await createSandbox({
    runners: config.runners,
    bundlesDir: config.bundlesDir,
    catalog: catalogFiles,
    capabilities: hostCapabilities({ http, store, now }),
  });

  const definitions = storedDefinitions(store, catalog);
  const directory = flowDirectory(store);
  const masks = runMasks({ definitions, journal, catalog });
  const runFilter = runFilterReader(connectionUse({ store, environment: config.environment }), store.flows);
  const hub = liveHub({ journal: () => journal, definitions: () => definitions, catalog, directory, onFault });
  const gauges = gaugeFeed({
    clock,
    gauge: governor.gauge,
    isWatched: () => hub.broadcast?.areConnectionsWatched() ?? false,
    send: (changed) => hub.broadcast?.connectionGauges(changed),
  });
  // Everybody who has an inbox hears of it, so it carries no word of what the task says.
  const onTaskChanged = ({ id, status, runId }: TaskRecord) => hub.broadcast?.taskChanged({ id, status, runId });
  const deliver: Engine['deliver'] = (...message) => engine().deliver(...message);
  const persons = people(store, now);
  const notices = taskNotices(onFault);
  const notifications = notificationDesk({
    store,
    people: persons,
    sealer,
    audit,
    outbound,
    caFile: config.caFile,
    clock,
    baseUrl: config.publicUrl ?? `http://localhost:${config.port}`,
    isBaseUrlSet: config.publicUrl !== null,
    standings: governor.standings,
    onFault,
  });
  notices.onWritten(notifications.written);
  const exceptions = exceptionDesk({
    journal,
    blobs,
    definitions,
    catalog,
    evaluate: (...given) => sandbox.evaluate(...given),
    store,
    environment: config.environment,
    audit,
    clock,
    notices,
    masks,
    credentialTypes,
    onChanged: onTaskChanged,
    onFault,
  });
  const settle = taskSettler({ store, now, deliver, onChanged: onTaskChanged });
  const withManagers = managersAdded(persons.find);
  const desk: TaskDesk = taskDesk({
    store,
    now,
    deliver,
    addressed: async (record, task) =>
      withMaskedNames(await exceptions.prepare(await withManagers(record, task)), await masks.ofRun(task.runId)),
    notices,
    onChanged: onTaskChanged,
  });
  const inboxClock = taskClock({ store, clock, audit, notices, settle, onChanged: onTaskChanged, onFault });

  async function poll(trigger: ArmedTriggerRecord, watermark: Polled['watermark'] | null): Promise<Polled> {
    const flow = (await definitions.version(trigger.versionId as never))?.flow;
    const answer = await sandbox.poll(
      {
        nodeType: trigger.nodeType,
        nodeVersion: trigger.nodeVersion,
        params: trigger.params,
        vars: flow?.settings.vars ?? {},
        connections: trigger.connections,
        watermark,
        pollId: triggerKey(trigger.flowId, trigger.nodeId),
        now: now(),
        timeoutMs: pollTimeoutMs,
      },
      AbortSignal.timeout(pollTimeoutMs + 5_000),
    );
    if (answer.ok) return answer.result;
    throw flowError(answer.error.code, answer.error);
  }
  /** People hold it back; a system that does not answer is asked, in its own time. */
  const isHeld = ({ connections: bound }: ArmedTriggerRecord): boolean =>
    Object.values(bound).some((binding) =>
      ['paused', 'maintenance'].includes(governor.gateOf(binding)?.gate.kind ?? ''),
    );
  const workspaceFolder = join(config.dataDir, 'files');
  const filesLater = later<FileDesk>('files');
  const triggers = triggerDesk({ store, catalog, engine, clock, poll, isHeld, log });
  engineLater.set(
    createEngine({
      journal,
      blobs,
      nodeHost: discreetHost(sandbox, masks),
      definitions,
      clock,
      bus: {
        published(runId, records, summary) {
          hub.published(runId, records, summary);
          exceptions.keeper.published(summary);
          for (const { record } of records) {
            if (record.type === 'run-finished') metrics.run(record.status);
            else if (record.type === 'run-accepted') metrics.run('accepted');
            else if (record.type === 'step-succeeded') metrics.step('succeeded', record.at - record.startedAt);
            else if (record.type === 'step-failed') metrics.step('failed', record.at - record.startedAt);
          }
        },
        stepStarted: hub.stepStarted,
      },
      tasks: desk,
      records: recordStreams({
        blobs,
        host: sandbox,
        files: recordFiles({
          workspaceFolder,
          allowed: config.folders,
          connections,
          onRead: (path, runId) => filesLater.get().noteUses(filesNamedIn(path), runId, 'read'),
        }),
      }),
      events: eventRouter({ triggers: () => triggers, engine, journal }),
      governor,
      onPortFailure: (what, runId, err) => log.warn({ err, runId }, `could not ${what}; it is tried again`),
    }),
  );

  const files = fileDesk({
    store,
    disk: fileDisk(workspaceFolder),
    journal,
    directory,
    announce: fileArrival({ triggers: () => triggers, engine, store, now }),
    waiting: () => waitingFlows(triggers.waitingForFiles()),
    onChanged: () => hub.broadcast?.filesChanged(),
    audit,
    now,
    keepDays: config.fileDays,
    maxBytes: config.fileMaxBytes,
    log,
  });
  filesLater.set(files);
  const background = (everyMs: number, work: () => Promise<void>) => repeating({ clock, everyMs, work, onFault });
  const fileClocks = [
    background(announceAgainMs, files.announceRest),
    background(expireMs, files.expire),
    ...(config.dropDir === null
      ? []
      : [background(dropLookMs, dropFolder({ root: config.dropDir, files, audit, now, log }).look)]),
  ];

  const flows = flowService({
    store,
    catalog,
    audit,
    now,
    environment: config.environment,
    onPublished: triggers.arm,
    onStopped: triggers.disarm,
    onChanged(summary, by, editor) {
      directory.forget(summary.id);
      hub.broadcast?.flowChanged(summary, by.name, editor);
    },
  });
  const tasks = taskService({
    store,
    blobs,
    people: persons,
    directory,
    audit,
    notices,
    settle,
    now,
    onChanged: onTaskChanged,
  });
  const replays: NewestParts = {
    journal,
    engine: {
      replay: (runId, request) => engine().replay(runId, request),
      previewReplay: (runId, request) => engine().previewReplay(runId, request),
      previewRetry: (runId) => engine().previewRetry(runId),
    },
    versionOf: (run, version) => replayVersion(flows, run, version),
    startFault: startFaultReader({ journal, blobs, store, catalog }),
  };
  const exceptionWork = exceptions.service({ tasks, directory, deliver });
  const bulkWork = bulkRunner({
    store,
    actOn: {
      runs: (operation, item) =>
        actOnRun({ ...replays, journal, engine: { deliver, ...replays.engine } }, bulkView(operation), item),
      exceptions: (operation, item) => actOnException({ acts: exceptionWork.acts, store, now }, operation, item),
    },
    clock,
    onChanged: ({ id }) => hub.broadcast?.bulkChanged({ id }),
    onFault,
  });
  const bulk = bulkService({
    store,
    journal,
    directory,
    replays,
    runFilter,
    audit,
    now,
    onWork: bulkWork.nudge,
    onChanged: ({ id }) => hub.broadcast?.bulkChanged({ id }),
  });
  const exceptionOperations = exceptionBulk({
    store,
    exceptions: exceptionWork.service,
    audit,
    now,
    onWork: bulkWork.nudge,
    onChanged: ({ id }) => hub.broadcast?.bulkChanged({ id }),
  });
  let socket: ReturnType<typeof liveSocket> | null = null;
  const platform: Platform = {
    config,
    version,
    startedAt: now(),
    store,
    journal,
    blobs,
    engine: engine(),
    nodeHost: sandbox,
    catalog,
    credentialTypes,
    connections,
    governor,
    changePolicy: policyChanges({ store, governor }),
    sealer,
    testConnection: connectionTester({ types: credentialTypes, sealer, http }),
    flows,
    directory,
    runFilter,
    flowLive: flowLiveBoard({ journal, definitions, catalog, now }),
    tasks,
    exceptions: exceptionWork.service,
    masks,
    notifications,
    triggers,
    bulk,
    exceptionBulk: exceptionOperations,
    files,
    audit,
    signInGuard: signInGuard(now),
    runners: () => sandbox.stats().runners.map(({ pid, rssBytes, steps }) => ({ pid, rssBytes, steps })),
    simulators: extras.simulators ?? (() => []),
    onAccessChanged: () => socket?.recheck(),
    now,
  };

  const authenticate = authenticator(store, now);
  let isReady = false;
  let isStopping = false;
  const app = createApp({
    handlers: allHandlers(platform),
    authenticate,
    limiter: rateLimiter(now, { burst: 400, perSecond: 100 }),
    publicUrl: config.publicUrl,
    checkReplies: config.checkReplies,
    fileMaxBytes: config.fileMaxBytes,
    clock,
    version,
    editorDir: config.editorDir,
    trustedProxies: config.trustedProxies,
    log,
    metrics,
    webhooks: webhookReceiver({ triggers, engine, connections, metrics, clock }),
    async ready() {
      if (!isReady) throw notReady();
      await store.ping().catch((error: unknown) => {
        log.warn({ err: error }, 'the store does not answer');
        throw notReady();
      });
    },
    isStopping: () => isStopping,
  });

  return {
    platform,
    app,
    attachSocket(httpServer) {
      socket = liveSocket({ http: httpServer, hub, runFilter, authenticate, publicUrl: config.publicUrl, onFault });
    },
    async begin() {
      await ensureAdmin(store, config, audit, now);
      await governor.load();
      const recovered = await engine().recover();
      const armed = await triggers.load();
      await inboxClock.start();
      await bulk.discardCutOff();
      bulkWork.start();
      notifications.start();
      await files.sweep();
      for (const fileClock of fileClocks) fileClock.start();
      isReady = true;
      // What happened unseen is caught up with while the platform already works.
      exceptions.begin().catch(onFault);
      log.info({ ...recovered, armed, store: store.kind }, 'ready');
    },
    stopAccepting() {
      isStopping = true;
      isReady = false;
      triggers.stop();
      inboxClock.stop();
    },
    async close(graceMs) {
      await Promise.all(fileClocks.map((fileClock) => fileClock.stop()));
      await bulkWork.stop();
      await socket?.close();
      hub.close();
      await engineLater.get().stop(graceMs);
      await exceptions.keeper.close();
      await notifications.close();
      await governor.close();
      gauges.close();
      await sandbox.stop();
      await outbound.close();
      await storage.close();
    },
  };
}

const notReady = () =>
  flowError('STORE_UNREACHABLE', {
    what: 'The server is not ready: it is starting or stopping, or its store does not answer.',
    fix: 'Ask again in a moment.',
    owner: 'engine',
    engine: 'retry',
  });

function packageVersion(): string {
  const file = join(import.meta.dirname, '../../package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
