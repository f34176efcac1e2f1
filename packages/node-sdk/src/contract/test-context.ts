import type { JsonObject, JsonValue, ParamSpec } from '@waybill/flow-model';
import { outputPortsOf } from '@waybill/flow-model';
import type { CodeRunner } from '../code.ts';
import type { Credentials, ErasedNodeDefinition, NodeContext } from '../define-node.ts';
import type { HttpRequestMessage } from '../http.ts';
import { createHttpClient } from '../http-client.ts';
import { manifestOf } from '../manifest.ts';
import type { Params } from '../param.ts';
import type { Ports } from '../port.ts';
import type { Exchange, Send } from './recorded-http.ts';
import { replay, UnrecordedRequest } from './recorded-http.ts';

export interface TestContextOptions {
  /** Resolved values; defaults of the definition are filled in. */
  params?: JsonObject;
  input?: JsonObject;
  /** Recorded calls in order, or a function that answers them. */
  http?: readonly Exchange[] | Send;
  /** `entity/fromSystem/fromId/toSystem` -> id. */
  crosswalk?: Record<string, string>;
  /** Whether the step finds what it linked; default true. */
  linked?: boolean;
  /** Rows by table; the first row whose columns equal the key is found. */
  tables?: Record<string, JsonObject[]>;
  runCode?: CodeRunner['runCode'];
  /** Epoch ms. */
  now?: number;
  idempotencyKey?: string;
  correlationId?: string;
  attempt?: number;
}

export interface TestContext {
  readonly context: NodeContext<Params, Ports, Ports, Credentials>;
  /** What the node sent, in order. */
  readonly requests: HttpRequestMessage[];
  readonly logs: { level: 'info' | 'warn'; message: string; data?: JsonObject }[];
  readonly links: string[];
  readonly unlinks: string[];
  /** Mistakes of the recording, even if the node swallowed them. */
  readonly unrecorded: UnrecordedRequest[];
}

export const TEST_NOW = Date.UTC(2026, 10, 20, 8, 0, 0);

/** A context that lives in memory: recorded HTTP, a crosswalk and tables of the test's own, a clock that stands still. */
export function testContext(definition: ErasedNodeDefinition, options: TestContextOptions = {}): TestContext {
  const requests: HttpRequestMessage[] = [];
  const logs: TestContext['logs'] = [];
  const links: string[] = [];
  const unlinks: string[] = [];
  const unrecorded: UnrecordedRequest[] = [];
  const params = { ...defaultsOf(definition.params), ...options.params };
  const answer = typeof options.http === 'function' ? options.http : replay(options.http ?? []);
  const ports = outputPortsOf(manifestOf(definition), params);
  const now = options.now ?? TEST_NOW;
  const emitTo = (port: string, value: JsonValue) => {
    if (!ports.includes(port)) throw new Error(`there is no output port "${port}"; known: ${ports.join(', ')}`);
    return { port, value };
  };
  const context: TestContext['context'] = {
    params: deepFreeze(structuredClone(params)),
    input: deepFreeze(structuredClone(options.input ?? {})),
    credentials: Object.fromEntries(Object.keys(definition.credentials ?? {}).map((slot) => [slot, { slot }])),
    http: createHttpClient({
      now,
      explain: definition.explain,
      async send(message) {
        requests.push(message);
        return answer(message).catch((error: unknown) => {
          if (error instanceof UnrecordedRequest) unrecorded.push(error);
          throw error;
        });
      },
    }),
    crosswalk: {
      find: async (...path) => options.crosswalk?.[path.join('/')] ?? null,
      async link(entity, a, b) {
        links.push(`${entity}: ${a.system}/${a.id} = ${b.system}/${b.id}`);
      },
      async unlink(entity, a, b) {
        unlinks.push(`${entity}: ${a.system}/${a.id} = ${b.system}/${b.id}`);
        return options.linked ?? true;
      },
    },
    tables: {
      async lookup(table, key) {
        const rows = options.tables?.[table] ?? [];
        return rows.find((row) => Object.entries(key).every(([column, value]) => row[column] === value)) ?? null;
      },
    },
    // Typed by port for authors; any value here, since the contract checks it against the schema.
    emit: (port, value) => emitTo(port, value as JsonValue),
    emitTo,
    idempotencyKey: options.idempotencyKey ?? 'effect-key-1',
    runId: 'run-1',
    stepKey: 'step1',
    correlationId: options.correlationId ?? 'correlation-1',
    attempt: options.attempt ?? 1,
    now,
    log: (level, message, data) => void logs.push({ level, message, ...(data ? { data } : {}) }),
    ...(options.runCode ? { runCode: options.runCode } : {}),
  };
  return { context, requests, logs, links, unlinks, unrecorded };
}

/** Values of the params that were left alone. */
export const defaultsOf = (params: Record<string, ParamSpec>): JsonObject =>
  Object.fromEntries(
    Object.entries(params).flatMap(([name, spec]) => (spec.default === undefined ? [] : [[name, spec.default]])),
  );

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
