/**
 * Both sides of the recovery benchmark: `open` brings runs into the middle of their second effect and waits to be
 * killed; `recover` takes them up again, finishes them and prints how long that took.
 */
import { join } from 'node:path';
import type { EngineOptions } from '@waybill/engine';
import { createEngine, systemClock } from '@waybill/engine';
import { fileBlobs, openSqliteJournal } from '@waybill/store';
import { manifests, threeEffects, versionId } from './engine.ts';

const startsAtOnce = 256;
const [place = '.', mode = 'open', count = '10000'] = process.argv.slice(2);
const runs = Number(count);

const journal = await openSqliteJournal({ file: join(place, 'journal.db'), synchronous: 'FULL' });
const version = { versionId, versionNumber: 1, flow: threeEffects() };
let held = 0;
let finished = 0;
let announce = () => {};
const emitted = { ok: true as const, outcome: { port: 'done', value: { ok: true } }, params: {}, log: [], tookMs: 0 };

const options: EngineOptions = {
  journal,
  blobs: fileBlobs(join(place, 'blobs')),
  nodeHost: {
    async execute(call) {
      if (mode === 'open' && call.step === 'b') {
        held += 1;
        if (held === runs) announce();
        return new Promise(() => undefined);
      }
      return emitted;
    },
    evaluate: async () => ({ ok: true, value: null }),
  },
  definitions: {
    version: async () => version,
    published: async () => version,
    manifest: (type) => manifests.get(type),
  },
  clock: systemClock(),
  bus: {
    published(_runId, records) {
      if (!records.some(({ record }) => record.type === 'run-finished')) return;
      finished += 1;
      if (finished === runs) announce();
    },
    stepStarted() {},
  },
  tasks: { open: async () => {}, close: async () => {}, stillOpen: async () => [] },
  events: { raise: async () => {} },
  maxConcurrentSteps: mode === 'open' ? runs * 2 : 256,
};
const engine = createEngine(options);
const all = new Promise<void>((resolve) => {
  announce = resolve;
});

if (mode === 'open') {
  const begin = { versionId, triggerNode: 'start', input: { n: 1 }, mode: 'live', startedBy: 'bench' } as const;
  let left = runs;
  const starter = async () => {
    while (left-- > 0) await engine.start(begin);
  };
  await Promise.all(Array.from({ length: startsAtOnce }, starter));
  await all;
  console.log(JSON.stringify({ ready: true }));
  setInterval(() => undefined, 60_000);
} else {
  const began = performance.now();
  const { open, tookMs } = await engine.recover();
  await all;
  console.log(JSON.stringify({ open, tookMs, finishedMs: performance.now() - began }));
  await engine.stop(1_000);
  await journal.close();
}
