import type { JsonValue, NodeOutcome } from '@waybill/node-sdk';
import { recordsHandle } from '@waybill/node-sdk';
import { nodeContract, runNode } from '@waybill/node-sdk/contract';
import { expect, it } from 'vitest';
import { codeRecords } from './code-records.ts';
import { counterpartRecords } from './counterpart-records.ts';
import { filterRecords } from './filter-records.ts';
import { firstRecords } from './first-records.ts';
import { forEachBatch } from './for-each-batch.ts';
import { lookupRecords } from './lookup-records.ts';
import { mapRecords } from './map-records.ts';
import { readRecords } from './read-records.ts';
import { totalRecords } from './total-records.ts';
import { writeRecords } from './write-records.ts';

const list = [{ hours: '7.5' }];
const stream = recordsHandle({ kind: 'list', items: list });
const fields = [{ name: 'hours', expression: '$number(record.hours)' }];

nodeContract(readRecords, {
  fixtures: [
    { name: 'names a file', params: { path: 'in/hours.csv' }, expect: { port: 'records' } },
    { name: 'takes text', params: { from: 'text', text: 'a,b\n1,2\n' }, expect: { port: 'records' } },
    { name: 'refuses no file at all', params: {}, expect: { error: 'RECORDS_FILE_MISSING' } },
  ],
});
nodeContract(mapRecords, {
  fixtures: [
    { name: 'adds to a stream', params: { fields }, input: { in: stream }, expect: { port: 'records' } },
    { name: 'makes a stream of a list', params: { fields }, input: { in: list }, expect: { port: 'records' } },
  ],
});
nodeContract(filterRecords, {
  fixtures: [
    {
      name: 'adds a condition',
      params: { keep: 'record.hours != ""' },
      input: { in: stream },
      expect: {
        port: 'records',
        value: {
          $records: {
            source: { kind: 'list', items: list },
            stages: [{ do: 'filter', step: 'step1', keep: 'record.hours != ""', values: {} }],
          },
        },
      },
    },
  ],
});
nodeContract(lookupRecords, {
  fixtures: [
    {
      name: 'adds a table',
      params: { table: 'centres', key: [{ name: 'code', expression: 'record.centre' }] },
      input: { in: stream },
      expect: { port: 'records' },
    },
  ],
});
nodeContract(counterpartRecords, {
  fixtures: [
    {
      name: 'adds a crosswalk',
      params: { entity: 'employee', fromSystem: 'hr', id: 'record.employee', toSystem: 'psa', into: 'psaId' },
      input: { in: stream },
      expect: { port: 'records' },
    },
  ],
});
nodeContract(codeRecords, {
  fixtures: [{ name: 'adds code', params: {}, input: { in: stream }, expect: { port: 'records' } }],
});
nodeContract(totalRecords, {
  fixtures: [
    {
      name: 'adds up',
      params: { measures: [{ name: 'hours', kind: 'sum', expression: '$number(record.hours)' }] },
      input: { in: stream },
      expect: { do: 'process-records' },
    },
  ],
});
nodeContract(writeRecords, {
  fixtures: [
    { name: 'writes', params: { path: 'out/hours.csv' }, input: { in: stream }, expect: { do: 'process-records' } },
  ],
});
nodeContract(forEachBatch, {
  fixtures: [{ name: 'makes batches', params: {}, input: { in: stream }, expect: { do: 'process-records' } }],
});
nodeContract(firstRecords, {
  fixtures: [{ name: 'takes some', params: {}, input: { in: stream }, expect: { do: 'process-records' } }],
});

it('keeps the stages in the order of the steps', async () => {
  const mapped = await runNode(mapRecords, { params: { fields }, input: { in: list } });
  const filtered = await runNode(filterRecords, {
    params: { keep: 'record.hours > 1' },
    input: { in: emittedBy(mapped.outcome) },
  });
  expect(emittedBy(filtered.outcome)).toMatchObject({ $records: { stages: [{ do: 'map' }, { do: 'filter' }] } });
});

const emittedBy = (outcome: NodeOutcome): JsonValue => ('port' in outcome && 'value' in outcome ? outcome.value : null);
