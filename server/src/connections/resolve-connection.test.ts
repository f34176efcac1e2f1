import type { ConnectionRecord } from '@waybill/store';
import { openPolicy } from '@waybill/store';
import { beforeEach, expect, it } from 'vitest';
import type { ConnectionResolver } from './resolve-connection.ts';
import { connectionResolver } from './resolve-connection.ts';
import { createSealer } from './sealing.ts';

const sealer = createSealer([Buffer.alloc(32, 7)]);
const definition = {
  type: 'plain',
  title: 'Plain',
  fields: { baseUrl: { label: 'Address' }, token: { label: 'Token', kind: 'secret' } },
  baseUrl: '{baseUrl}',
  auth: { scheme: 'bearer', token: '{token}' },
} as never;

const aConnection = (token: string): ConnectionRecord => ({
  id: 'cn_1',
  name: 'Plain',
  type: 'plain',
  fields: { baseUrl: 'https://plain.example' },
  secretsSet: ['token'],
  sealed: sealer.seal('cn_1', { token }),
  allowPrivateAddresses: false,
  lastTest: null,
  policy: openPolicy,
  updatedAt: 1,
  updatedBy: 'test',
});

let record: ConnectionRecord | null;
let reads: number;
let nowMs: number;
let resolver: ConnectionResolver;
beforeEach(() => {
  record = aConnection('first');
  reads = 0;
  nowMs = 1_000_000;
  const get = async () => {
    reads += 1;
    return record;
  };
  const store = { connections: { get }, roleBindings: { get: async () => null } } as never;
  const types = new Map([['plain', definition]]);
  resolver = connectionResolver({ store, types, sealer, environment: 'dev', now: () => nowMs });
});
const secrets = async () => (await resolver.byBinding('cn_1')).secrets;

it('reads and unseals a connection once for calls that come close together', async () => {
  expect(await Promise.all([secrets(), secrets()])).toEqual([['first'], ['first']]);
  expect(reads).toBe(1);
});

it('uses a changed secret at once when told, and soon when not', async () => {
  await secrets();
  record = aConnection('second');
  expect(await secrets()).toEqual(['first']);
  resolver.forget();
  expect(await secrets()).toEqual(['second']);
  record = aConnection('third');
  nowMs += 1_000;
  expect(await secrets()).toEqual(['third']);
});

it('does not remember that a connection was missing', async () => {
  record = null;
  await expect(resolver.byBinding('cn_1')).rejects.toMatchObject({ code: 'CONNECTION_MISSING' });
  record = aConnection('first');
  expect(await secrets()).toEqual(['first']);
});
