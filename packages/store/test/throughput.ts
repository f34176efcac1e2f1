/** Three-effect runs per second through the engine and the SQLite journal: `node packages/store/test/throughput.ts [runs] [in flight]`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, systemClock } from '@waybill/engine';
import type { Flow, FlowVersionId, NodeManifest } from '@waybill/flow-model';
import { edgeId, emptyFlow } from '@waybill/flow-model';
import { fileBlobs } from '../src/journal-sqlite/file-blobs.ts';
import { openSqliteJournal } from '../src/journal-sqlite/open-sqlite-journal.ts';

const total = Number(process.argv[2] ?? 50_000);
const inFlight = Number(process.argv[3] ?? 256);
const port = { in: { label: 'In', schema: {} } };
const manifest = (type: string, effect: 'pure' | 'write'): NodeManifest => ({
  type,
  version: 1,
  title: type,
  description: type,
  kind: effect === 'pure' ? 'trigger' : 'connector',
  app: 'Throughput',
  icon: 'gauge',
  synonyms: [],
  params: {},
  inputs: port,
  outputs: { out: { label: 'Out', schema: {} } },
  credentials: {},
  capabilities: {},
  traits:
    effect === 'pure'
      ? { effect, timeoutMs: 1_000 }
      : {
          effect,
          timeoutMs: 1_000,
          retry: { attempts: 1, firstDelayMs: 0, maxDelayMs: 0 },
          idempotency: { how: 'natural' },
        },
});
const manifests = new Map([
  ['bench.start', manifest('bench.start', 'pure')],
  ['bench.effect', manifest('bench.effect', 'write')],
]);
const flow: Flow = emptyFlow('bench' as Flow['id'], 'bench');
flow.nodes['start'] = { type: 'bench.start', version: 1, params: {} };
for (const [from, to] of [
  ['start', 'a'],
  ['a', 'b'],
  ['b', 'c'],
] as const) {
  flow.nodes[to] = { type: 'bench.effect', version: 1, params: {} };
  const edge = { from: { node: from, port: 'out' }, to: { node: to, port: 'in' } };
  flow.edges[edgeId(edge)] = edge;
}
const versionId = 'bench@1' as FlowVersionId;
const version = { versionId, versionNumber: 1, flow };
const dir = mkdtempSync(join(tmpdir(), 'throughput-'));
const journal = await openSqliteJournal({ file: join(dir, 'journal.db') });
let finished = 0;
let onFinished = () => {};
const engine = createEngine({
  journal,
  blobs: fileBlobs(join(dir, 'blobs')),
  definitions: {
    version: async () => version,
    published: async () => version,
    manifest: (type) => manifests.get(type),
  },
  clock: systemClock(),
  maxConcurrentSteps: 10_000,
  nodeHost: {
    execute: async (call) => ({
      ok: true,
      outcome: { port: 'out', value: call.scope.input },
      params: {},
      log: [],
      tookMs: 0,
    }),
    evaluate: async () => ({ ok: true, value: null }),
  },
  bus: {
    stepStarted() {},
    published(_runId, records) {
      if (records.at(-1)?.record.type !== 'run-finished') return;
      finished += 1;
      onFinished();
    },
  },
  tasks: { open: async () => {}, close: async () => {}, stillOpen: async () => [] },
  events: { raise: async () => {} },
});
const input = { order: 'A-1', lines: [{ sku: 'x', count: 3 }], note: 'y'.repeat(150) };
const began = performance.now();
const cpuBefore = process.cpuUsage();
let started = 0;
await new Promise<void>((resolve, reject) => {
  const next = () => {
    if (started >= total) return;
    started += 1;
    engine.start({ versionId, triggerNode: 'start', input, mode: 'live', startedBy: 'bench' }).catch(reject);
  };
  onFinished = () => (finished >= total ? resolve() : next());
  for (let i = 0; i < inFlight; i += 1) next();
});
const tookMs = performance.now() - began;
// Of all threads: steadier than the clock where others use the machine.
const cpu = process.cpuUsage(cpuBefore);
const cpuPerRun = Math.round((cpu.user + cpu.system) / total);
const rate = Math.round((total * 1_000) / tookMs);
console.log(`${total} runs of 3 effects, ${inFlight} in flight: ${rate} runs/s, ${cpuPerRun} µs of CPU per run`);
await engine.stop(1_000);
await journal.close();
rmSync(dir, { recursive: true, force: true });
