import type { JsonValue } from '@waybill/flow-model';
import { flowError } from '@waybill/flow-model';
import type { Directive } from '@waybill/node-sdk';
import { expect, it } from 'vitest';
import type { RecordStreams, RecordsEnd } from './ports/index.ts';
import { aFlow } from './testing/flow-builder.ts';
import { anError } from './testing/scripted-node-host.ts';
import { testBench } from './testing/test-bench.ts';

const CHUNKS = 6;

const ask: Directive = {
  do: 'process-records',
  stream: { source: { kind: 'list', items: [] }, stages: [] },
  sink: { into: 'list', limit: 1 },
  limits: { maxErrors: 0, maxErrorShare: 1 },
  port: 'out',
};

const gaveUp = flowError('RECORDS_TOO_MANY_ERRORS', {
  what: 'Too many records could not be used.',
  fix: 'Correct the file.',
  owner: 'user',
  engine: 'stop',
});

/** A stream of six chunks: what was handed to its sink, where passes began, and a hook before each chunk. */
function aStream(end: (taken: number) => RecordsEnd = (taken) => ({ is: 'value', value: { taken } }), tooManyAt = 0) {
  const begun: (JsonValue | null)[] = [];
  const stream = {
    begun,
    finished: 0,
    discarded: 0,
    before: async (_chunk: number): Promise<void> => {},
    failAt: 0,
    streams: {
      async open(_job, from) {
        begun.push(from);
        let at = typeof from === 'number' ? from : 0;
        return {
          async next() {
            await stream.before(at + 1);
            if (at + 1 === stream.failAt) {
              stream.failAt = 0;
              return { ok: false, error: anError(), crashed: false };
            }
            at += 1;
            const progress = { rowsIn: at * 10, rowsOut: at * 10, errors: 0, bytesDone: at, bytesTotal: CHUNKS };
            return {
              ok: true,
              progress,
              isLast: at === CHUNKS,
              isWorthKeeping: true,
              tooMany: at === tooManyAt ? gaveUp : null,
            };
          },
          checkpoint: async () => at,
          async finish() {
            stream.finished += 1;
            return end(at);
          },
          async discard() {
            stream.discarded += 1;
          },
          close: async () => {},
        };
      },
    } satisfies RecordStreams as RecordStreams,
  };
  return stream;
}

const flow = () => aFlow({ start: 'trigger', sum: 'read', after: 'pure' }, ['start>sum', 'sum>after']);
const bench = (stream: ReturnType<typeof aStream>) =>
  testBench(flow(), { 'test.read': () => ask }, { records: stream.streams });

it('keeps which records could not be used before it ends a step for there being too many', async () => {
  const stream = aStream(undefined, 2);
  const test = bench(stream);
  const runId = await test.start();
  expect(await test.summary(runId)).toMatchObject({ status: 'failed', errorCode: 'RECORDS_TOO_MANY_ERRORS' });
  expect(test.recordsOf(runId, 'records-checkpoint').at(-1)).toMatchObject({ step: 'sum', state: { v: 2 } });
  expect(stream).toMatchObject({ finished: 0, discarded: 1 });
});

it('carries a stream to its end and hands on what the sink gives', async () => {
  const stream = aStream();
  const test = bench(stream);
  const runId = await test.start();
  expect(await test.summary(runId)).toMatchObject({ status: 'succeeded' });
  const checkpoints = test.recordsOf(runId, 'records-checkpoint');
  expect(checkpoints.at(-1)).toMatchObject({ step: 'sum', state: { v: CHUNKS }, progress: { rowsIn: 60 } });
  expect(test.recordsOf(runId, 'step-succeeded').find(({ step }) => step === 'sum')).toMatchObject({
    output: { v: { taken: CHUNKS } },
  });
});

it.each([1, 2, 3, 4, 5, 6])('goes on from the last checkpoint after a crash before chunk %i', async (chunk) => {
  const stream = aStream();
  let arrived: () => void = () => {};
  const there = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  stream.before = async (at) => {
    if (at !== chunk) return;
    arrived();
    await new Promise(() => {}); // The process is gone before it comes back.
  };
  const test = bench(stream);
  const runId = await test.start();
  await there;
  const durable = test.recordsOf(runId, 'records-checkpoint').at(-1);
  stream.before = async () => {};
  await test.restart();
  expect(await test.summary(runId)).toMatchObject({ status: 'succeeded' });
  expect(stream.begun).toEqual([null, durable ? (durable.state as { v: number }).v : null]);
  expect(stream.finished).toBe(1);
});

it('goes on from the last checkpoint after a failed chunk, and earlier failures do not count against it', async () => {
  const stream = aStream();
  stream.failAt = 4;
  const test = bench(stream);
  const runId = await test.start();
  expect(await test.summary(runId)).toMatchObject({ status: 'waiting' });
  await test.advance(600_000);
  expect(await test.summary(runId)).toMatchObject({ status: 'succeeded' });
  expect(stream.begun).toEqual([null, 3]);
  expect(stream.discarded).toBe(0);
});

it('stops at a chunk when the run is paused and goes on from there when it is resumed', async () => {
  const stream = aStream();
  const test = bench(stream);
  let go: () => void = () => {};
  stream.before = async (chunk) => {
    if (chunk === 3)
      await new Promise<void>((resolve) => {
        go = resolve;
      });
  };
  const runId = await test.start();
  await test.deliver(runId, { kind: 'pause', by: 'anna' });
  go();
  await test.settle();
  expect(await test.summary(runId)).toMatchObject({ status: 'paused' });
  stream.before = async () => {};
  await test.deliver(runId, { kind: 'resume', by: 'anna' });
  expect(await test.summary(runId)).toMatchObject({ status: 'succeeded' });
  // The chunk that was under way when the run was paused counts.
  expect(stream.begun).toEqual([null, 3]);
});

it('gives up what was written when a person has to correct something first', async () => {
  const stream = aStream();
  const open = stream.streams.open.bind(stream.streams);
  stream.streams.open = async (...args) => ({
    ...(await open(...args)),
    next: async () => {
      throw new Error('too many record errors');
    },
  });
  const test = bench(stream);
  const runId = await test.start();
  expect(await test.summary(runId)).toMatchObject({ status: 'failed' });
  expect(stream.discarded).toBe(1);
});
