import { describe, expect, it } from 'vitest';
import { aFlow } from './testing/flow-builder.ts';
import { testBench } from './testing/test-bench.ts';

/** A repeatable source of chance. */
function seeded(seed: number) {
  let state = seed * 2_654_435_761;
  return (below: number): number => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) | 0;
    return (state >>> 0) % below;
  };
}

/** Steps one after the other and side by side, some in loops; every write sends what it is given. */
function randomFlow(chance: (below: number) => number) {
  const nodes: Parameters<typeof aFlow>[0] = { start: 'trigger' };
  const edges: string[] = [];
  const scopes: Record<string, string[]> = { '': ['start'] };
  for (let i = 0; i < 5 + chance(8); i += 1) {
    const names = Object.keys(scopes);
    const parent = names[chance(names.length)] ?? '';
    const is = (['pure', 'read', 'natural', 'keyed', 'probed', 'once', 'each'] as const)[chance(7)] ?? 'pure';
    const siblings = scopes[parent] ?? [];
    const from = siblings[chance(siblings.length)];
    nodes[`n${i}`] = { is, ...(parent ? { parent } : {}) };
    if (from) edges.push(`${from}>n${i}`);
    siblings.push(`n${i}`);
    if (is === 'each') scopes[`n${i}`] = [];
  }
  return aFlow(nodes, edges);
}

describe('a replay with unchanged data', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'sends nothing again and comes to the same result, from any step and over crashes (seed %i)',
    async (seed) => {
      const chance = seeded(seed + 1);
      const flow = randomFlow(chance);
      const bench = testBench(flow);
      const first = await bench.start([1, 2]);
      const result = bench.recordsOf(first, 'run-finished')[0];
      expect(result?.status).toBe('succeeded');
      const reached = bench.recordsOf(first, 'step-succeeded').map((record) => record.step);
      const from = reached[chance(reached.length)] as string;
      const written = (await bench.journal.effects({ filter: { runId: first }, limit: 200 })).effects;
      const before = bench.host.calls.length;

      const request = { from, effects: 'skip-confirmed' as const, by: 'ann', reason: 'again' };
      const { runId } = await bench.engine.replay(first, request);
      if (chance(2) === 0) await bench.restart();
      await bench.settle();
      expect(bench.recordsOf(runId, 'run-finished')[0]).toMatchObject({ status: 'succeeded', output: result?.output });
      expect(bench.recordsOf(runId, 'step-intent')).toEqual([]);
      const writes = bench.host.calls.slice(before).filter((call) => /natural|keyed|probed|once/.test(call.nodeType));
      expect(writes).toEqual([]);
      const reused = (await bench.journal.effects({ filter: { runId }, limit: 200 })).effects;
      expect(reused.map((entry) => entry.step).sort()).toEqual(written.map((entry) => entry.step).sort());
      expect(new Set(reused.map((entry) => entry.state))).toEqual(new Set(written.length > 0 ? ['reused'] : []));
      expect(bench.portFailures).toEqual([]);
    },
  );
});
