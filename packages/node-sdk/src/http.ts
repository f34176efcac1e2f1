import type { JsonValue } from '@waybill/flow-model';
import type { z } from 'zod';
import type { CredentialHandle } from './credential.ts';

export interface HttpRequestOptions<R extends Record<number, z.ZodType>> {
  /** Connection that signs the request and gives the base URL for relative paths. */
  auth?: CredentialHandle;
  query?: Record<string, string | number | boolean | undefined>;
  headers?: Record<string, string>;
  /** At most one of `json`, `form`, `text`. */
  json?: unknown;
  form?: Record<string, string>;
  text?: string;
  /** Sent as `Idempotency-Key` unless `idempotencyHeader` names another. */
  idempotencyKey?: string;
  idempotencyHeader?: string;
  /** Expected statuses and the shape of their body; any other status is an error. Empty: any 2xx, body as is. */
  replies?: R;
  timeoutMs?: number;
}

export type HttpReply<R extends Record<number, z.ZodType>> = [keyof R] extends [never]
  ? RawReply<JsonValue>
  : { [S in keyof R & number]: RawReply<z.infer<R[S]>, S> }[keyof R & number];

export interface RawReply<T, S extends number = number> {
  readonly status: S;
  /** Lower-cased names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed body; null for an empty one. */
  readonly json: T;
  readonly text: string;
}

type Send = <const R extends Record<number, z.ZodType> = Record<never, z.ZodType>>(
  pathOrUrl: string,
  options?: HttpRequestOptions<R>,
) => Promise<HttpReply<R>>;

/**
 * The only way out for a node. Bounded in time and size; hosts outside the declared ones and private
 * addresses are refused. 408, 429, 5xx and network faults become retryable provider errors.
 */
export interface HttpClient {
  get: Send;
  post: Send;
  put: Send;
  patch: Send;
  delete: Send;
}

/** One HTTP call as it crosses from an isolate to the host. */
export interface HttpRequestMessage {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  slot?: string;
  headers: Record<string, string>;
  body?: string;
  timeoutMs?: number;
}
export interface HttpReplyMessage {
  status: number;
  headers: Record<string, string>;
  body: string;
}
