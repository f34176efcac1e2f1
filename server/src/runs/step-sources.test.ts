import type { JournalRecord } from '@waybill/engine';
import { memoryBlobs } from '@waybill/engine/memory';
import type { SequencedRecord } from '@waybill/engine/ports';
import type { RunId } from '@waybill/flow-model';
import { expect, it } from 'vitest';
import { stepSourceReader } from './step-sources.ts';

const at = 1_000;
const tried = { at, attempt: 1, startedAt: at };
const runId = 'r1' as RunId;

/** A reader of these records, and how many of them it read. */
function aReader(records: JournalRecord[]) {
  const read = { records: 0 };
  const journal = {
    async read(_: RunId, after: number, limit: number): Promise<SequencedRecord[]> {
      const found = records.slice(after, after + limit).map((record, index) => ({ seq: after + 1 + index, record }));
      read.records += found.length;
      return found;
    },
  };
  const blobs = memoryBlobs();
  return { read, blobs, sources: stepSourceReader(journal, blobs) };
}

it('reads the journal once, and after that only the records that have the data', async () => {
  const records = Array.from({ length: 800 }, (_, index): JournalRecord => {
    const step = `each[${index}]/work`;
    return { ...tried, type: 'step-succeeded', step, port: 'out', input: { v: index }, output: { v: `done ${index}` } };
  });
  const { read, sources } = aReader(records);
  expect(await sources(runId, 'each[0]/work')).toMatchObject({ input: { v: 0 }, output: { v: 'done 0' } });
  const whole = read.records;
  expect(await sources(runId, 'each[700]/work')).toMatchObject({ input: { v: 700 }, output: { v: 'done 700' } });
  expect(read.records - whole).toBeLessThan(5);
  expect(await sources(runId, 'each[900]/work')).toBeNull();
});

it('has the newest input and no output of an attempt that is under way, and what persons gave', async () => {
  const intent = { ...tried, type: 'step-intent', step: 'write', effectKey: 'k', inputHash: '' } as const;
  const done = { ...tried, type: 'step-succeeded', step: 'write', port: 'out', output: { v: 'old' } } as const;
  const message = { kind: 'retry-step', step: 'write', by: 'ann', edited: { a: 2 } } as const;
  const { sources } = aReader([
    { ...intent, input: { v: { a: 1 } } },
    done,
    { at: at + 1, type: 'inbox', key: 'k1', message },
    { ...intent, attempt: 2, input: { v: { a: 2 } } },
  ]);
  expect(await sources(runId, 'write', 5)).toEqual({
    ...{ input: { v: { a: 2 } }, params: null, output: null, log: [] },
    edits: [{ at: at + 1, by: 'ann', reason: null, before: { a: 1 }, after: { a: 2 } }],
  });
});

it('shows what was changed in a record of a record that had been sent again before', async () => {
  const { blobs, sources } = aReader([]);
  const partOf = async (record: object) => {
    const batch = { records: [record], rows: [1], keys: ['A'] };
    return { blob: await blobs.put(Buffer.from(JSON.stringify(batch))), sizeBytes: 1 };
  };
  const [first, second, third] = await Promise.all([{ n: 1 }, { n: 2 }, { n: 3 }].map(partOf));
  if (!first || !second || !third) throw new Error('no parts');
  const entered: JournalRecord = {
    ...{ at, type: 'container-entered', step: 'each', items: { v: [] }, parts: [first], count: 1 },
    ...{ concurrency: 1, onItemError: 'stop', startedAt: at },
  };
  const again = (part: typeof first, batch: number, edited: boolean): JournalRecord => ({
    ...{ at: at + batch, type: 'inbox', key: `k${batch}` },
    message: {
      ...{ kind: 'retry-records', step: 'each', asOf: 1, by: 'ann', reason: 'wrong' },
      batches: [{ part, from: [{ batch, at: [0] }], ...(edited ? { edited: true } : {}) }],
    },
  });
  const success = (index: number): JournalRecord => ({
    ...{ ...tried, type: 'step-succeeded', step: `each[${index}]/write`, port: 'out', output: { v: null } },
  });
  const records = [entered, again(second, 0, true), success(1), again(third, 1, true), success(2)];
  const later = aReader(records);
  for (const [index, record] of [{ n: 1 }, { n: 2 }, { n: 3 }].entries())
    expect(await later.blobs.put(Buffer.from(JSON.stringify({ records: [record], rows: [1], keys: ['A'] })))).toBe(
      [first, second, third][index]?.blob,
    );
  expect((await later.sources(runId, 'each[2]/write', 5))?.edits).toMatchObject([
    { before: { n: 2 }, after: { n: 3 } },
  ]);
  expect((await later.sources(runId, 'each[1]/write', 5))?.edits).toMatchObject([
    { before: { n: 1 }, after: { n: 2 } },
  ]);
  expect(await sources(runId, 'each[1]/write')).toBeNull();
});
