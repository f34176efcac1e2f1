import type { Server as HttpServer } from 'node:http';
import type { Clock } from '@waybill/engine/ports';
import { flowError } from '@waybill/flow-model';
import type { Express } from 'express';
import { authenticator } from './auth/authenticate.ts';
import { ensureAdmin } from './auth/first-admin.ts';
import { signInGuard } from './auth/sign-in-guard.ts';
import type { ServerConfig } from './config.ts';
import { makeDataFolder } from './data-folder.ts';
import { flowService } from './flows/flow-service.ts';
import { allHandlers } from './handlers/handlers.ts';
import type { Platform, SimulatorInfo } from './handlers/platform.ts';
import { createApp } from './http/app.ts';
import { rateLimiter } from './http/rate-limit.ts';
import { liveSocket } from './live/live-socket.ts';
import type { Log } from './logger.ts';
import { connectionUse } from './runs/connection-use.ts';
import { flowLiveBoard } from './runs/flow-live-board.ts';
import { runFilterReader } from './runs/run-filter.ts';
import type { Storage } from './storage.ts';
import { openStorage } from './storage.ts';
import { webhookReceiver } from './webhooks/receive.ts';
import { wireArrivals } from './wiring/arrivals.ts';
import { wireBulk } from './wiring/bulk.ts';
import { layGround } from './wiring/ground.ts';
import { wireInbox } from './wiring/inbox.ts';
import { wireOutside } from './wiring/outside.ts';
import { wireEngine } from './wiring/running.ts';

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

/**
 * Opens what is stored and puts the parts on it.
 * @throws {FlowError} DATA_FOLDER_IN_USE if another process works there, {ConfigError} if nobody can.
 */
export async function wire(config: ServerConfig, log: Log, extras: WiringExtras): Promise<Wired> {
  makeDataFolder(config.dataDir);
  // Whoever took over drives the runs now; the journal's fence keeps what this process still tries out of them.
  const storage = await openStorage(config, () => {
    log.fatal('another process took over this database; stopping');
    process.kill(process.pid, 'SIGTERM');
  });
  return wireOn(storage, config, log, extras).catch(async (thrown: unknown) => {
    // Its threads would keep alive a process that serves nobody, and its lock keep out the next one.
    await storage.close();
    throw thrown;
  });
}

/** Puts the parts together. Parts are constructed here and in `wiring/`, one file per subject, and nowhere else. */
async function wireOn(storage: Storage, config: ServerConfig, log: Log, extras: WiringExtras): Promise<Wired> {
  const ground = layGround(storage, config, log, extras.clock);
  const { clock, now, onFault, journal, blobs, store, audit } = ground;
  const { version, catalog, credentialTypes, sealer, definitions, directory, masks, hub, engine } = ground;
  const outside = await wireOutside(ground);
  const { connections, metrics, governor, gauges, outbound, sandbox } = outside;
  const inbox = wireInbox(ground, outside);
  const { exceptions, exceptionWork, notifications, tasks } = inbox;
  const arrivals = wireArrivals(ground, outside);
  const { triggers, files, fileClocks } = arrivals;
  ground.setEngine(wireEngine(ground, outside, inbox, arrivals));

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
  const runFilter = runFilterReader(connectionUse({ store, environment: config.environment }), store.flows);
  const { runner: bulkWork, bulk, exceptionBulk } = wireBulk(ground, { flows, runFilter, exceptionWork });

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
    changePolicy: outside.changePolicy,
    sealer,
    testConnection: outside.testConnection,
    flows,
    directory,
    runFilter,
    flowLive: flowLiveBoard({ journal, definitions, catalog, now }),
    tasks,
    exceptions: exceptionWork.service,
    masks,
    stepSources: ground.stepSources,
    notifications,
    triggers,
    bulk,
    exceptionBulk,
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
    webhooks: webhookReceiver({ triggers, engine, connections, masks, metrics, clock }),
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
      socket = liveSocket({
        http: httpServer,
        hub,
        runFilter,
        authenticate,
        publicUrl: config.publicUrl,
        now,
        onFault,
      });
    },
    async begin() {
      await ensureAdmin(store, config, audit, now);
      await governor.load();
      const recovered = await engine().recover();
      const armed = await triggers.load();
      await inbox.clock.start();
      await bulk.pickUp();
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
      inbox.clock.stop();
    },
    async close(graceMs) {
      await Promise.all(fileClocks.map((fileClock) => fileClock.stop()));
      await bulkWork.stop();
      await socket?.close();
      hub.close();
      await engine().stop(graceMs);
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
