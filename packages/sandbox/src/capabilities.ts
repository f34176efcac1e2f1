import type { EpochMs, JsonObject, JsonValue } from '@waybill/flow-model';
import type { HttpReplyMessage, HttpRequestMessage } from '@waybill/node-sdk';

/** For whom a call is made. Written by the sandbox from its own record of the step, never by the isolate. */
export interface CallContext {
  runId: string;
  step: string;
  nodeType: string;
  /** Credential slot -> role alias or connection id, as the flow binds them. */
  connections: Readonly<Record<string, string>>;
  /** `network` of the node's manifest: host names, `*.example.com`, or `connection`. */
  allowedHosts: readonly string[];
  correlationId: string;
  idempotencyKey: string;
  attempt: number;
  /** Ends when the step does, for whatever reason. */
  signal: AbortSignal;
}

/**
 * What nodes can reach beyond their isolate; implemented by the server, which signs requests, resolves
 * connections and refuses private addresses. A rejection with a `FlowError` reaches the node as that error;
 * any other rejection becomes a retryable network failure (http) or an engine error (the rest), its text withheld.
 */
export interface HostCapabilities {
  /** `url` may be relative to the connection of `request.slot`; the slot is one the step has bound. */
  http(request: HttpRequestMessage, context: CallContext): Promise<HttpReplyMessage>;
  crosswalkFind(
    query: { entity: string; fromSystem: string; fromId: string; toSystem: string },
    context: CallContext,
  ): Promise<string | null>;
  /** Ids in the order of those asked for; for the records of a stream. */
  crosswalkFindMany(
    query: { entity: string; fromSystem: string; fromIds: string[]; toSystem: string },
    context: CallContext,
  ): Promise<(string | null)[]>;
  crosswalkLink(
    link: { entity: string; a: { system: string; id: string }; b: { system: string; id: string } },
    context: CallContext,
  ): Promise<void>;
  /** Whether that step of that run had linked them; only then is the link gone. */
  crosswalkUnlink(
    link: { entity: string; a: { system: string; id: string }; b: { system: string; id: string } },
    context: CallContext,
  ): Promise<boolean>;
  tableLookup(
    query: { table: string; key: Record<string, JsonValue>; at: EpochMs },
    context: CallContext,
  ): Promise<JsonObject | null>;
  /** Rows by key, in the order of the keys; for the records of a stream. */
  tableLookupMany(
    query: { table: string; keys: Record<string, JsonValue>[]; at: EpochMs },
    context: CallContext,
  ): Promise<(JsonObject | null)[]>;
}
