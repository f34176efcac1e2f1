import type { EffectEntry } from '@waybill/engine/ports';
import type { ConnectionRecord } from '@waybill/store';
import { openPolicy, openStore } from '@waybill/store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { flowDirectory } from '../flows/flow-directory.ts';
import { effectDirectory } from './effect-directory.ts';

const store = await openStore({ uri: 'sqlite::memory:' });
const effects = effectDirectory({ store, directory: flowDirectory(store), environment: 'prod' });
const connection: ConnectionRecord = {
  ...{ id: 'cn_Crm1', name: 'Salesforce of the firm', type: 'salesforce.account', fields: {}, secretsSet: [] },
  ...{ sealed: '', allowPrivateAddresses: false, lastTest: null, policy: openPolicy, updatedAt: 1, updatedBy: 'x' },
};
const entry: EffectEntry = {
  ...{ effectKey: 'k', businessEffectKey: 'b', runId: 'r' as never, flowId: 'gone' as never, versionId: 'v' as never },
  ...{ step: 'save', nodeType: 'salesforce.upsert', nodeTitle: 'Save', generation: 0, attempt: 1, state: 'confirmed' },
  ...{ safety: 'natural', connection: 'crm', businessKey: 'D-1', correlationId: 'c', mode: 'live', inputHash: null },
  ...{ firstAt: 1, updatedAt: 2, note: null },
};

beforeAll(async () => {
  await store.connections.insert(connection);
  const bound = { connectionId: connection.id, updatedAt: 1 };
  await store.roleBindings.put({ ...bound, environment: 'prod', role: 'crm' });
  await store.roleBindings.put({ ...bound, environment: 'test', role: 'sales' });
});
afterAll(() => store.close());

it('finds what was written through a connection or through a role that is bound to it here', async () => {
  expect(await effects.filter({ connection: 'crm' })).toEqual({ connections: ['crm', 'cn_Crm1'] });
  expect(await effects.filter({ connection: 'cn_Crm1' })).toEqual({ connections: ['cn_Crm1', 'crm'] });
  expect(await effects.filter({ connection: 'psa' })).toEqual({ connections: ['psa'] });
});

it('names connections as they are bound now, and says where none is bound', async () => {
  const unbound = { ...entry, connection: 'psa' };
  const internal = { ...entry, connection: null };
  expect((await effects.views([entry, unbound, internal])).map((view) => view.connection)).toEqual([
    { binding: 'crm', id: 'cn_Crm1', name: 'Salesforce of the firm' },
    { binding: 'psa', id: null, name: null },
    null,
  ]);
});

it('says which states there are when one does not exist', async () => {
  await expect(effects.filter({ state: 'confirmed,done' })).rejects.toMatchObject({
    message: 'There is no state "done".',
    fix: expect.stringContaining('confirmed') as string,
  });
});
