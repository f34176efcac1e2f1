import type { Send } from '@waybill/node-sdk/contract';
import { nodeContract, runNode, undoNode } from '@waybill/node-sdk/contract';
import { expect, it } from 'vitest';
import { externalIdKey, replacedSublists } from './client.ts';
import { createRecord } from './create-record.ts';
import { getRecord } from './get-record.ts';
import { suiteql } from './suiteql.ts';
import { transformRecord } from './transform-record.ts';
import { updateRecord } from './update-record.ts';
import { upsertRecord } from './upsert-record.ts';

const REST = '/services/rest/record/v1' as const;
const HOST = `https://acct.suitetalk.api.netsuite.com${REST}`;
const saved = (type: string, id: string) => ({ status: 204, headers: { location: `${HOST}/${type}/${id}` } });
const problem = (status: number, code: string, detail: string, path?: string) => ({
  status,
  json: {
    title: 'Bad Request',
    status,
    'o:errorDetails': [{ detail, 'o:errorCode': code, ...(path ? { 'o:errorPath': path } : {}) }],
  },
});
const gone = problem(404, 'NONEXISTENT_ID', 'The record instance does not exist.');

const sql = 'SELECT id FROM customer ORDER BY id';
const sqlPage = (limit: number, offset: number) =>
  `POST /services/rest/query/v1/suiteql?limit=${limit}&offset=${offset}` as const;
nodeContract(suiteql, {
  fixtures: [
    {
      name: 'reads page after page and drops links',
      params: { query: sql, maxRows: 3 },
      exchanges: [
        {
          request: sqlPage(3, 0),
          body: { q: sql },
          reply: {
            status: 200,
            json: {
              hasMore: true,
              totalResults: 3,
              items: [
                { links: [], id: '1' },
                { links: [], id: '2' },
              ],
            },
          },
        },
        {
          request: sqlPage(1, 2),
          reply: { status: 200, json: { hasMore: false, totalResults: 3, items: [{ links: [], id: '3' }] } },
        },
      ],
      expect: { port: 'done', value: { rows: [{ id: '1' }, { id: '2' }, { id: '3' }], total: 3, truncated: false } },
    },
    {
      name: 'stops at the limit and says so',
      params: { query: sql, maxRows: 1 },
      exchanges: [
        {
          request: sqlPage(1, 0),
          reply: { status: 200, json: { hasMore: true, totalResults: 9, items: [{ id: '1' }] } },
        },
      ],
      expect: { port: 'done', value: { rows: [{ id: '1' }], total: 9, truncated: true } },
    },
  ],
});

it('asks for transient results, which SuiteQL insists on', async () => {
  const { requests } = await runNode(suiteql, {
    params: { query: sql },
    http: async () => ({ status: 200, headers: {}, body: '{"hasMore":false,"totalResults":0,"items":[]}' }),
  });
  expect(requests[0]?.headers).toMatchObject({ prefer: 'transient', 'x-correlation-id': 'correlation-1' });
});

nodeContract(getRecord, {
  fixtures: [
    {
      name: 'reads by external id',
      params: { recordType: 'customer', id: 'eid:ACME-1' },
      exchanges: [
        {
          request: `GET ${REST}/customer/eid:ACME-1?expandSubResources=true`,
          reply: { status: 200, json: { links: [], id: '107', companyName: 'Acme' } },
        },
      ],
      expect: { port: 'found', value: { id: '107', companyName: 'Acme' } },
    },
    {
      name: 'knows a missing record',
      params: { recordType: 'customer', id: '9' },
      exchanges: [{ request: `GET ${REST}/customer/9?expandSubResources=true`, reply: gone }],
      expect: { port: 'missing', value: { recordType: 'customer', id: '9' } },
    },
    {
      name: 'refuses a type that is none',
      params: { recordType: 'a/b', id: '1' },
      expect: { error: 'NETSUITE_TYPE_INVALID' },
    },
  ],
});

const journal = { recordType: 'journalEntry', externalId: 'JE-1', fields: { memo: 'Accrual' } };
nodeContract(createRecord, {
  fixtures: [
    {
      name: 'creates under its external id',
      params: journal,
      exchanges: [
        {
          request: `POST ${REST}/journalEntry`,
          body: { memo: 'Accrual', externalId: 'JE-1' },
          reply: saved('journalEntry', '9001'),
        },
      ],
      expect: { port: 'done', value: { type: 'journalEntry', id: '9001', externalId: 'JE-1', created: true } },
    },
    {
      name: 'marks a record without external id with the effect key',
      params: { recordType: 'journalEntry', fields: {} },
      idempotencyKey: 'run:1/step#1',
      exchanges: [
        {
          request: `POST ${REST}/journalEntry`,
          body: { externalId: 'wb-run-1-step-1' },
          reply: saved('journalEntry', '9002'),
        },
      ],
      expect: {
        port: 'done',
        value: { type: 'journalEntry', id: '9002', externalId: 'wb-run-1-step-1', created: true },
      },
    },
    {
      name: 'looks first when it is tried again',
      params: journal,
      attempt: 2,
      exchanges: [{ request: `GET ${REST}/journalEntry/eid:JE-1`, reply: { status: 200, json: { id: '9001' } } }],
      expect: { port: 'done', value: { type: 'journalEntry', id: '9001', externalId: 'JE-1', created: false } },
    },
    {
      name: 'creates on a second attempt when the first left nothing',
      params: journal,
      attempt: 2,
      exchanges: [
        { request: `GET ${REST}/journalEntry/eid:JE-1`, reply: gone },
        { request: `POST ${REST}/journalEntry`, reply: saved('journalEntry', '9001') },
      ],
      expect: { port: 'done' },
    },
    {
      name: 'refuses an external id NetSuite would refuse',
      params: { ...journal, externalId: 'a b' },
      expect: { error: 'NETSUITE_EXTERNAL_ID_INVALID' },
    },
  ],
  probes: [
    {
      name: 'finds what a lost answer left',
      params: journal,
      exchanges: [{ request: `GET ${REST}/journalEntry/eid:JE-1`, reply: { status: 200, json: { id: 9001 } } }],
      finds: { port: 'done', value: { type: 'journalEntry', id: '9001', externalId: 'JE-1' } },
    },
    {
      name: 'finds nothing',
      params: journal,
      exchanges: [{ request: `GET ${REST}/journalEntry/eid:JE-1`, reply: gone }],
      finds: null,
    },
  ],
});

const order = { id: 'eid:SO-1', externalId: 'INV-1' };
nodeContract(transformRecord, {
  fixtures: [
    {
      name: 'bills an order',
      params: { ...order, fields: { memo: 'November' } },
      exchanges: [
        {
          request: `POST ${REST}/salesOrder/eid:SO-1/!transform/invoice`,
          body: { memo: 'November', externalId: 'INV-1' },
          reply: saved('invoice', '9002'),
        },
      ],
      expect: { port: 'done', value: { type: 'invoice', id: '9002', externalId: 'INV-1', created: true } },
    },
  ],
  probes: [
    {
      name: 'finds the invoice',
      params: order,
      exchanges: [{ request: `GET ${REST}/invoice/eid:INV-1`, reply: { status: 200, json: { id: '9002' } } }],
      finds: { port: 'done' },
    },
    {
      name: 'finds none',
      params: order,
      exchanges: [{ request: `GET ${REST}/invoice/eid:INV-1`, reply: gone }],
      finds: null,
    },
  ],
});

nodeContract(updateRecord, {
  fixtures: [
    {
      name: 'replaces the lines it gives',
      params: { recordType: 'salesOrder', id: '5', fields: { memo: 'x', item: { items: [{ quantity: 1 }] } } },
      exchanges: [
        {
          request: `GET ${REST}/salesOrder/5?expandSubResources=true`,
          reply: {
            status: 200,
            json: {
              links: [],
              id: '5',
              total: 20,
              item: {
                links: [],
                totalResults: 1,
                items: [{ links: [], line: 1, quantity: 4, item: { id: '3', refName: 'Day' } }],
              },
            },
          },
        },
        { request: `PATCH ${REST}/salesOrder/5?replace=item`, reply: { status: 204 } },
      ],
      expect: {
        port: 'done',
        value: {
          type: 'salesOrder',
          id: '5',
          before: { was: 'there', fields: { memo: null, item: { items: [{ quantity: 4, item: { id: '3' } }] } } },
        },
      },
    },
    {
      name: 'reads the internal id of a record named by its external id',
      params: { recordType: 'customer', id: 'eid:A', fields: { email: 'a@b.example' } },
      exchanges: [
        { request: `GET ${REST}/customer/eid:A`, reply: { status: 200, json: { id: '7', email: 'old@b.example' } } },
        { request: `PATCH ${REST}/customer/eid:A`, reply: saved('customer', '7') },
      ],
      expect: {
        port: 'done',
        value: { type: 'customer', id: '7', before: { was: 'there', fields: { email: 'old@b.example' } } },
      },
    },
    {
      name: 'saves the look before when it need not be taken back',
      params: { recordType: 'customer', id: '7', fields: { email: 'a@b.example' }, keepBefore: false },
      exchanges: [{ request: `PATCH ${REST}/customer/7`, reply: saved('customer', '7') }],
      expect: { port: 'done', value: { type: 'customer', id: '7', before: { was: 'unknown', why: 'not-kept' } } },
    },
  ],
});

nodeContract(upsertRecord, {
  fixtures: [
    {
      name: 'puts by external id',
      params: { recordType: 'customer', externalId: 'ACME-1', fields: { companyName: 'Acme' } },
      exchanges: [
        { request: `GET ${REST}/customer/eid:ACME-1`, reply: gone },
        { request: `PUT ${REST}/customer/eid:ACME-1`, body: { companyName: 'Acme' }, reply: saved('customer', '107') },
      ],
      expect: { port: 'done', value: { type: 'customer', id: '107', externalId: 'ACME-1', before: { was: 'absent' } } },
    },
  ],
});

it('names every sublist of a body to be replaced, and nothing else', () => {
  expect(replacedSublists({ item: { items: [] }, line: { items: [] }, subsidiary: { id: '1' }, memo: 'x' })).toBe(
    'item,line',
  );
  expect(replacedSublists({ memo: 'x' })).toBeUndefined();
  expect(() => externalIdKey('../1')).toThrow('external id');
});

it.each([
  [problem(401, 'INVALID_LOGIN', 'Invalid login attempt.'), { code: 'NETSUITE_LOGIN_SUSPECT', engine: 'retry' }],
  [{ status: 401 }, { code: 'NETSUITE_LOGIN_SUSPECT', engine: 'retry' }],
  [problem(429, 'CONCURRENCY_LIMIT_EXCEEDED', 'limit'), { code: 'NETSUITE_LIMIT_REACHED', engine: 'retry' }],
  [problem(429, 'SOMETHING', 'limit'), { code: 'PROVIDER_THROTTLED', engine: 'retry' }],
  [problem(400, 'SSS_REQUEST_LIMIT_EXCEEDED', 'limit'), { code: 'NETSUITE_LIMIT_REACHED', engine: 'retry' }],
  [problem(400, 'RCRD_HAS_BEEN_CHANGED', 'changed'), { code: 'NETSUITE_RECORD_CHANGED', engine: 'retry' }],
  [problem(403, 'INSUFFICIENT_PERMISSION', 'no'), { code: 'NETSUITE_ACCESS_REFUSED', engine: 'stop', owner: 'user' }],
  [problem(400, 'USER_ERROR', 'This entity already exists.'), { code: 'NETSUITE_DUPLICATE', engine: 'stop' }],
  [problem(500, 'UNEXPECTED_ERROR', 'oops'), { code: 'PROVIDER_UNAVAILABLE', engine: 'retry' }],
])('reads %o as %o', async (reply, { code, ...details }) => {
  const failure = runNode(upsertRecord, {
    params: { recordType: 'customer', externalId: 'A', fields: {}, keepBefore: false },
    http: [{ request: `PUT ${REST}/customer/eid:A`, reply }],
  });
  await expect(failure).rejects.toMatchObject({ code, details });
});

it('says which field NetSuite complains about', async () => {
  const reply = problem(400, 'USER_ERROR', 'Please enter a value.', 'subsidiary');
  const failure = runNode(upsertRecord, {
    params: { recordType: 'customer', externalId: 'A', fields: {}, keepBefore: false },
    http: [{ request: `PUT ${REST}/customer/eid:A`, reply }],
  });
  await expect(failure).rejects.toThrow('subsidiary: Please enter a value. (USER_ERROR)');
});

it('takes back the record it created, gone or not, and lets one stay that may have been there before', async () => {
  const read = `GET ${REST}/journalEntry/9001`;
  const deletion = `DELETE ${REST}/journalEntry/9001`;
  for (const [created, status, calls] of [
    [true, 200, [read, deletion]],
    [true, 404, [read]],
    [false, 200, []],
  ] as const) {
    const value = { type: 'journalEntry', id: '9001', externalId: 'JE-1', created };
    const http: Send = async ({ method }) =>
      method === 'GET'
        ? { status, headers: {}, body: JSON.stringify(status === 200 ? { id: '9001', memo: 'Accrual' } : {}) }
        : { status: 204, headers: {}, body: '' };
    const { requests } = await undoNode(createRecord, { params: journal, emitted: { port: 'done', value }, http });
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual(calls);
  }
});
