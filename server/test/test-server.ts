import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Problem, Role } from '@waybill/api-contract';
import type { Flow, FlowNode } from '@waybill/flow-model';
import { edgeId, flowIdSchema } from '@waybill/flow-model';
import { buildBundles } from '@waybill/sandbox/build';
import { pino } from 'pino';
import { request } from 'undici';
import { hashPassword, hashToken, newId, newToken } from '../src/auth/secrets.ts';
import type { RunningServer, ServerConfig, WiringExtras } from '../src/index.ts';
import { readConfig, startServer } from '../src/index.ts';

const root = resolve(import.meta.dirname, '../..');
let bundles: Promise<string> | undefined;

/** The core, HTTP and Salesforce nodes, built once per test file. */
function builtBundles(): Promise<string> {
  bundles ??= (async () => {
    const dir = mkdtempSync(join(tmpdir(), 'waybill-bundles-'));
    const packages = ['core', 'http', 'salesforce'];
    await buildBundles(
      packages.map((name) => ({ bundle: name, entryFile: join(root, 'nodes', name, 'src/index.ts') })),
      dir,
    );
    return dir;
  })();
  return bundles;
}

export interface Reply<T = unknown> {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  json: T;
  text: string;
}
export interface CallOptions {
  body?: unknown;
  /** Sent as it is, instead of `body`. */
  raw?: Uint8Array | string;
  headers?: Record<string, string>;
}
/** Somebody with an API key or a session. */
export type Caller = <T = Record<string, never>>(
  method: string,
  path: string,
  options?: CallOptions,
) => Promise<Reply<T>>;

export interface TestServer {
  server: RunningServer;
  origin: string;
  dataDir: string;
  config: ServerConfig;
  /** Without any credentials. */
  anonymous: Caller;
  /** With an API key of these roles. */
  as(...roles: Role[]): Promise<Caller>;
  /** A signed-in person; `headers` are those of its browser. */
  person(options: { roles: Role[]; groups?: string[]; managerId?: string; name?: string; email?: string }): Promise<{
    call: Caller;
    id: string;
    headers: Record<string, string>;
  }>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

export function callerOf(origin: () => string, standing: Record<string, string>): Caller {
  return async <T>(method: string, path: string, { body, raw, headers }: CallOptions = {}) => {
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const reply = await request(`${origin()}${path}`, {
      method: method as 'GET',
      headers: { ...(sent === undefined ? {} : { 'content-type': 'application/json' }), ...standing, ...headers },
      ...(sent === undefined ? {} : { body: sent }),
    });
    const text = await reply.body.text();
    return { status: reply.statusCode, headers: reply.headers, text, json: parse(text) as T };
  };
}

/** The real server with real parts on a free port and a data folder of its own; replies are checked against the contract. */
export async function startTestServer(
  changes: Partial<ServerConfig> = {},
  extras: WiringExtras = {},
): Promise<TestServer> {
  const dataDir = changes.dataDir ?? mkdtempSync(join(tmpdir(), 'waybill-server-'));
  const config: ServerConfig = {
    ...readConfig({}),
    port: 0,
    dataDir,
    demo: false,
    runners: 1,
    logLevel: 'error',
    bundlesDir: await builtBundles(),
    checkReplies: true,
    ...changes,
  };
  const log = pino({ level: 'silent' });
  let server = await startServer(config, { ...extras, log });
  const origin = () => `http://127.0.0.1:${server.port}`;
  // Addresses count up instead of being drawn: a search for part of a name finds nobody by chance.
  let people = 0;

  return {
    get server() {
      return server;
    },
    get origin() {
      return origin();
    },
    dataDir,
    config,
    anonymous: callerOf(origin, {}),
    async as(...roles) {
      const secret = `wb_${newToken()}`;
      await server.platform.store.apiKeys.insert({
        id: newId('ak'),
        name: roles.join(),
        secretHash: hashToken(secret),
        prefix: 'wb_test',
        roles,
        createdAt: Date.now(),
        createdBy: 'test',
        lastUsedAt: null,
        expiresAt: null,
      });
      return callerOf(origin, { authorization: `Bearer ${secret}` });
    },
    async person({ roles, groups = [], managerId = null, name = 'Anna', email = `${people++}@example.com` }) {
      const password = 'correct horse battery';
      const id = newId('us');
      await server.platform.store.users.insert({
        id,
        email,
        name,
        passwordHash: await hashPassword(password),
        roles,
        groups,
        managerId,
        absence: null,
        disabled: false,
        createdAt: Date.now(),
        lastSeenAt: null,
      });
      const signedIn = await callerOf(origin, {})<{ csrfToken: string }>('POST', '/api/v1/session', {
        body: { email, password },
      });
      const cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? '';
      const headers = { cookie, 'x-csrf-token': signedIn.json.csrfToken };
      return { id, headers, call: callerOf(origin, headers) };
    },
    async restart() {
      await server.stop();
      server = await startServer(config, { ...extras, log });
    },
    async stop() {
      await server.stop();
      if (!changes.dataDir) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

type NodeGiven = Omit<FlowNode, 'version' | 'params'> & Partial<Pick<FlowNode, 'version' | 'params'>>;

/** A flow from nodes and edges written as `a.port>b.port`. */
export function flowOf(id: string, nodes: Record<string, NodeGiven>, edges: string[] = []): Flow {
  const parsed = edges.map((text) => {
    const [from = '', to = ''] = text.split('>');
    const ref = (place: string) => ({ node: place.split('.')[0] ?? '', port: place.split('.')[1] ?? '' });
    return { from: ref(from), to: ref(to) };
  });
  return {
    formatVersion: 1,
    id: flowIdSchema.parse(id),
    name: id,
    nodes: Object.fromEntries(Object.entries(nodes).map(([key, node]) => [key, { version: 1, params: {}, ...node }])),
    edges: Object.fromEntries(parsed.map((edge) => [edgeId(edge), edge])),
    settings: {},
    notes: {},
    layout: {},
    pins: {},
  };
}

/** Makes and publishes a flow. */
export async function publish(call: Caller, flow: Flow): Promise<void> {
  const made = await call<{ summary?: { revision: number } } & Partial<Problem>>('POST', '/api/v1/flows', {
    body: { name: flow.name, flow },
  });
  if (made.status !== 201) throw new Error(`create: ${made.text}`);
  const published = await call('POST', `/api/v1/flows/${flow.id}/publish`, {
    body: { revision: made.json.summary?.revision, note: 'first' },
  });
  if (published.status !== 200) throw new Error(`publish: ${published.text}`);
}

/** Publishes another version of a flow that is there. */
export async function publishNext(call: Caller, flow: Flow): Promise<void> {
  const path = `/api/v1/flows/${flow.id}`;
  const { json } = await call<{ summary: { revision: number } }>('GET', path);
  const saved = await call<{ summary?: { revision: number } }>('PUT', `${path}/draft`, {
    body: { revision: json.summary.revision, flow },
  });
  const body = { revision: saved.json.summary?.revision, note: 'next' };
  const published = await call('POST', `${path}/publish`, { body });
  if (published.status !== 200) throw new Error(`publish: ${published.text}`);
}

/** Asks until the condition holds; fails with the last answer after 30 s, for busy machines. */
export async function eventually<T>(ask: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  const until = Date.now() + 120_000;
  for (;;) {
    const value = await ask();
    if (holds(value)) return value;
    if (Date.now() > until) throw new Error(`it never came true; last: ${JSON.stringify(value)?.slice(0, 2_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
