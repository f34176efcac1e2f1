import type { JsonValue, RunId } from '@waybill/flow-model';
import type { Directive } from '@waybill/node-sdk';
import { expect, it } from 'vitest';
import type { InboxMessage, RetriedBatch, StoredValue } from './journal-record.ts';
import type { RecordStreams } from './ports/index.ts';
import { aFlow } from './testing/flow-builder.ts';
import { anError, failed } from './testing/scripted-node-host.ts';
import { testBench } from './testing/test-bench.ts';

const ask: Directive = {
  do: 'process-records',
  stream: { source: { kind: 'list', items: [] }, stages: [] },
  sink: { into: 'batches', size: 2, concurrency: 1, onItemError: 'stop', key: '', values: {} },
  limits: { maxErrors: 0, maxErrorShare: 1 },
  port: 'done',
};
const progress = { rowsIn: 4, rowsOut: 4, errors: 0, bytesDone: null, bytesTotal: null };
const batchFlow = (more: Parameters<typeof aFlow>[0] = {}, edges: string[] = []) =>
  aFlow(
    {
      start: 'trigger',
      each: 'each',
      upsert: { is: 'answering', parent: 'each', params: { records: { $: 'item' } } },
      after: 'keyed',
      ...more,
    },
    ['start>each', 'each>after', ...edges],
  );

/** Two batches, a and b, c and d, of which the system refuses what is in `refusing`. */
function aBench(flow = batchFlow()) {
  const refusing = new Set<JsonValue>(['b', 'd']);
  const state = { hang: false, down: false };
  const partOf = async (records: string[]): Promise<StoredValue> => {
    const bytes = Buffer.from(JSON.stringify(records));
    return { blob: await bench.blobs.put(bytes), sizeBytes: bytes.length };
  };
  const streams: RecordStreams = {
    async open(job) {
      return {
        next: async () => ({ ok: true, progress, isLast: true, isWorthKeeping: true, tooMany: null }),
        checkpoint: async () => null,
        async finish() {
          const parts = job.written.length > 0 ? job.written : [await partOf(['a', 'b']), await partOf(['c', 'd'])];
          return { is: 'parts', parts, concurrency: 1, onItemError: 'stop' };
        },
        discard: async () => {},
        close: async () => {},
      };
    },
  };
  const bench = testBench(
    flow,
    {
      'test.each': () => ask,
      'test.answering': (call) => {
        if (state.hang) return new Promise(() => {});
        if (state.down) return failed(anError({ code: 'DOWN', engine: 'stop', effect: 'none' }));
        const records = call.scope.item as JsonValue[];
        return { port: 'out', value: { results: records.map((record) => ({ success: !refusing.has(record) })) } };
      },
    },
    { records: streams },
  );
  const callsOf = (nodeType: string) => bench.host.calls.filter((call) => call.nodeType === nodeType);
  const sent = () => callsOf('test.answering').map(({ scope }) => scope.item);
  const message = async (
    runId: RunId,
    batches: RetriedBatch[],
    more: Partial<Extract<InboxMessage, { kind: 'retry-records' }>> = {},
  ): Promise<InboxMessage> => {
    const { seq } = await bench.summary(runId);
    return { kind: 'retry-records', step: 'each', asOf: seq, batches, by: 'ann', reason: 'corrected', ...more };
  };
  /** Sends b again as it is. */
  const again = async (): Promise<RetriedBatch> => ({
    part: await partOf(['b']),
    from: [{ batch: 0, at: [1] }],
  });
  return { bench, refusing, state, callsOf, sent, message, again, partOf };
}

it('sends only what was refused again, under a key of its own, and repeats nothing that came after', async () => {
  const { bench, refusing, callsOf, sent, message, partOf } = aBench();
  const runId = await bench.start();
  expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded', note: 'record-errors' });
  expect(bench.recordsOf(runId, 'step-succeeded').flatMap(({ records }) => records ?? [])).toEqual([
    { sent: 2, refused: 1 },
    { sent: 2, refused: 1 },
  ]);
  refusing.clear();
  const part = await partOf(['b', 'd']);
  const from = [
    { batch: 0, at: [1] },
    { batch: 1, at: [1] },
  ];
  expect(await bench.deliver(runId, await message(runId, [{ part, from }]))).toBe('accepted');
  await bench.settle();
  expect(sent()).toEqual([
    ['a', 'b'],
    ['c', 'd'],
    ['b', 'd'],
  ]);
  expect(new Set(callsOf('test.answering').map(({ effectKey }) => effectKey)).size).toBe(3);
  expect(callsOf('test.keyed')).toHaveLength(1);
  expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded', note: null });
});

it('sends it once under the same key when the process is killed before the answer', async () => {
  const { bench, refusing, state, callsOf, message, again } = aBench();
  const runId = await bench.start();
  refusing.clear();
  state.hang = true;
  await bench.deliver(runId, await message(runId, [await again()]));
  await bench.settle();
  state.hang = false;
  await bench.restart();
  await bench.settle();
  const retried = callsOf('test.answering').filter(({ step }) => step === 'each[2]/upsert');
  expect(retried.map(({ scope }) => scope.item)).toEqual([['b'], ['b']]);
  expect(new Set(retried.map(({ effectKey }) => effectKey)).size).toBe(1);
  expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded', note: 'record-errors' });
});

it('sends no record twice beside itself: not for two people at once, and not from an earlier batch', async () => {
  const { bench, sent, message, again } = aBench();
  const runId = await bench.start();
  const first = await message(runId, [await again()]);
  expect(await bench.deliver(runId, first, 'first')).toBe('accepted');
  await bench.settle();
  expect(await bench.deliver(runId, first, 'second')).toBe('ignored');
  expect(await bench.deliver(runId, await message(runId, [await again()]), 'third')).toBe('ignored');
  expect(await bench.deliver(runId, await message(runId, [await again(), await again()]), 'fourth')).toBe('ignored');
  const later = { part: (await again()).part, from: [{ batch: 2, at: [0] }] };
  expect(await bench.deliver(runId, await message(runId, [later]), 'fifth')).toBe('accepted');
  await bench.settle();
  expect(sent().slice(2)).toEqual([['b'], ['b']]);
});

it('takes up a batch that failed on its way without repeating what came after the others', async () => {
  const { bench, refusing, state, callsOf, sent, message, again } = aBench();
  const runId = await bench.start();
  refusing.clear();
  state.down = true;
  await bench.deliver(runId, await message(runId, [await again()]));
  await bench.settle();
  expect(await bench.summary(runId)).toMatchObject({ status: 'failed', errorCode: 'DOWN' });
  expect(await bench.engine.previewRecordRetry(runId, 'each')).toMatchObject({
    fault: { what: 'Not all batches of test.each are done.' },
  });
  state.down = false;
  await bench.deliver(runId, { kind: 'retry-run', by: 'ann' });
  await bench.settle();
  expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
  expect(sent().slice(2)).toEqual([['b'], ['b']]);
  expect(callsOf('test.keyed')).toHaveLength(1);
});

it('takes over what came after the batches where a repeat begins behind a batch that was retried', async () => {
  const flow = batchFlow({ last: 'natural' }, ['after>last']);
  const { bench, refusing, state, callsOf, message, again } = aBench(flow);
  const runId = await bench.start();
  refusing.clear();
  state.down = true;
  await bench.deliver(runId, await message(runId, [await again()]));
  await bench.settle();
  state.down = false;
  await bench.deliver(runId, { kind: 'retry-step', step: 'each[2]/upsert', by: 'ann' });
  await bench.settle();
  const { runId: repeat } = await bench.engine.replay(runId, {
    ...{ from: 'last', effects: 'write-again', by: 'ann', reason: 'once more' },
  });
  await bench.settle();
  expect(await bench.summary(repeat)).toMatchObject({ status: 'succeeded' });
  expect(callsOf('test.keyed').map((call) => call.runId)).toEqual([runId]);
  expect(callsOf('test.natural').map((call) => call.runId)).toEqual([runId, repeat]);
  expect(callsOf('test.answering').filter((call) => call.runId === repeat)).toEqual([]);
});

it('leaves a run failed that failed elsewhere, and begins nothing there', async () => {
  const flow = batchFlow({ broken: 'read', both: { is: 'pair', join: 'all' } }, [
    'start>broken',
    'after>both.a',
    'broken>both.b',
  ]);
  const { bench, refusing, callsOf, sent, message, again } = aBench(flow);
  let end = () => {};
  const gone = failed(anError({ code: 'GONE', engine: 'stop' }));
  bench.host.scripts['test.read'] = () =>
    new Promise((resolve) => {
      end = () => resolve(gone);
    });
  const runId = await bench.start();
  end();
  await bench.settle();
  const before = await bench.summary(runId);
  expect(before).toMatchObject({ status: 'failed', errorCode: 'GONE' });
  refusing.clear();
  expect(await bench.deliver(runId, await message(runId, [await again()]))).toBe('accepted');
  await bench.settle();
  expect(sent().at(-1)).toEqual(['b']);
  expect(await bench.summary(runId)).toMatchObject({ status: 'failed', errorCode: 'GONE' });
  expect(callsOf('test.read')).toHaveLength(1);
});

it('refuses where another step inside writes as well, and where the run is under way', async () => {
  const two = aBench(batchFlow({ log: { is: 'keyed', parent: 'each' } }, ['upsert>log']));
  const runId = await two.bench.start();
  const preview = await two.bench.engine.previewRecordRetry(runId, 'each');
  expect(preview).toMatchObject({
    fault: { what: expect.stringContaining('“test.answering” and “test.keyed” write') },
  });
  expect(await two.bench.deliver(runId, await two.message(runId, [await two.again()]))).toBe('ignored');

  const busy = aBench();
  busy.state.hang = true;
  const under = await busy.bench.start();
  expect(await busy.bench.engine.previewRecordRetry(under, 'each')).toMatchObject({
    fault: { what: 'The run is not over.' },
  });
});

it('tells a replay which records count in which batch, and sends none of them again', async () => {
  const { bench, refusing, sent, message, again } = aBench();
  const runId = await bench.start();
  refusing.clear();
  await bench.deliver(runId, await message(runId, [await again()]));
  await bench.settle();
  const before = sent().length;
  const { runId: repeat } = await bench.engine.replay(runId, {
    effects: 'skip-confirmed',
    by: 'ann',
    reason: 'once more',
  });
  await bench.settle();
  expect(await bench.summary(repeat)).toMatchObject({ status: 'succeeded', note: 'record-errors' });
  expect(sent()).toHaveLength(before);
  expect(bench.recordsOf(repeat, 'container-entered')[0]).toMatchObject({ count: 3, retaken: { 0: [1] } });
  await expect(bench.engine.previewRecordRetry(runId, 'each')).rejects.toMatchObject({ code: 'RUN_REPEATED' });
});
