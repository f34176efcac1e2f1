import type { CredentialHandle, HttpClient, JsonObject } from '@waybill/node-sdk';
import { minutes, nodeError, priorStateSchema, readAs, seconds } from '@waybill/node-sdk';
import * as z from 'zod';

const REST = '/services/rest';

export interface NetsuiteContext {
  readonly http: HttpClient;
  readonly credentials: { readonly account: CredentialHandle };
  readonly correlationId: string;
}

export const callOptions = (context: NetsuiteContext) => ({
  auth: context.credentials.account,
  headers: { 'x-correlation-id': context.correlationId },
});

export const connector = { kind: 'connector', app: 'NetSuite', icon: 'landmark', roles: { account: 'erp' } } as const;
export const capabilities = { network: ['connection'] };
export const readTraits = {
  effect: 'read',
  retry: { attempts: 5, firstDelayMs: seconds(2), maxDelayMs: minutes(5) },
  timeoutMs: minutes(3),
} as const;
export const naturalWrite = {
  effect: 'write',
  idempotency: { how: 'natural' },
  retry: { attempts: 6, firstDelayMs: seconds(2), maxDelayMs: minutes(5) },
  timeoutMs: minutes(3),
} as const;
/** A record is readable as soon as its creation is answered; the lag covers a request still under way when we crashed. */
export const probedWrite = { ...naturalWrite, idempotency: { how: 'probe', lagMs: seconds(15) } } as const;

export const SUITEQL = `${REST}/query/v1/suiteql`;

/** Camel case as in `salesOrder`, or a custom record type; anything else would change the path. */
export function recordType(text: string): string {
  if (/^[A-Za-z]\w{0,79}$/.test(text)) return text;
  throw nodeError('NETSUITE_TYPE_INVALID', {
    what: `"${text}" is not a record type.`,
    fix: 'Use the name of the REST record, for example customer, job or salesOrder.',
    owner: 'user',
    engine: 'stop',
  });
}

/** @throws {FlowError} NETSUITE_EXTERNAL_ID_INVALID, because NetSuite would refuse it in an address. */
export function externalIdKey(externalId: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(externalId)) return `eid:${externalId}`;
  throw nodeError('NETSUITE_EXTERNAL_ID_INVALID', {
    what: `"${externalId}" cannot be an external id.`,
    fix: 'Use letters, digits, underscore and hyphen only.',
    owner: 'user',
    engine: 'stop',
  });
}

/** `key` is an internal id or `eid:<external id>`. */
export function recordPath(type: string, key?: string): string {
  const collection = `${REST}/record/v1/${recordType(type)}`;
  if (key === undefined) return collection;
  return `${collection}/${key.startsWith('eid:') ? externalIdKey(key.slice(4)) : encodeURIComponent(key)}`;
}

/** A write answers 204 with the address of the record and nothing else. */
export const written = { 204: z.unknown() };

export function idFromLocation(headers: Readonly<Record<string, string>>): string {
  const location = readAs(z.string(), headers['location'], 'NetSuite named the written record');
  return readAs(z.string().min(1), location.replace(/\/+$/, '').split('/').at(-1), 'NetSuite named the written record');
}

/**
 * Sublists of a body are appended to unless they are named in `replace`; naming them is what makes a
 * repeated write leave one set of lines.
 */
export function replacedSublists(fields: JsonObject): string | undefined {
  const names = Object.entries(fields).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Array.isArray(value['items']) ? [name] : [],
  );
  return names.length > 0 ? names.join(',') : undefined;
}

/** Fields that were given a value. */
export const given = (fields: Record<string, JsonObject[string] | undefined>): JsonObject =>
  Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, JsonObject[string]] => entry[1] !== undefined),
  );

/** A reference as NetSuite wants it; absent stays absent. */
export const reference = (id: string | undefined): JsonObject | undefined => (id === undefined ? undefined : { id });

const savedRecord = z.object({ type: z.string(), id: z.string(), externalId: z.string() });
export type SavedRecord = z.infer<typeof savedRecord>;
/** With what was there before, so that the write can be taken back. */
export const upserted = savedRecord.extend({ before: priorStateSchema });
/** `created`: by this very step, so that taking the step back deletes it. */
export const createdRecord = savedRecord.extend({ created: z.boolean() });
