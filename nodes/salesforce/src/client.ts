import type { CredentialHandle, HttpClient, JsonObject, JsonValue } from '@waybill/node-sdk';
import { minutes, nodeError, seconds } from '@waybill/node-sdk';
import * as z from 'zod';

/** The API version this connector is written and tested against; fields and errors differ between versions. */
export const API = '/services/data/v62.0';

export interface SalesforceContext {
  readonly http: HttpClient;
  readonly credentials: { readonly account: CredentialHandle };
  /** Absent while polling: no run exists yet. */
  readonly correlationId?: string;
}

export const callOptions = (context: SalesforceContext) => ({
  auth: context.credentials.account,
  headers: context.correlationId === undefined ? {} : { 'x-correlation-id': context.correlationId },
});

export const connector = { kind: 'connector', app: 'Salesforce', icon: 'cloud', roles: { account: 'crm' } } as const;
export const capabilities = { network: ['connection'] };
export const readTraits = {
  effect: 'read',
  retry: { attempts: 5, firstDelayMs: seconds(2), maxDelayMs: minutes(5) },
  timeoutMs: minutes(2),
} as const;
export const naturalWrite = {
  effect: 'write',
  idempotency: { how: 'natural' },
  retry: { attempts: 6, firstDelayMs: seconds(2), maxDelayMs: minutes(5) },
  timeoutMs: minutes(2),
} as const;

export const saved = z.object({ id: z.string(), success: z.literal(true), created: z.boolean().optional() });

/** `Opportunity`, `ERP_Id__c`; anything else would change the meaning of a path or query. */
export function apiName(text: string): string {
  if (/^[A-Za-z]\w{0,79}$/.test(text)) return text;
  throw nodeError('SALESFORCE_NAME_INVALID', {
    what: `"${text}" is not the API name of an object or field.`,
    fix: 'Use the API name, for example Opportunity or ERP_Id__c.',
    owner: 'user',
    engine: 'stop',
  });
}

/** Splits `Name, Account.Name` and refuses whatever is not a field. */
export const fieldNames = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => part.split('.').map(apiName).join('.'));

export const recordPath = (object: string, id: string): string =>
  `${API}/sobjects/${apiName(object)}/${encodeURIComponent(id)}`;

/** Without the `attributes` Salesforce adds to each record, nested ones included. */
function withoutAttributes(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutAttributes);
  if (typeof value !== 'object' || value === null) return value;
  return plainRecord(value);
}

export const plainRecord = (record: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(record).flatMap(([name, value]) =>
      name === 'attributes' ? [] : [[name, withoutAttributes(value)]],
    ),
  );

/** What Salesforce says of a record that is not there. */
export const alreadyGone = z.array(z.object({ errorCode: z.enum(['NOT_FOUND', 'ENTITY_IS_DELETED']) })).min(1);
