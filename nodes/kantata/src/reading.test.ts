import { nodeContract, runNode } from '@waybill/node-sdk/contract';
import { expect, it } from 'vitest';
import { singularOf } from './client.ts';
import { findByReference } from './find-by-reference.ts';
import { get } from './get.ts';
import { list } from './list.ts';

const API = '/api/v1' as const;

function answer(resource: string, rows: { id: string; [field: string]: unknown }[], more: object = {}) {
  // The map is in another order than `results`, as it may be on the wire.
  const map = Object.fromEntries(rows.toReversed().map((row) => [row.id, row]));
  return {
    status: 200,
    json: { count: rows.length, results: rows.map(({ id }) => ({ key: resource, id })), [resource]: map, ...more },
  };
}

nodeContract(list, {
  fixtures: [
    {
      name: 'keeps the order of the results and gathers what was loaded along',
      params: { resource: 'time_entries', filters: { approved: true, workspace_id: ['77', '78'] }, include: 'user' },
      exchanges: [
        {
          request: `GET ${API}/time_entries?order=created_at%3Aasc&approved=true&workspace_id=77%2C78&include=user&page=1&per_page=200`,
          reply: answer('time_entries', [{ id: '9' }, { id: '10' }, { id: '2' }], { user: { '31': { id: '31' } } }),
        },
      ],
      expect: {
        port: 'done',
        value: {
          rows: [{ id: '9' }, { id: '10' }, { id: '2' }],
          related: { user: [{ id: '31' }] },
          total: 3,
          truncated: false,
        },
      },
    },
    {
      name: 'refuses a resource that is none',
      params: { resource: '../users' },
      expect: { error: 'KANTATA_RESOURCE_INVALID' },
    },
  ],
});

it('reads all pages and keeps a row that moved between them once', async () => {
  const page = (from: number, to: number) => {
    const ids = Array.from({ length: to - from }, (_, index) => String(from + index));
    const { json } = answer(
      'stories',
      ids.map((id) => ({ id })),
    );
    return { status: 200, headers: {}, body: JSON.stringify({ ...json, count: 250 }) };
  };
  const { outcome, requests } = await runNode(list, {
    params: { resource: 'stories' },
    http: async ({ url }) => (url.includes('page=1&') ? page(0, 200) : page(199, 250)),
  });
  expect(requests).toHaveLength(2);
  expect(outcome).toMatchObject({ value: { total: 250, truncated: false, rows: { length: 250 } } });
});

it('says so when it stops at the limit', async () => {
  const rows = Array.from({ length: 5 }, (_, index) => ({ id: String(index) }));
  const { outcome, logs } = await runNode(list, {
    params: { resource: 'stories', maxRows: 3 },
    http: async () => ({ status: 200, headers: {}, body: JSON.stringify(answer('stories', rows).json) }),
  });
  expect(outcome).toMatchObject({ value: { truncated: true, rows: { length: 3 } } });
  expect(logs).toMatchObject([{ level: 'warn' }]);
});

nodeContract(get, {
  fixtures: [
    {
      name: 'reads one',
      params: { resource: 'workspaces', id: '77' },
      exchanges: [{ request: `GET ${API}/workspaces/77`, reply: answer('workspaces', [{ id: '77', title: 'Acme' }]) }],
      expect: { port: 'found', value: { id: '77', title: 'Acme' } },
    },
    {
      name: 'knows a missing one',
      params: { resource: 'workspaces', id: '9' },
      exchanges: [
        { request: `GET ${API}/workspaces/9`, reply: { status: 404, json: { errors: [{ message: 'none' }] } } },
      ],
      expect: { port: 'missing', value: { resource: 'workspaces', id: '9' } },
    },
  ],
});

const lookUp =
  `GET ${API}/workspaces?order=created_at%3Aasc&external_reference_service_name=salesforce&external_reference_service_model_refs=006&include=external_references&page=1&per_page=200` as const;
const link = (model: string) => ({
  external_references: {
    '1': { id: '1', subject_id: '77', service_name: 'salesforce', service_model: model, service_model_ref: '006' },
  },
});
nodeContract(findByReference, {
  fixtures: [
    {
      name: 'finds by the whole reference',
      params: { ref: '006' },
      exchanges: [{ request: lookUp, reply: answer('workspaces', [{ id: '77', title: 'Acme' }], link('Opportunity')) }],
      expect: { port: 'found', value: { id: '77', title: 'Acme' } },
    },
    {
      name: 'does not take a reference of another kind',
      params: { ref: '006' },
      exchanges: [{ request: lookUp, reply: answer('workspaces', [{ id: '77' }], link('Account')) }],
      expect: { port: 'missing', value: { resource: 'workspaces', ref: '006' } },
    },
  ],
});

it.each([
  ['stories', 'story'],
  ['time_entries', 'time_entry'],
  ['expenses', 'expense'],
  ['workspaces', 'workspace'],
])('writes one of %s under "%s"', (plural, singular) => {
  expect(singularOf(plural)).toBe(singular);
});

it.each([
  [
    { status: 422, json: { errors: [{ type: 'validation', message: 'is too long', field: 'title' }] } },
    { code: 'KANTATA_VALIDATION', engine: 'stop', owner: 'user' },
  ],
  [
    { status: 403, json: { errors: [{ type: 'oauth', message: 'no' }] } },
    { code: 'KANTATA_ACCESS_REFUSED', engine: 'stop' },
  ],
  [
    { status: 401, json: { errors: [{ type: 'oauth', message: 'no' }] } },
    { code: 'CREDENTIAL_REFUSED', engine: 'pause' },
  ],
  [
    { status: 400, json: { errors: [{ type: 'system', message: 'bad' }] } },
    { code: 'KANTATA_REFUSED', engine: 'stop' },
  ],
  [
    { status: 429, json: { errors: [{ type: 'system', message: 'slow down' }] } },
    { code: 'PROVIDER_THROTTLED', engine: 'retry' },
  ],
  [
    { status: 504, text: 'timeout' },
    { code: 'PROVIDER_UNAVAILABLE', engine: 'retry' },
  ],
])('reads %o as %o', async (reply, { code, ...details }) => {
  const failure = runNode(get, {
    params: { resource: 'users', id: '1' },
    http: [{ request: `GET ${API}/users/1`, reply }],
  });
  await expect(failure).rejects.toMatchObject({ code, details });
});
