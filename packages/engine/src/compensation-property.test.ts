import type { Flow, JsonObject, RunId } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { seededFraction, undoKeyOf } from './effect-key.ts';
import { aFlow } from './testing/flow-builder.ts';
import type { Script } from './testing/scripted-node-host.ts';
import { anError, failed } from './testing/scripted-node-host.ts';
import type { TestBench } from './testing/test-bench.ts';
import { testBench } from './testing/test-bench.ts';

/** A failing group around a random tangle of effects, loops and groups. */
function randomGroup(seed: number): Flow {
  let drawn = 0;
  const draw = (below: number) => Math.floor(seededFraction(`${seed}/${++drawn}`) * below);
  const nodes: Parameters<typeof aFlow>[0] = {
    start: 'trigger',
    group: { is: 'scope', params: { undo: 'automatically' } },
  };
  const edges = ['start>group'];
  const inside: Record<string, string[]> = { group: [] };
  const kinds = ['undoable', 'undoable', 'undoable', 'pure', 'natural', 'each', 'scope'] as const;
  for (let n = 0; n < 4 + draw(9); n += 1) {
    const id = `n${n}`;
    const parents = Object.keys(inside);
    const parent = parents[draw(parents.length)] ?? 'group';
    const is = kinds[draw(kinds.length)] ?? 'pure';
    const siblings = inside[parent] ?? [];
    const undo = ['never', 'automatically'][draw(2)] ?? 'never';
    const params: JsonObject = is === 'scope' ? { undo } : is === 'each' ? { concurrency: 1 + draw(3) } : {};
    nodes[id] = { is, parent, params };
    const from = draw(3) > 0 ? siblings[draw(siblings.length)] : undefined;
    if (from) edges.push(`${from}>${id}`);
    siblings.push(id);
    if (is === 'each' || is === 'scope') inside[id] = [];
  }
  nodes['last'] = { is: 'read', parent: 'group', join: 'all' };
  for (const sibling of inside['group'] ?? []) edges.push(`${sibling}>last`);
  return aFlow(nodes, edges);
}

/** Effects and undos by key, as an outside system that honours keys would see them. */
function world(seed: number) {
  const made: string[] = [];
  const undone: string[] = [];
  const once = (list: string[], key: string) => list.includes(key) || list.push(key);
  let calls = 0;
  const script: Script = (call) => {
    calls += 1;
    const chance = seededFraction(`${seed}/call/${call.step}/${call.mode}/${call.attempt}`);
    if (call.mode === 'undo') {
      // Takes effect although the answer is lost.
      if (chance > 0.3) once(undone, call.effectKey);
      return chance < 0.5 ? failed(anError()) : { port: 'out', value: calls };
    }
    if (chance < 0.1) return failed(anError({ code: 'REFUSED', engine: 'stop', effect: 'none' }));
    once(made, call.effectKey);
    return { port: 'out', value: [1, 2, 3] };
  };
  const list: Script = () => ({ port: 'out', value: [1, 2, 3] });
  const scripts: Record<string, Script> = {
    'test.trigger': list,
    'test.pure': list,
    'test.natural': list,
    'test.undoable': script,
    'test.read': () => failed(anError({ code: 'REFUSED', engine: 'stop' })),
  };
  return { made, undone, scripts };
}

/** Lets retries happen and answers what people are asked until the run is over. */
async function toTheEnd(bench: TestBench, runId: RunId, isDead = () => false): Promise<void> {
  for (let round = 0; round < 60; round += 1) {
    if (isDead()) await bench.restart();
    if ((await bench.summary(runId)).finishedAt !== null) return;
    for (const taskId of [...bench.tasks.keys()]) {
      // Not awaited: the process may die over it and never answer.
      void bench.deliver(runId, { kind: 'task-decided', taskId, outcome: 'retry', by: 'op', form: {}, at: 1 });
    }
    await bench.advance(60_000);
  }
  throw new Error(`run ${runId} came to no end: ${JSON.stringify(await bench.summary(runId))}`);
}

/** Every confirmed effect that can be taken back is, once, the newest first. */
function expectUndone(bench: TestBench, runId: RunId, undone: string[]): void {
  const confirmed: string[] = [];
  const intents = new Map<string, string>();
  for (const record of bench.records(runId)) {
    if (record.type === 'step-intent') intents.set(record.step, record.effectKey);
    if (record.type !== 'step-succeeded') continue;
    const call = bench.host.calls.find((each) => each.step === record.step);
    const key = intents.get(record.step);
    if (key !== undefined && call?.nodeType === 'test.undoable') confirmed.push(key);
  }
  expect(new Set(undone)).toEqual(new Set(confirmed.map(undoKeyOf)));
  expect(undone).toHaveLength(confirmed.length);
  for (const plan of bench.recordsOf(runId, 'undo-planned')) {
    const planned = plan.effects.map((effect) => effect.effectKey);
    expect(planned).toEqual(confirmed.filter((key) => planned.includes(key)).reverse());
  }
  const outcomes = bench.recordsOf(runId, 'undo-succeeded').map((record) => record.effectKey);
  expect(new Set(outcomes).size).toBe(outcomes.length);
  expect(outcomes.sort()).toEqual([...confirmed].sort());
}

describe('a failed group', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))(
    'takes every confirmed effect back once, the newest first (seed %i)',
    async (seed) => {
      const { scripts, undone } = world(seed);
      const bench = testBench(randomGroup(seed), scripts);
      const runId = await bench.start([1, 2]);
      await toTheEnd(bench, runId);
      expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
      expectUndone(bench, runId, undone);
    },
  );

  it.each([
    ['before', 59],
    ['after', 59],
    ['before', 11],
    ['after', 11],
  ] as const)('is taken back once wherever the process dies: %s any write (seed %i)', async (when, seed) => {
    for (let crashAt = 1; ; crashAt += 1) {
      const { scripts, undone } = world(seed);
      const bench = testBench(randomGroup(seed), scripts);
      const { append } = bench.journal;
      let writes = 0;
      let dead = false;
      bench.journal.append = async (...given) => {
        writes += 1;
        if (writes !== crashAt) return append(...given);
        if (when === 'after') await append(...given);
        dead = true;
        return new Promise(() => {});
      };
      const runId = await bench.start([1, 2]);
      await toTheEnd(bench, runId, () => {
        const was = dead;
        dead = false;
        return was;
      });
      expectUndone(bench, runId, undone);
      if (writes < crashAt) {
        expect(crashAt).toBeGreaterThan(15);
        return;
      }
    }
  });
});
