import type { JournalRecord } from '@waybill/engine';
import { memoryBlobs } from '@waybill/engine/memory';
import type { SequencedRecord } from '@waybill/engine/ports';
import type { RecordState, RunId } from '@waybill/flow-model';
import type { BatchSource } from '@waybill/records/streams';
import { outcomesFrom } from '@waybill/records/streams';
import { expect, it } from 'vitest';
import { StreamStory } from './stream-story.ts';

const at = 1_000;
const saved = (id: string) => ({ success: true, id, error: null });
const refused = { success: false, id: null, error: 'REQUIRED_FIELD_MISSING: Name' };
const written = (batch: number, output: object): JournalRecord[] => {
  const step = `each[${batch}]/upsert`;
  const intent = { at, type: 'step-intent', step, attempt: 1, effectKey: `key-${batch}`, inputHash: '' } as const;
  const success = { at, type: 'step-succeeded', step, attempt: 1, port: 'partial', startedAt: at } as const;
  return [
    { ...intent, input: { v: null } },
    { ...success, output: output as { v: null } },
  ];
};

/** Two batches of two records and what a system answered to each; the second answer is too large for a journal. */
async function aStory(answers: [object[], object[]]) {
  const blobs = memoryBlobs();
  const put = (value: object) => blobs.put(Buffer.from(JSON.stringify(value)));
  const parts = [];
  for (const first of [1, 3]) {
    const rows = [first, first + 1];
    const batch = { records: rows.map((row) => ({ row })), rows, keys: rows.map((row) => `F-${row}`) };
    parts.push({ blob: await put(batch), sizeBytes: 1 });
  }
  const large = { blob: await put({ results: answers[1] }), sizeBytes: 1 };
  const entered = { at, type: 'container-entered', step: 'each', parts, count: 2 } as const;
  const records = [
    { ...entered, items: { v: [] }, concurrency: 1, onItemError: 'stop' as const, startedAt: at },
    ...written(0, { v: { results: answers[0] } }),
    ...written(1, large),
  ].map((record, index): SequencedRecord => ({ seq: index + 1, record }));
  const journal = { read: async (_: RunId, after: number, limit: number) => records.slice(after, after + limit) };
  const runId = 'r1' as RunId;
  const answersPerRecord = (step: string) => step.endsWith('/upsert');
  const story = new StreamStory({ runId, step: 'each', journal, blobs, answersPerRecord });
  for (const record of records) await story.take(record);
  const batches: BatchSource = {
    parts,
    became: (index) => story.outcomes.at(index),
    refusedIn: (index) => story.refusedIn(index, 2),
    resultsOf: (index) => story.resultsOf(index, 2),
    retakenIn: (index) => story.retakenIn(index),
  };
  return { story, blobs, source: { errors: { count: 0, head: null, recent: [] }, batches, file: null } };
}
async function listed({ blobs, source }: Awaited<ReturnType<typeof aStory>>, wanted?: RecordState) {
  const found: unknown[][] = [];
  for await (const { outcome } of outcomesFrom(blobs, source, null, (state) => !wanted || state === wanted))
    if (outcome) found.push([outcome.key, outcome.state, outcome.what, outcome.effectKey]);
  return found;
}

it('tells of each record what its system answered, not only what became of its batch', async () => {
  const story = await aStory([
    [saved('001'), refused],
    [saved('003'), saved('004')],
  ]);
  expect(await listed(story)).toEqual([
    ['F-4', 'written', 'Saved as 004.', 'key-1'],
    ['F-3', 'written', 'Saved as 003.', 'key-1'],
    ['F-2', 'rejected', 'REQUIRED_FIELD_MISSING: Name', 'key-0'],
    ['F-1', 'written', 'Saved as 001.', 'key-0'],
  ]);
  expect((await listed(story, 'rejected')).map(([key]) => key)).toEqual(['F-2']);
  expect((await listed(story, 'written')).map(([key]) => key)).toEqual(['F-4', 'F-3', 'F-1']);
  expect([0, 1].map((batch) => story.story.refusedIn(batch, 2))).toEqual([1, 0]);
});

it('says of the batch alone where other records were sent than are in it', async () => {
  const story = await aStory([[refused], [saved('003'), refused]]);
  expect(await listed(story)).toEqual([
    ['F-4', 'rejected', 'REQUIRED_FIELD_MISSING: Name', 'key-1'],
    ['F-3', 'written', 'Saved as 003.', 'key-1'],
    ['F-2', 'written', null, 'key-0'],
    ['F-1', 'written', null, 'key-0'],
  ]);
});

it('counts nothing as refused that is being sent again', async () => {
  const story = await aStory([[saved('001'), refused], []]);
  const [intent] = written(0, { v: null });
  if (intent) await story.story.take({ seq: 6, record: intent });
  expect(story.story.refusedIn(0, 2)).toBe(0);
});

it('counts nothing as refused that was sent again and taken', async () => {
  const story = await aStory([[saved('001'), refused], []]);
  const again: SequencedRecord[] = written(0, { v: { results: [saved('001'), saved('002')] } }).map(
    (record, index) => ({ seq: 6 + index, record }),
  );
  for (const record of again) await story.story.take(record);
  expect(story.story.refusedIn(0, 2)).toBe(0);
});
