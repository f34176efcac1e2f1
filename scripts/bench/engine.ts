// Three-effect runs through the engine with the SQLite journal on disk (synchronous=FULL) and effects in this process.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineOptions } from '@waybill/engine';
import { createEngine, systemClock } from '@waybill/engine';
import type { Flow, FlowVersionId, NodeManifest } from '@waybill/flow-model';
import { edgeId, emptyFlow, nodeManifestSchema } from '@waybill/flow-model';
import { fileBlobs, openSqliteJournal } from '@waybill/store';

export const versionId = 'bench-v1' as FlowVersionId;

const manifest = (type: string, extra: object): NodeManifest =>
  nodeManifestSchema.parse({
    type,
    version: 1,
    title: type,
    description: type,
    kind: 'connector',
    app: 'Bench',
    icon: 'zap',
    synonyms: [],
    params: {},
    inputs: { in: { label: 'In', schema: {} } },
    outputs: { done: { label: 'Done', schema: {} } },
    credentials: {},
    capabilities: {},
    ...extra,
  });

const retry = { attempts: 3, firstDelayMs: 100, maxDelayMs: 1_000 };
export const manifests = new Map<string, NodeManifest>([
  [
    'bench.trigger',
    manifest('bench.trigger', {
      kind: 'trigger',
      trigger: { how: 'manual' },
      traits: { effect: 'pure', timeoutMs: 1_000 },
    }),
  ],
  [
    'bench.effect',
    manifest('bench.effect', { traits: { effect: 'write', timeoutMs: 1_000, retry, idempotency: { how: 'natural' } } }),
  ],
]);

export function threeEffects(): Flow {
  const flow = emptyFlow('bench' as Flow['id'], 'Three effects');
  const chain = ['start', 'a', 'b', 'c'];
  for (const [index, id] of chain.entries()) {
    flow.nodes[id] = { type: index === 0 ? 'bench.trigger' : 'bench.effect', version: 1, params: {} };
    const next = chain[index + 1];
    if (!next) continue;
    const edge = { from: { node: id, port: 'done' }, to: { node: next, port: 'in' } };
    flow.edges[edgeId(edge)] = edge;
  }
  return flow;
}

export interface EngineResult {
  inFlight: number;
  runs: number;
  perSecond: number;
}

/** Starts `runs` runs, `inFlight` at a time, each counted when its end is durable. */
export async function benchEngine(inFlight: number, runs: number): Promise<EngineResult> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
  const journal = await openSqliteJournal({ file: join(folder, 'journal.db'), synchronous: 'FULL' });
  const flow = threeEffects();
  const version = { versionId, versionNumber: 1, flow };
  const options: EngineOptions = {
    journal,
    blobs: fileBlobs(join(folder, 'blobs')),
    nodeHost: {
      execute: async () => ({
        ok: true,
        outcome: { port: 'done', value: { ok: true } },
        params: {},
        log: [],
        tookMs: 0,
      }),
      evaluate: async () => ({ ok: true, value: null }),
    },
    definitions: {
      version: async () => version,
      published: async () => version,
      manifest: (type) => manifests.get(type),
    },
    clock: systemClock(),
    bus: { published: () => {}, stepStarted: () => {} },
    tasks: { open: async () => {}, close: async () => {}, stillOpen: async () => [] },
    events: { raise: async () => {} },
    maxConcurrentSteps: inFlight * 2,
  };
  const engine = createEngine(options);
  const one = async (): Promise<void> => {
    const answered = await engine.startAndWait(
      { versionId, triggerNode: 'start', input: { n: 1 }, mode: 'live', startedBy: 'bench' },
      60_000,
    );
    if (answered.kind !== 'finished' || answered.status !== 'succeeded')
      throw new Error(`a run ended as ${answered.kind}`);
  };
  const many = async (count: number): Promise<void> => {
    let left = count;
    await Promise.all(
      Array.from({ length: inFlight }, async () => {
        while (left-- > 0) await one();
      }),
    );
  };
  await many(Math.min(2_000, runs));
  const started = performance.now();
  await many(runs);
  const tookMs = performance.now() - started;
  await engine.stop(1_000);
  await journal.close();
  rmSync(folder, { recursive: true, force: true });
  return { inFlight, runs, perSecond: (runs * 1_000) / tookMs };
}

if (import.meta.main) {
  const [inFlight = '64', runs = '20000'] = process.argv.slice(2);
  console.log(JSON.stringify(await benchEngine(Number(inFlight), Number(runs))));
}
