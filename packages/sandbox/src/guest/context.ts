import type { ErrorRecord, JsonObject, JsonValue } from '@waybill/flow-model';
import type {
  Credentials,
  ErasedNodeDefinition,
  HttpReplyMessage,
  NodeContext,
  Params,
  Ports,
} from '@waybill/node-sdk';
import { createHttpClient } from '@waybill/node-sdk';
import type { GuestCall } from './call.ts';
import { guestError, hostError } from './failure.ts';
import type { HostAnswer, HostCalls } from './host-calls.ts';
import type { createLog } from './log.ts';
import { emission } from './outcome.ts';

type Context = NodeContext<Params, Ports, Ports, Credentials>;

/** The answer's head, or the error the host gave instead. */
export function headOf<T>(answer: HostAnswer): T {
  const head: unknown = JSON.parse(answer.head);
  if (answer.ok) return head as T;
  throw hostError(head as ErrorRecord);
}

/** Values by input port, checked and read through the ports' schemas. */
export function checkedInput(definition: ErasedNodeDefinition, input: Record<string, JsonValue>): JsonObject {
  const values: Record<string, unknown> = {};
  for (const [name, port] of Object.entries(definition.inputs)) {
    if (!Object.hasOwn(input, name)) continue;
    const read = port.schema.safeParse(input[name]);
    if (!read.success) {
      const issue = read.error.issues[0];
      const path = [name, ...(issue?.path ?? [])].map(String).join('.');
      throw guestError(
        'INPUT_INVALID',
        `The input does not fit this node: ${path}: ${issue?.message ?? 'invalid'}.`,
        'Put a Transform step before this node, or connect a step that sends what it needs.',
      );
    }
    values[name] = read.data;
  }
  return values as JsonObject;
}

/** The key under which an effect happens once: the node's own business key if it has one. */
function idempotencyKeyOf(definition: ErasedNodeDefinition, call: GuestCall, input: JsonObject): string {
  const { traits } = definition;
  if (traits.effect !== 'write' || traits.idempotency.how !== 'key' || !traits.idempotency.key) return call.effectKey;
  // `never` stands for the input of a definition of unknown shape; it was checked against the ports just now.
  const key: unknown = traits.idempotency.key(input as never);
  return typeof key === 'string' && key !== '' ? `${definition.type}:${key}` : call.effectKey;
}

export interface ContextParts {
  definition: ErasedNodeDefinition;
  call: GuestCall;
  params: JsonObject;
  input: JsonObject;
  host: HostCalls;
  log: ReturnType<typeof createLog>;
  /** Only the code node gets it. */
  mayRunCode: boolean;
}

/** What `run` receives. */
export function contextFor({ definition, call, params, input, host, log, mayRunCode }: ContextParts): Context {
  const send = async (message: unknown): Promise<HttpReplyMessage> => {
    const answer = await host.call('http', JSON.stringify(message));
    const { status, headers } = headOf<{ status: number; headers: Record<string, string> }>(answer);
    return { status, headers, body: answer.body };
  };
  const explain = definition.explain;
  return {
    params,
    input,
    credentials: Object.fromEntries(Object.keys(definition.credentials ?? {}).map((slot) => [slot, { slot }])),
    http: createHttpClient({ send, now: call.now, ...(explain ? { explain: (reply) => explain(reply) } : {}) }),
    crosswalk: {
      find: async (entity, fromSystem, fromId, toSystem) =>
        headOf<string | null>(
          await host.call('crosswalk-find', JSON.stringify({ entity, fromSystem, fromId, toSystem })),
        ),
      link: async (entity, a, b) => {
        headOf(await host.call('crosswalk-link', JSON.stringify({ entity, a, b })));
      },
      unlink: async (entity, a, b) =>
        headOf<boolean>(await host.call('crosswalk-unlink', JSON.stringify({ entity, a, b }))),
    },
    tables: {
      lookup: async (table, key, at) =>
        headOf<JsonObject | null>(await host.call('table-lookup', JSON.stringify({ table, key, at: at ?? call.now }))),
    },
    emit: (port, value) => emission(definition, params, port, value),
    emitTo: (port, value) => emission(definition, params, port, value),
    idempotencyKey: idempotencyKeyOf(definition, call, input),
    runId: call.runId,
    stepKey: call.step,
    correlationId: call.scope.run?.correlationId ?? call.runId,
    attempt: call.attempt,
    now: call.now,
    log: (level, message, data) => log.write(level, message, data),
    ...(mayRunCode
      ? {
          runCode: async (source: string) => headOf<JsonValue>(await host.call('code', JSON.stringify({ source }))),
        }
      : {}),
  };
}
