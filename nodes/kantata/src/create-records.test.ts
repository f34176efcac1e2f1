import type { Exchange } from '@waybill/node-sdk/contract';
import { nodeContract, undoNode } from '@waybill/node-sdk/contract';
import { expect, it } from 'vitest';
import { createRecords } from './create-records.ts';

const API = '/api/v1' as const;
type Row = { id: string; [field: string]: unknown };
const answer = (rows: Row[], more: object = {}) => ({
  status: 200,
  json: {
    count: rows.length,
    results: rows.map(({ id }) => ({ key: 'expenses', id })),
    expenses: Object.fromEntries(rows.map((row) => [row.id, row])),
    ...more,
  },
});
const lookUp = (refs: string, reply: Exchange['reply']): Exchange => ({
  request: `GET ${API}/expenses?order=created_at%3Aasc&external_reference_service_name=card-provider&external_reference_service_model_refs=${refs}&include=external_references&page=1&per_page=200`,
  reply,
});
const linked = (id: string, ref: string) => ({
  external_references: {
    [`r${id}`]: {
      id: `r${id}`,
      subject_id: id,
      service_name: 'card-provider',
      service_model: 'Transaction',
      service_model_ref: ref,
    },
  },
});
const expense = (project: string, cents: number) => ({ workspace_id: project, amount_in_cents: cents });
const mark = (ref: string) => `[waybill card-provider/Transaction/${ref}]`;
const from = { resource: 'expenses', serviceName: 'card-provider', serviceModel: 'Transaction' } as const;
const batch = {
  ...from,
  records: [
    { ref: 'T1', fields: expense('77', 1_250) },
    { ref: 'T2', fields: expense('78', 990) },
    { ref: 'T1', fields: expense('77', 1_250) },
  ],
};

nodeContract(createRecords, {
  fixtures: [
    {
      name: 'creates what is not there, once although it comes twice, and leaves alone what is',
      params: batch,
      exchanges: [
        lookUp('T1%2CT2', answer([{ id: '9' }], linked('9', 'T2'))),
        {
          request: `POST ${API}/expenses`,
          body: { expense: { ...expense('77', 1_250), notes: mark('T1') } },
          reply: answer([{ id: '8', notes: mark('T1') }]),
        },
        { request: `POST ${API}/external_references`, reply: answer([{ id: 'r8' }]) },
      ],
      expect: {
        port: 'done',
        value: {
          ...{ created: 1, known: 1, ids: { T1: '8', T2: '9' }, createdIds: ['8'] },
          results: ['8', '9', '8'].map((id) => ({ success: true, id, error: null })),
        },
      },
    },
    {
      name: 'has nothing to do for an empty batch',
      params: { ...from, records: [] },
      expect: { port: 'done', value: { created: 0, known: 0, ids: {}, createdIds: [], results: [] } },
    },
    {
      name: 'refuses a record that nothing identifies',
      params: { ...from, records: [{ fields: expense('77', 1) }] },
      expect: { error: 'KANTATA_RECORDS_INVALID' },
    },
  ],
  probes: [
    {
      name: 'looks for a lost batch in its projects, and is not satisfied with half of it',
      params: batch,
      exchanges: [
        lookUp('T1%2CT2', answer([])),
        {
          request: `GET ${API}/expenses?order=created_at%3Aasc&workspace_id=77%2C78&updated_after=2026-10-21T08%3A00%3A00.000Z&page=1&per_page=200`,
          reply: answer([{ id: '8', notes: mark('T1') }]),
        },
        { request: `POST ${API}/external_references`, reply: answer([{ id: 'r8' }]) },
      ],
      finds: null,
    },
    {
      name: 'finds a batch that was written whole',
      params: { ...from, records: [{ ref: 'T2', fields: expense('78', 990) }] },
      exchanges: [lookUp('T2', answer([{ id: '9' }], linked('9', 'T2')))],
      finds: { port: 'done' },
    },
  ],
});

it('takes back only the records it created', async () => {
  const value = { created: 1, known: 1, ids: { T1: '8', T2: '9' }, createdIds: ['8'] };
  const { requests, logs } = await undoNode(createRecords, {
    params: { resource: 'expenses', records: [] },
    emitted: { port: 'done', value },
    http: async () => ({ status: 204, headers: {}, body: '' }),
  });
  expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([`DELETE ${API}/expenses/8`]);
  expect(logs[0]?.message).toContain('1 of 2 were there before');
});
