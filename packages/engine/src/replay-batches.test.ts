import type { JsonValue, RunId } from '@waybill/flow-model';
import type { Directive } from '@waybill/node-sdk';
import { expect, it } from 'vitest';
import type { StoredValue } from './journal-record.ts';
import type { RecordStreams, RecordsJob } from './ports/index.ts';
import { aFlow } from './testing/flow-builder.ts';
import { anError, failed } from './testing/scripted-node-host.ts';
import { testBench } from './testing/test-bench.ts';

const ask: Directive = {
  do: 'process-records',
  stream: { source: { kind: 'list', items: [] }, stages: [] },
  sink: { into: 'batches', size: 1, concurrency: 1, onItemError: 'continue', key: '', values: {} },
  limits: { maxErrors: 0, maxErrorShare: 1 },
  port: 'done',
};
const progress = { rowsIn: 3, rowsOut: 3, errors: 0, bytesDone: null, bytesTotal: null };
const flow = aFlow(
  {
    start: 'trigger',
    each: 'each',
    write: { is: 'keyed', parent: 'each', params: { sent: { $: 'item' } } },
  },
  ['start>each'],
);

/** A bench whose batches are those that are set, and what its steps were told was written before. */
function aBench() {
  const told: StoredValue[][] = [];
  let batches: string[] = [];
  const refusing = new Set<JsonValue>();
  const streams: RecordStreams = {
    async open(job: RecordsJob) {
      told.push(job.written);
      return {
        next: async () => ({ ok: true, progress, isLast: true, isWorthKeeping: true, tooMany: null }),
        checkpoint: async () => null,
        async finish() {
          const parts = await Promise.all(
            batches.map(async (text) => {
              const bytes = Buffer.from(JSON.stringify(text));
              return { blob: await bench.blobs.put(bytes), sizeBytes: bytes.length };
            }),
          );
          return { is: 'parts', parts, concurrency: 1, onItemError: 'continue' };
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
      'test.keyed': (call) =>
        refusing.has(call.scope.item ?? null)
          ? failed(anError({ code: 'REFUSED', engine: 'stop', effect: 'none' }))
          : { port: 'out', value: call.scope.item ?? null },
    },
    { records: streams },
  );
  const cut = (next: string[]): void => {
    batches = next;
  };
  const sent = (runId: RunId) =>
    bench.host.calls.flatMap((call) =>
      call.runId === runId && call.nodeType === 'test.keyed' ? [call.scope.item] : [],
    );
  return { bench, told, refusing, sent, cut };
}
const again = { effects: 'skip-confirmed' as const, by: 'ann', reason: 'the file was corrected' };

it('sends no batch again that an earlier run wrote, wherever it stands now', async () => {
  const { bench, told, refusing, sent, cut } = aBench();
  cut(['a', 'b', 'c']);
  refusing.add('b');
  const first = await bench.start();
  expect(sent(first)).toEqual(['a', 'b', 'c']);
  cut(['c', 'new', 'a']);
  const { runId: second } = await bench.engine.replay(first, again);
  await bench.settle();
  expect(sent(second)).toEqual(['new']);
  expect(bench.recordsOf(second, 'step-succeeded').flatMap(({ step, reused }) => (reused ? [step] : []))).toEqual([
    'each[0]/write',
    'each[2]/write',
  ]);
  // What the second run took over from the first counts for the third as well.
  cut(['a', 'new', 'c', 'b']);
  refusing.clear();
  const { runId: third } = await bench.engine.replay(second, again);
  await bench.settle();
  expect(sent(third)).toEqual(['b']);
  expect(await Promise.all(told.map((list) => Promise.all(list.map((part) => textOf(bench, part)))))).toEqual([
    [],
    ['a', 'c'],
    ['new', 'a', 'c'],
  ]);
});

it('sends everything again when that is asked for', async () => {
  const { bench, told, sent, cut } = aBench();
  cut(['a', 'b']);
  const first = await bench.start();
  const { runId: second } = await bench.engine.replay(first, { ...again, effects: 'write-again' });
  await bench.settle();
  expect(sent(second)).toEqual(['a', 'b']);
  expect(told.at(-1)).toEqual([]);
});

async function textOf(bench: ReturnType<typeof testBench>, part: StoredValue): Promise<unknown> {
  return 'blob' in part ? JSON.parse(Buffer.from((await bench.blobs.get(part.blob)) ?? []).toString()) : null;
}
