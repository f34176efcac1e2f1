import type {
  EpochMs,
  IdempotencySpec,
  JsonObject,
  JsonValue,
  NodeCapabilities,
  NodeKind,
  RecordSpec,
  RetryPolicy,
  TriggerSpec,
} from '@waybill/flow-model';
import type { CodeRunner } from './code.ts';
import type { CredentialDefinition, CredentialHandle } from './credential.ts';
import type { Emitted, NodeOutcome } from './directive.ts';
import type { ErrorExplanation } from './errors.ts';
import type { HttpClient, RawReply } from './http.ts';
import type { Params, ValuesOf } from './param.ts';
import type { Ports, PortValues } from './port.ts';
import type { RecordPage } from './records.ts';

/** Which record in one system is which in another; keyed by entity and system. */
export interface CrosswalkClient {
  find(entity: string, fromSystem: string, fromId: string, toSystem: string): Promise<string | null>;
  /** Idempotent: linking the same pair again changes nothing; a contradicting pair is an error. */
  link(entity: string, a: { system: string; id: string }, b: { system: string; id: string }): Promise<void>;
  /**
   * Takes back what this very step of this run linked. False: it linked nothing that is still there, so nothing changed.
   * @throws {FlowError} CROSSWALK_LINK_USED if other records were linked through it since.
   */
  unlink(entity: string, a: { system: string; id: string }, b: { system: string; id: string }): Promise<boolean>;
}

export interface TablesClient {
  /** The row valid at `at` (default: now) whose key columns equal `key`, or null. */
  lookup(table: string, key: Record<string, JsonValue>, at?: EpochMs): Promise<JsonObject | null>;
}

export interface NodeContext<P extends Params, I extends Ports, O extends Ports, C extends Credentials>
  extends Partial<CodeRunner> {
  readonly params: ValuesOf<P>;
  /** By input port; a port no edge was taken into is absent. */
  readonly input: PortValues<I>;
  readonly credentials: { readonly [K in keyof C]: CredentialHandle };
  readonly http: HttpClient;
  readonly crosswalk: CrosswalkClient;
  readonly tables: TablesClient;
  emit<K extends keyof O & string>(port: K, value: PortValues<O>[K]): Emitted;
  /** For ports that come from params (`outputsFrom`). */
  emitTo(port: string, value: JsonValue): Emitted;
  /** Stable over retries and crashes; new only on an explicit replay. */
  readonly idempotencyKey: string;
  readonly runId: string;
  readonly stepKey: string;
  readonly correlationId: string;
  /** From 1. */
  readonly attempt: number;
  /** Moment the attempt started; the only clock a node sees. */
  readonly now: EpochMs;
  log(level: 'info' | 'warn', message: string, data?: JsonObject): void;
}

export type Credentials = Record<string, CredentialDefinition>;

export type DefinedTraits<Key> = { timeoutMs: number; memoryMb?: number } & (
  | { effect: 'pure' }
  | { effect: 'read'; retry: RetryPolicy }
  | {
      effect: 'write';
      retry: RetryPolicy;
      idempotency:
        | Exclude<IdempotencySpec, { how: 'key' }>
        | (Extract<IdempotencySpec, { how: 'key' }> & { key?: Key });
      /** Why there is no `undo`, as a sentence; every write has one or the other. */
      cannotUndo?: string;
    }
);

export interface PollContext<P extends Params, C extends Credentials>
  extends Pick<NodeContext<P, Ports, Ports, C>, 'params' | 'credentials' | 'http' | 'now'> {
  /** What the last poll returned; null on the first. */
  readonly watermark: JsonValue | null;
}
export interface PageContext<P extends Params, C extends Credentials>
  extends Pick<NodeContext<P, Ports, Ports, C>, 'params' | 'credentials' | 'http' | 'now' | 'correlationId'> {
  readonly cursor: JsonValue | null;
}
export interface PollResult {
  /** `id` is the dedupe key: the same id starts at most one run. */
  events: { id: string; data: JsonValue }[];
  watermark: JsonValue;
}

export interface NodeDefinition<
  P extends Params = Params,
  I extends Ports = Ports,
  O extends Ports = Ports,
  C extends Credentials = Credentials,
> {
  readonly type: string;
  readonly version: number;
  readonly title: string;
  readonly description: string;
  readonly kind: NodeKind;
  readonly app: string;
  readonly icon: string;
  readonly synonyms?: string[];
  readonly credentials?: C;
  /** Credential slot -> default role alias, e.g. `{ account: 'crm' }`. */
  readonly roles?: { readonly [K in keyof C]?: string };
  /** Slots that may stay unbound. */
  readonly optionalCredentials?: (keyof C & string)[];
  readonly params: P;
  readonly inputs: I;
  readonly outputs: O;
  readonly outputsFrom?: { param: keyof P & string; name: string };
  readonly container?: 'each' | 'scope';
  readonly join?: 'any' | 'all';
  /** Names of fields, wherever in its data, whose values are for people who may see masked data (pay, cost rates). */
  readonly masked?: string[];
  readonly capabilities?: NodeCapabilities;
  readonly traits: DefinedTraits<(values: PortValues<I>) => string>;
  readonly trigger?: TriggerSpec;
  /** The record it is about, for links to the outside system; its address comes from the credential's `recordUrls`. */
  readonly record?: RecordSpec;
  /**
   * The param that lists the records it sends together. Whatever it emits then has `results`: one `RecordResult` for each
   * of them, in their order.
   */
  readonly resultsOf?: keyof P & string;
  readonly sample?: { readonly [K in keyof O]?: JsonValue };
  /** Params written by an older version -> params of this version. */
  migrate?(params: JsonObject, fromVersion: number): JsonObject;
  run(context: NodeContext<P, I, O, C>): Promise<NodeOutcome> | NodeOutcome;
  /** For `probe`: what the effect left in the outside system, as `run` would have emitted it, or null. */
  probe?(context: NodeContext<P, I, O, C>): Promise<Emitted | null>;
  /**
   * Takes a confirmed effect back; gets what `run` emitted, the params it ran with, and a key of its own. May be called
   * again after a lost answer (unless idempotency is `none`): what is gone already counts as taken back.
   */
  undo?(context: NodeContext<P, I, O, C> & { readonly emitted: Emitted }): Promise<void>;
  poll?(context: PollContext<P, C>): Promise<PollResult>;
  /** For a source of records: the page at a cursor, null the first. Its params are those `run` put into the handle. */
  page?(context: PageContext<P, C>): Promise<RecordPage>;
  /** Turns an unexpected HTTP reply into an error in this vendor's terms; undefined: the default map. */
  explain?(reply: RawReply<unknown>): ErrorExplanation | undefined;
}

/** A definition of any shape, for lists of them; contexts are contravariant, hence `never`. */
export interface ErasedNodeDefinition
  extends Omit<
    NodeDefinition,
    'run' | 'probe' | 'undo' | 'poll' | 'page' | 'traits' | 'roles' | 'sample' | 'resultsOf'
  > {
  readonly resultsOf?: string;
  readonly roles?: Record<string, string | undefined>;
  readonly sample?: Record<string, JsonValue | undefined>;
  readonly traits: DefinedTraits<(values: never) => string>;
  run(context: never): Promise<NodeOutcome> | NodeOutcome;
  probe?(context: never): Promise<Emitted | null>;
  undo?(context: never): Promise<void>;
  poll?(context: never): Promise<PollResult>;
  page?(context: never): Promise<RecordPage>;
}

/** One object, one operation: the editor builds its form from it, the server validates with it, the engine takes its policy from it. */
export function defineNode<
  const P extends Params,
  I extends Ports,
  O extends Ports,
  C extends Credentials = Record<never, CredentialDefinition>,
>(definition: NodeDefinition<P, I, O, C>): NodeDefinition<P, I, O, C> {
  return definition;
}
