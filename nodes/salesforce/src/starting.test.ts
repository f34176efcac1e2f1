import { nodeContract, pollNode, TEST_NOW } from '@waybill/node-sdk/contract';
import { expect, it } from 'vitest';
import { dealEvent, uninterestingBecause } from './deal-event.ts';
import { changesQuery, recordChanged } from './record-changed.ts';

const won = {
  eventId: 'e1',
  event: 'Opportunity.updated',
  object: 'Opportunity',
  recordId: '006',
  changeType: 'UPDATE',
  changedFields: ['StageName'],
  commitTimestamp: 1_795_161_600_000,
  record: { Id: '006', StageName: 'Closed Won' },
};
const call = (body: object) => ({ event: { method: 'POST', headers: {}, query: {}, body: body as never } });
const address = { path: 'deals' };

nodeContract(dealEvent, {
  fixtures: [
    { name: 'passes a won deal on', params: address, input: call(won), expect: { port: 'changed', value: won } },
    {
      name: 'ignores a change of something else',
      params: address,
      input: call({ ...won, changedFields: ['Amount'] }),
      expect: { do: 'ignore' },
    },
    {
      name: 'sends an event without details the other way',
      params: address,
      input: call({ ...won, changeType: 'GAP_UPDATE', changedFields: [], record: null }),
      expect: { port: 'gap' },
    },
    {
      name: 'refuses what is no event',
      params: address,
      input: call({ hello: 1 }),
      expect: { error: 'SALESFORCE_EVENT_UNREADABLE' },
    },
  ],
});

const interest = { object: 'Opportunity', field: 'StageName', becomes: 'Closed Won' };
it.each([
  ['a deal created as won', { ...won, changeType: 'CREATE', changedFields: [] }, null],
  [
    'a deal that was lost',
    { ...won, record: { StageName: 'Closed Lost' } },
    'StageName became "Closed Lost", not "Closed Won".',
  ],
  ['another object', { ...won, object: 'Account' }, 'The event is about Account, not Opportunity.'],
  ['an event without a record', { ...won, record: null }, 'StageName became null, not "Closed Won".'],
])('judges %s', (_name, event, reason) => {
  expect(uninterestingBecause(event, interest)).toBe(reason);
});

it('takes any change when no field is named, and any value when none is', () => {
  expect(uninterestingBecause({ ...won, changedFields: ['Amount'] }, { object: 'Opportunity' })).toBeNull();
  expect(uninterestingBecause({ ...won, record: { StageName: 'Proposal' } }, { ...interest, becomes: '' })).toBeNull();
});

const wanted = { object: 'Opportunity', fields: 'Name', condition: undefined, overlapMs: 120_000 };
const since = '2026-11-20T08:00:00.000Z';
const path = (soql: string) => `GET /services/data/v62.0/query?q=${encodeURIComponent(soql)}` as const;
const row = (id: string, stamp: string) => ({ Id: id, SystemModstamp: `${stamp}.000+0000`, Name: `Deal ${id}` });

nodeContract(recordChanged, {
  fixtures: [
    {
      name: 'passes the record on',
      params: { object: 'Opportunity' },
      input: { event: row('1', '2026-11-20T08:00:30') },
      expect: { port: 'changed' },
    },
  ],
  polls: [
    {
      name: 'starts at the present',
      params: { object: 'Opportunity' },
      watermark: null,
      now: TEST_NOW,
      exchanges: [
        {
          request: path(changesQuery(wanted, since, null)),
          reply: { status: 200, json: { totalSize: 0, done: true, records: [] } },
        },
      ],
      expect: { events: [], watermark: { since, catchingUp: null } },
    },
    {
      name: 'moves on to the newest row',
      params: { object: 'Opportunity' },
      watermark: { since, catchingUp: null },
      exchanges: [
        {
          request: path(changesQuery(wanted, since, null)),
          reply: { status: 200, json: { totalSize: 1, done: true, records: [row('1', '2026-11-20T08:00:30')] } },
        },
      ],
      expect: {
        events: [{ id: '1@2026-11-20T08:00:30.000Z', data: row('1', '2026-11-20T08:00:30') }],
        watermark: { since: '2026-11-20T08:00:30.000Z', catchingUp: null },
      },
    },
    {
      name: 'does not move back for a row of the overlap',
      params: { object: 'Opportunity' },
      watermark: { since, catchingUp: null },
      exchanges: [
        {
          request: path(changesQuery(wanted, since, null)),
          reply: { status: 200, json: { totalSize: 1, done: true, records: [row('1', '2026-11-20T07:59:00')] } },
        },
      ],
      expect: {
        events: [{ id: '1@2026-11-20T07:59:00.000Z', data: row('1', '2026-11-20T07:59:00') }],
        watermark: { since, catchingUp: null },
      },
    },
  ],
});

it('looks back by the overlap, and goes on from the last row after a poll that was cut off', () => {
  expect(changesQuery({ ...wanted, condition: 'IsWon = true' }, since, null)).toBe(
    'SELECT Id, SystemModstamp, Name FROM Opportunity WHERE SystemModstamp >= 2026-11-20T07:58:00.000Z AND (IsWon = true) ORDER BY SystemModstamp, Id',
  );
  expect(changesQuery(wanted, since, '006')).toContain(
    `(SystemModstamp > ${since} OR (SystemModstamp = ${since} AND Id > '006'))`,
  );
});

it('reads the rest with the next poll when there is too much for one', async () => {
  const records = Array.from({ length: 10_001 }, (_, index) => row(`${index}`, '2026-11-20T08:00:30'));
  const page = { totalSize: 10_001, done: true, records };
  const polled = await pollNode(recordChanged, {
    params: { object: 'Opportunity' },
    watermark: { since, catchingUp: null },
    http: async () => ({ status: 200, headers: {}, body: JSON.stringify(page) }),
  });
  expect(polled.events).toHaveLength(10_000);
  expect(polled.watermark).toEqual({ since: '2026-11-20T08:00:30.000Z', catchingUp: '9999' });
});
