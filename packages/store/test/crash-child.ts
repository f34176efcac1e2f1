/**
 * The victim of the crash test: an engine over the SQLite journal that keeps 50 runs of a three-effect
 * flow under way until it is killed. With `finish` it starts none, recovers all and exits.
 *
 * It writes one log outside the journal, in order: `S <run>` start acknowledged, `E <key> <run> <step>`
 * effect done, `A <run> <step>` outcome durable.
 */
import { fdatasync, openSync, write } from 'node:fs';
import { join } from 'node:path';
import { createEngine, systemClock } from '@waybill/engine';
import type { Definitions } from '@waybill/engine/ports';
import type { Flow, FlowVersionId, NodeManifest } from '@waybill/flow-model';
import { edgeId, emptyFlow } from '@waybill/flow-model';
import { fileBlobs } from '../src/journal-sqlite/file-blobs.ts';
import { openSqliteJournal } from '../src/journal-sqlite/open-sqlite-journal.ts';

const CONCURRENT_RUNS = 50;
const [dir = '.', mode = 'load'] = process.argv.slice(2);

/** Appends lines in order; a line is on disk when its promise resolves. */
function syncedLog(file: string) {
  const fd = openSync(file, 'a');
  let lines: string[] = [];
  let waiting: (() => void)[] = [];
  let busy = false;
  const flush = () => {
    if (busy || lines.length === 0) return;
    busy = true;
    const text = lines.join('');
    const done = waiting;
    lines = [];
    waiting = [];
    write(fd, text, (writeError) => {
      if (writeError) throw writeError;
      fdatasync(fd, (syncError) => {
        if (syncError) throw syncError;
        busy = false;
        for (const resolve of done) resolve();
        flush();
      });
    });
  };
  return {
    append: (line: string) =>
      new Promise<void>((resolve) => {
        lines.push(`${line}\n`);
        waiting.push(resolve);
        flush();
      }),
  };
}

const manifest = (type: string, kind: 'trigger' | 'connector'): NodeManifest => ({
  type,
  version: 1,
  title: type,
  description: type,
  kind,
  app: 'Crash test',
  icon: 'bomb',
  synonyms: [],
  params: {},
  inputs: { in: { label: 'In', schema: {} } },
  outputs: { out: { label: 'Out', schema: {} } },
  credentials: {},
  capabilities: {},
  traits:
    kind === 'trigger'
      ? { effect: 'pure', timeoutMs: 1_000 }
      : {
          effect: 'write',
          timeoutMs: 1_000,
          retry: { attempts: 1, firstDelayMs: 0, maxDelayMs: 0 },
          idempotency: { how: 'natural' },
        },
});

const flow: Flow = emptyFlow('crash' as Flow['id'], 'Crash test');
flow.nodes['start'] = { type: 'test.start', version: 1, params: {} };
for (const [from, to] of [
  ['start', 'a'],
  ['a', 'b'],
  ['b', 'c'],
] as const) {
  flow.nodes[to] = { type: 'test.effect', version: 1, params: {} };
  const edge = { from: { node: from, port: 'out' }, to: { node: to, port: 'in' } };
  flow.edges[edgeId(edge)] = edge;
}
const versionId = 'crash@1' as FlowVersionId;
const manifests = [manifest('test.start', 'trigger'), manifest('test.effect', 'connector')];
const version = { versionId, versionNumber: 1, flow };
const definitions: Definitions = {
  version: async (id) => (id === versionId ? version : null),
  published: async () => version,
  manifest: (type) => manifests.find((each) => each.type === type),
};

const log = syncedLog(join(dir, 'outside.log'));
const journal = await openSqliteJournal({ file: join(dir, 'journal.db') });
const engine = createEngine({
  journal,
  blobs: fileBlobs(join(dir, 'blobs')),
  definitions,
  clock: systemClock(),
  nodeHost: {
    async execute(call) {
      if (call.nodeType === 'test.effect') await log.append(`E ${call.effectKey} ${call.runId} ${call.step}`);
      return { ok: true, outcome: { port: 'out', value: call.scope.input }, params: {}, log: [], tookMs: 0 };
    },
    evaluate: async () => ({ ok: true, value: null }),
  },
  bus: {
    stepStarted() {},
    published(runId, records) {
      for (const { record } of records) {
        if (record.type === 'step-succeeded' && record.step !== 'start') void log.append(`A ${runId} ${record.step}`);
      }
    },
  },
  tasks: { open: async () => {}, close: async () => {} },
  events: { raise: async () => {} },
  onPortFailure: (what, runId, error) => console.error(what, runId, error),
});

const recovered = await engine.recover();
console.log(JSON.stringify({ ready: true, ...recovered }));

async function keepStarting(): Promise<never> {
  for (;;) {
    const request = { versionId, triggerNode: 'start', input: { n: 1 }, mode: 'live', startedBy: 'test' } as const;
    const answer = await engine.startAndWait(request, 60_000);
    await log.append(`S ${answer.runId}`);
    // Half of them are told of the start alone, as a webhook that answers at once.
    const { runId } = await engine.start(request);
    await log.append(`S ${runId}`);
  }
}

if (mode === 'load') {
  await Promise.all(Array.from({ length: CONCURRENT_RUNS }, keepStarting));
} else {
  while ((await journal.openRuns(null, 1)).length > 0) await new Promise((resolve) => setImmediate(resolve));
  await engine.stop(1_000);
  await journal.close();
  await log.append('end');
}
