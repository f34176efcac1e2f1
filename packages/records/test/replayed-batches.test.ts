import type { RecordsEnd, RecordsPass, StoredValue } from '@waybill/engine/ports';
import type { JsonValue } from '@waybill/flow-model';
import type { RecordSink } from '@waybill/node-sdk';
import { expect, it } from 'vitest';
import { checkpointLedger, recordStreams } from '../src/streams/index.ts';
import { aJob, aStreamBench, batchesOf, csvFile, toBatches } from './stream-bench.ts';

const still = new AbortController().signal;
type Bench = ReturnType<typeof aStreamBench>;

const fileOf = (rows: readonly string[]): Buffer => Buffer.from(`invoice,amount\n${rows.join('\n')}\n`);

/** @param crashAfter chunks after which everything but the checkpoint is lost. */
async function cut(bench: Bench, rows: readonly string[], sink: RecordSink, written: StoredValue[], crashAfter = 0) {
  bench.files.files.set('in.csv', fileOf(rows));
  const job = aJob(csvFile('in.csv'), sink, { written });
  const streams = recordStreams(bench.parts);
  let pass: RecordsPass = await streams.open(job, null, still);
  for (let chunks = 1; ; chunks += 1) {
    const chunk = await pass.next();
    if (!chunk.ok) throw new Error(chunk.error.what);
    const kept = JSON.parse(JSON.stringify(await pass.checkpoint())) as JsonValue;
    if (chunk.isLast) {
      const end: RecordsEnd = await pass.finish();
      if (end.is !== 'parts') throw new Error('no parts');
      const { errors } = checkpointLedger(kept);
      return { parts: end.parts, batches: await batchesOf(bench, end), errors, progress: chunk.progress };
    }
    if (chunks === crashAfter) pass = await streams.open(job, kept, still);
  }
}

const invoices = Array.from({ length: 10 }, (_, row) => `F-${row},${row * 10}`);
const byInvoice = toBatches({ size: 3, key: 'record.invoice' });

it('gives each record of a batch its key and its number in the file', async () => {
  const { batches } = await cut(aStreamBench(32), invoices, byInvoice, []);
  expect(batches.map(({ keys }) => keys)).toEqual([
    ['F-0', 'F-1', 'F-2'],
    ['F-3', 'F-4', 'F-5'],
    ['F-6', 'F-7', 'F-8'],
    ['F-9'],
  ]);
  expect(batches[1]).toMatchObject({ rows: [4, 5, 6], records: [{ invoice: 'F-3', amount: '30' }, {}, {}] });
  const { batches: numbered } = await cut(aStreamBench(32), invoices, toBatches({ size: 4 }), []);
  expect(numbered[2]).toMatchObject({ rows: [9, 10], keys: ['9', '10'] });
});

it.each([0, 1, 3])(
  'leaves what earlier runs wrote in its batches when the file has changed (crash after %i)',
  async (crash) => {
    const bench = aStreamBench(24);
    const first = await cut(bench, invoices, byInvoice, []);
    const written = [first.parts[0], first.parts[2]] as StoredValue[];
    const changed = ['F-new,1', ...invoices.slice(3), ...invoices.slice(0, 3), 'F-last,2'];
    const again = await cut(bench, changed, byInvoice, written, crash);
    expect(again.parts.slice(0, 2)).toEqual(written);
    expect(again.batches.slice(2).map(({ keys }) => keys)).toEqual([
      ['F-new', 'F-3', 'F-4'],
      ['F-5', 'F-9', 'F-last'],
    ]);
    expect(again.errors.count).toBe(0);
  },
);

it('sends no record that was written with other content, and says which it is', async () => {
  const bench = aStreamBench(1_000);
  const first = await cut(bench, invoices, byInvoice, []);
  const changed = invoices.map((row) => (row.startsWith('F-4,') ? 'F-4,41' : row));
  const again = await cut(bench, changed, byInvoice, first.parts.slice(0, 2));
  expect(again.batches.slice(2).map(({ keys }) => keys)).toEqual([['F-6', 'F-7', 'F-8'], ['F-9']]);
  expect(again.errors.recent).toMatchObject([
    { row: 5, what: 'an earlier run wrote the record with the key "F-4", or may have, with other content' },
  ]);
  expect(again.progress).toMatchObject({ rowsIn: 10, rowsOut: 9, errors: 1 });
});

it('makes a record error of a record without a key', async () => {
  const { errors, batches } = await cut(aStreamBench(1_000), ['F-1,1', ',2', 'F-3,3'], byInvoice, []);
  expect(batches.map(({ keys }) => keys)).toEqual([['F-1', 'F-3']]);
  expect(errors.recent).toMatchObject([{ row: 2, line: 3, what: 'it has no key' }]);
});

it('refuses to repeat batches of which it cannot be told what is in them', async () => {
  const bench = aStreamBench(1_000);
  const old: StoredValue = { blob: await bench.blobs.put(Buffer.from('{"records":[{"a":1}]}')), sizeBytes: 1 };
  await expect(cut(bench, invoices, byInvoice, [old])).rejects.toThrow(/RECORDS_BATCHES_WITHOUT_KEYS/);
});

it('knows twenty thousand records again and takes no other for one of them', async () => {
  const bench = aStreamBench(262_144);
  const rows = Array.from({ length: 20_000 }, (_, row) => `F-${row},${row}`);
  const sink = toBatches({ size: 2_000, key: 'record.invoice' });
  const first = await cut(bench, rows, sink, []);
  const again = await cut(bench, [...rows, 'F-more,1'], sink, first.parts);
  expect(again.parts).toHaveLength(11);
  expect(again.batches[10]).toMatchObject({ keys: ['F-more'], rows: [20_001] });
});
