import type { Flow, RunId } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { compileFlow } from './compile-flow.ts';
import type { JournalRecord } from './journal-record.ts';
import { replay } from './reduce.ts';
import { snapshotOf, stateOf } from './snapshot.ts';
import { summarise } from './summarise.ts';
import { aFlow, testDefinitions } from './testing/flow-builder.ts';
import { anError, failed } from './testing/scripted-node-host.ts';
import { testBench } from './testing/test-bench.ts';

/** A repeatable source of chance. */
function seeded(seed: number) {
  let state = seed * 2_654_435_761;
  return (below: number): number => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) | 0;
    return (state >>> 0) % below;
  };
}

/** A flow without cycles: every node takes edges from up to three earlier ones of its scope. */
function randomFlow(chance: (below: number) => number): Flow {
  const kinds = ['pure', 'read', 'natural', 'keyed', 'probed', 'each', 'scope', 'undoable'] as const;
  const undos = ['never', 'automatically'];
  const nodes: Parameters<typeof aFlow>[0] = { start: 'trigger' };
  const edges: string[] = [];
  const scopes: Record<string, string[]> = { '': ['start'] };
  for (let i = 0; i < 4 + chance(12); i += 1) {
    const id = `n${i}`;
    const names = Object.keys(scopes);
    const parent = names[chance(names.length)] ?? '';
    const is = kinds[chance(kinds.length)] ?? 'pure';
    const siblings = scopes[parent] ?? [];
    const params = is === 'scope' ? { undo: undos[chance(2)] ?? 'never' } : {};
    nodes[id] = { is, params, ...(parent ? { parent } : {}), ...(chance(4) === 0 ? { join: 'all' as const } : {}) };
    for (let e = 0; e < chance(3) + (parent ? 0 : 1); e += 1) {
      const from = siblings[chance(siblings.length)];
      const port = ['', '', '.other', '.error'][chance(4)] ?? '';
      if (from) edges.push(`${from}${port}>${id}`);
    }
    siblings.push(id);
    if (is === 'each' || is === 'scope') scopes[id] = [];
  }
  return aFlow(nodes, edges);
}

const asText = (records: JournalRecord[], flow: Flow, runId: RunId): string => {
  const compiled = compileFlow(flow, testDefinitions(flow).manifest);
  return String(snapshotOf(replay(compiled, runId, null, records)).state);
};

describe('replay', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))(
    'of a random run gives the same state, cut anywhere (seed %i)',
    async (seed) => {
      const chance = seeded(seed + 1);
      const flow = randomFlow(chance);
      const outcome = () => {
        const dice = chance(10);
        if (dice === 0) return failed(anError({ engine: 'stop' }));
        if (dice === 1) return failed(anError());
        return { port: dice === 2 ? 'other' : 'out', value: [1, 'two', { three: 3 }].slice(0, chance(4)) };
      };
      const scripts = Object.fromEntries(
        ['pure', 'read', 'natural', 'keyed', 'probed', 'undoable'].map((name) => [`test.${name}`, outcome]),
      );
      const bench = testBench(flow, scripts);
      const runId = await bench.start([1, 2, 3]);
      for (let i = 0; i < 20 && (await bench.summary(runId)).finishedAt === null; i += 1) {
        if (chance(3) === 0) await bench.restart();
        for (const taskId of bench.tasks.keys()) {
          const outcome = ['retry', 'leave', 'done-by-hand'][chance(3)] ?? 'leave';
          await bench.deliver(runId, { kind: 'task-decided', taskId, outcome, by: 'op', form: {}, at: 1 });
        }
        await bench.advance(120_000);
      }
      const records = bench.records(runId);
      // A flow that ends in a step left `other` without edges is fine; one that never ends is not.
      expect((await bench.summary(runId)).finishedAt).not.toBeNull();

      const compiled = compileFlow(flow, testDefinitions(flow).manifest);
      const whole = asText(records, flow, runId);
      // What the live run said of itself last is what its records say.
      expect(summarise(compiled, replay(compiled, runId, null, records))).toEqual(await bench.summary(runId));
      for (let cut = 1; cut < records.length; cut += 1 + chance(4)) {
        const half = replay(compiled, runId, null, records.slice(0, cut));
        const thawed = stateOf(snapshotOf(half));
        expect(String(snapshotOf(replay(compiled, runId, thawed, records.slice(cut))).state)).toBe(whole);
      }
      expect(bench.portFailures).toEqual([]);
    },
  );

  it('of a run with snapshots goes on from the newest', async () => {
    const flow = aFlow({ start: 'trigger', loop: 'each', work: { is: 'natural', parent: 'loop' } }, ['start>loop']);
    const bench = testBench(flow, {
      'test.natural': (call) => (call.scope.index === 150 ? new Promise(() => {}) : { port: 'out', value: 1 }),
    });
    const runId = await bench.start(Array.from({ length: 200 }, (_, i) => i));
    expect((await bench.journal.load(runId))?.snapshot).not.toBeNull();
    bench.host.scripts['test.natural'] = () => ({ port: 'out', value: 1 });
    await bench.restart();
    expect(await bench.summary(runId)).toMatchObject({ status: 'succeeded' });
    expect(bench.host.calls.filter((call) => call.step.startsWith('loop['))).toHaveLength(201);
  });
});
