import { z } from 'zod';
import type { Permission } from './roles.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One endpoint as data: the server validates with it, OpenAPI and the typed client come from it. */
export interface Route<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  R extends z.ZodType = z.ZodType,
> {
  readonly method: Method;
  /** Express style, below `/api/v1`: `/flows/:flowId`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** `public`: no sign-in; `signed-in`: any user; else this permission. */
  readonly access: Permission | 'public' | 'signed-in';
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly reply: R;
  /** Of success; default 200. */
  readonly status?: number;
  /** The body is a file as it stands, of any type; then `body` is `fileBody`, or `fileStream` for one of any size. */
  readonly upload?: { maxBytes: number } | 'stream';
  /** The answer is a file to keep, never a page; then `reply` is `fileReply`, or `fileStreamReply`. */
  readonly download?: true | 'stream';
}

export const fileBody = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
export const fileReply = z.object({ name: z.string(), mediaType: z.string(), bytes: fileBody });
/** Bytes as they arrive; a client may give them all at once. */
export type FileStream = AsyncIterable<Uint8Array> | Uint8Array;
export const fileStream = z.custom<FileStream>(
  (value) =>
    value instanceof Uint8Array || (typeof value === 'object' && value !== null && Symbol.asyncIterator in value),
);
export const fileStreamReply = z.object({
  name: z.string(),
  mediaType: z.string(),
  /** Null where it is not known beforehand. */
  sizeBytes: z.int().nullable(),
  bytes: fileStream,
});

export const route = <
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
  R extends z.ZodType = z.ZodNull,
>(
  definition: Route<P, Q, B, R>,
): Route<P, Q, B, R> => definition;

export type ParamsOf<T> = T extends Route<infer P, z.ZodType, z.ZodType, z.ZodType> ? z.infer<P> : never;
export type QueryOf<T> = T extends Route<z.ZodType, infer Q, z.ZodType, z.ZodType> ? z.infer<Q> : never;
export type QueryInputOf<T> = T extends Route<z.ZodType, infer Q, z.ZodType, z.ZodType> ? z.input<Q> : never;
export type BodyOf<T> = T extends Route<z.ZodType, z.ZodType, infer B, z.ZodType> ? z.infer<B> : never;
export type ReplyOf<T> = T extends Route<z.ZodType, z.ZodType, z.ZodType, infer R> ? z.infer<R> : never;
