import type { Server as HttpServer } from 'node:http';
import type { ClientToServer, ServerToClient } from '@waybill/api-contract';
import { socketPath, watchFlowSchema, watchRunSchema, watchRunsSchema } from '@waybill/api-contract';
import { flowIdSchema, runIdSchema } from '@waybill/flow-model';
import type { Socket } from 'socket.io';
import { Server } from 'socket.io';
import type { Actor } from '../auth/actor.ts';
import type { Authenticate } from '../auth/authenticate.ts';
import type { Now } from '../clock.ts';
import { checkOrigin } from '../http/access.ts';
import { rateLimiter } from '../http/rate-limit.ts';
import type { RunFilterReader } from '../runs/run-filter.ts';
import { newsFilter } from '../runs/run-filter.ts';
import type { LiveHub, RunsWatcher } from './live-hub.ts';
import { presence } from './presence.ts';
import type { Watcher } from './run-watch.ts';

/** More packets than this waiting for one client: it is left out until it has read them, then caught up. */
const waitingPackets = 64;
const watchedRunsLimit = 50;
const watchedFlowsLimit = 50;
/** Far more than the liveliest screens send, at once and for long. */
const messageRate = { burst: 300, perSecond: 50 };
const recheckMs = 60_000;

interface SocketData {
  actor: Actor;
}
type LiveServer = Server<ClientToServer, ServerToClient, Record<string, never>, SocketData>;
type LiveSocket = Socket<ClientToServer, ServerToClient, Record<string, never>, SocketData>;

/** The least we know of socket.io's engine connection. */
interface EngineConnection {
  writeBuffer?: unknown[];
}
const isReady = (socket: LiveSocket): boolean =>
  socket.connected && ((socket.conn as unknown as EngineConnection).writeBuffer?.length ?? 0) < waitingPackets;

const answer = <T>(done: unknown, reply: T): void => {
  if (typeof done === 'function') (done as (reply: T) => void)(reply);
};

/** Signed-in browsers get runs, tasks and flows as they change; everybody only what their roles show them. */
export function liveSocket(options: {
  http: HttpServer;
  hub: LiveHub;
  runFilter: RunFilterReader;
  authenticate: Authenticate;
  publicUrl: string | null;
  now: Now;
  onFault(error: unknown): void;
}): { close(): Promise<void>; clients(): number /** Drops whoever lost the right to listen. */; recheck(): void } {
  const { http, hub, runFilter, authenticate, publicUrl, now, onFault } = options;
  const io: LiveServer = new Server(http, {
    path: socketPath,
    serveClient: false,
    maxHttpBufferSize: 100_000,
    pingInterval: 20_000,
    pingTimeout: 20_000,
    allowRequest: (request, callback) => {
      try {
        const hosts = [request.headers.host, ...(publicUrl ? [new URL(publicUrl).host] : [])];
        // A socket can be opened from any page of any site, so every request counts as a change.
        checkOrigin('POST', request.headers.origin, hosts);
        callback(null, true);
      } catch {
        callback('origin not allowed', false);
      }
    },
  });
  const people = presence();

  io.use((socket, next) => {
    authenticate(socket.request.headers).then(
      (actor) => {
        if (!actor) return next(new Error('NOT_SIGNED_IN'));
        socket.data.actor = actor;
        next();
      },
      (error: unknown) => {
        onFault(error);
        next(new Error('STORE_UNREACHABLE'));
      },
    );
  });

  hub.broadcast = {
    stepStarted: (started) => io.to(`run:${started.runId}`).emit('step-started', started),
    taskChanged: (task) => io.to('tasks').emit('task-changed', { task }),
    bulkChanged: (operation) => io.to('bulk').emit('bulk-changed', operation),
    filesChanged: () => io.to('files').emit('files-changed'),
    flowChanged: (summary, by, editor) => io.to('flows').emit('flow-changed', { summary, by, editor }),
    // The newest whole gauges: whoever cannot keep up loses only what is out of date.
    connectionGauges: (gauges) => io.to('connections').volatile.emit('connection-gauges', { gauges }),
    areConnectionsWatched: () => (io.sockets.adapter.rooms.get('connections')?.size ?? 0) > 0,
  };
  const tellPresence = (flowId: string): void => {
    io.to(`flow:${flowId}`).emit('flow-presence', { flowId, people: people.people(flowId) });
  };

  io.on('connection', (socket) => serveSocket(socket, { hub, runFilter, people, tellPresence, now, onFault }));

  // Whoever was signed out, disabled or given other roles must not go on listening.
  const recheck = () => {
    for (const socket of io.sockets.sockets.values())
      authenticate(socket.request.headers).then((actor) => {
        const same = actor && [...actor.permissions].join() === [...socket.data.actor.permissions].join();
        if (!same) socket.disconnect(true);
      }, onFault);
  };
  // Sessions and keys also end by themselves.
  const timer = setInterval(recheck, recheckMs);
  timer.unref();

  return {
    clients: () => io.engine.clientsCount,
    recheck,
    async close() {
      clearInterval(timer);
      hub.broadcast = null;
      io.disconnectSockets(true);
      await new Promise<void>((resolve) => {
        io.engine.close();
        resolve();
      });
    },
  };
}

function serveSocket(
  socket: LiveSocket,
  parts: {
    hub: LiveHub;
    runFilter: RunFilterReader;
    people: ReturnType<typeof presence>;
    tellPresence: (flowId: string) => void;
    now: Now;
    onFault: (error: unknown) => void;
  },
): void {
  const { hub, runFilter, people, tellPresence, now, onFault } = parts;
  const { permissions, name } = socket.data.actor;
  const waitFor = rateLimiter(now, messageRate);
  socket.use((event, next) => {
    if (waitFor('') === 0) next();
    else answer(event.at(-1), { ok: false, problem: 'RATE_LIMITED' });
  });
  const flows = new Set<string>();
  const runs = new Map<string, Watcher>();
  let list: RunsWatcher | null = null;
  if (permissions.has('tasks.read')) void socket.join('tasks');
  if (permissions.has('flows.read')) void socket.join('flows');
  if (permissions.has('runs.read')) void socket.join('bulk');
  if (permissions.has('files.read')) void socket.join('files');
  let wasLeftOut = false;
  const ready = (): boolean => {
    const can = isReady(socket);
    wasLeftOut ||= !can;
    return can;
  };
  socket.conn.on('drain', () => {
    if (!wasLeftOut || !isReady(socket)) return;
    wasLeftOut = false;
    hub.catchUp().catch(onFault);
  });

  socket.on('watch-run', (message, done) => {
    const parsed = watchRunSchema.safeParse(message);
    const runId = parsed.success ? runIdSchema.safeParse(parsed.data.runId) : null;
    if (!parsed.success || !runId?.success) return answer(done, { ok: false, problem: 'REQUEST_INVALID' });
    if (!permissions.has('runs.read')) return answer(done, { ok: false, problem: 'NOT_ALLOWED' });
    const known = runs.get(runId.data);
    if (known) hub.unwatchRun(runId.data, known);
    else if (runs.size >= watchedRunsLimit) return answer(done, { ok: false, problem: 'RATE_LIMITED' });
    const watcher: Watcher = {
      ready,
      send: (delta) => socket.emit('run-delta', delta),
    };
    runs.set(runId.data, watcher);
    void socket.join(`run:${runId.data}`);
    hub.watchRun(runId.data, watcher, parsed.data.afterSeq).then(
      (found) => {
        // The client may have gone, or watched again, while the run was being read.
        if (!socket.connected || runs.get(runId.data) !== watcher) hub.unwatchRun(runId.data, watcher);
        answer(done, found ? { ok: true } : { ok: false, problem: 'NOT_FOUND' });
      },
      (error: unknown) => {
        onFault(error);
        answer(done, { ok: false, problem: 'STORE_UNREACHABLE' });
      },
    );
  });

  socket.on('unwatch-run', (message) => {
    const runId = runIdSchema.safeParse((message as { runId?: unknown } | null)?.runId);
    const watcher = runId.success ? runs.get(runId.data) : undefined;
    if (!runId.success || !watcher) return;
    runs.delete(runId.data);
    hub.unwatchRun(runId.data, watcher);
    void socket.leave(`run:${runId.data}`);
  });

  const unwatchList = () => {
    if (list) hub.unwatchRuns(list);
    list = null;
  };
  let listAsked = 0;
  socket.on('watch-runs', (message, done) => {
    const parsed = watchRunsSchema.safeParse(message);
    if (!parsed.success || !permissions.has('runs.read')) return answer(done, { ok: false });
    unwatchList();
    listAsked += 1;
    const asked = listAsked;
    runFilter(parsed.data.filter).then(
      (filter) => {
        // The client may have gone, or asked for another list, while the filter was being read.
        if (!socket.connected || asked !== listAsked) return answer(done, { ok: false });
        list = {
          filter: newsFilter(filter),
          ready,
          send: (changed) => socket.emit('runs-changed', { runs: changed }),
        };
        hub.watchRuns(list);
        answer(done, { ok: true });
      },
      // A filter that does not exist; nothing is watched.
      () => answer(done, { ok: false }),
    );
  });
  socket.on('unwatch-runs', () => {
    listAsked += 1;
    unwatchList();
  });

  socket.on('watch-connections', (done) => {
    const ok = permissions.has('connections.read');
    if (ok) void socket.join('connections');
    answer(done, { ok });
  });
  socket.on('unwatch-connections', () => void socket.leave('connections'));

  socket.on('watch-flow', (message, done) => {
    const parsed = watchFlowSchema.safeParse(message);
    const flowId = parsed.success ? flowIdSchema.safeParse(parsed.data.flowId) : null;
    if (!parsed.success || !flowId?.success || !permissions.has('flows.read')) return answer(done, { ok: false });
    if (!flows.has(flowId.data) && flows.size >= watchedFlowsLimit) return answer(done, { ok: false });
    flows.add(flowId.data);
    void socket.join(`flow:${flowId.data}`);
    people.join(flowId.data, socket.id, { name, editor: parsed.data.editor });
    tellPresence(flowId.data);
    answer(done, { ok: true });
  });
  socket.on('unwatch-flow', (message) => {
    const flowId = flowIdSchema.safeParse((message as { flowId?: unknown } | null)?.flowId);
    if (!flowId.success) return;
    if (!flows.delete(flowId.data)) return;
    void socket.leave(`flow:${flowId.data}`);
    people.leave(flowId.data, socket.id);
    tellPresence(flowId.data);
  });

  socket.on('error', onFault);
  socket.on('disconnect', () => {
    for (const [runId, watcher] of runs) hub.unwatchRun(runIdSchema.parse(runId), watcher);
    unwatchList();
    for (const flowId of people.leaveAll(socket.id)) tellPresence(flowId);
  });
}
