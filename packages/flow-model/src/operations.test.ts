import { expect, it } from 'vitest';
import { aRandomFlow, seededRandom } from '../test/builders.ts';
import type { Flow } from './flow.ts';
import type { FlowOperation } from './operations.ts';
import { applyOperation } from './operations.ts';

function aRandomOperation(flow: Flow, random: () => number): FlowOperation {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const id = pick(Object.keys(flow.nodes).concat('fresh'));
  const edge = { from: { node: id, port: 'done' }, to: { node: id, port: 'in' } };
  return pick<FlowOperation>([
    { op: 'put-node', id, node: { type: 'core.set', version: 9, params: { n: random() } } },
    { op: 'remove-node', id },
    { op: 'put-edge', edge },
    { op: 'remove-edge', id: pick(Object.keys(flow.edges).concat('none')) },
    { op: 'put-note', id, note: { text: 'note' } },
    { op: 'remove-note', id: pick(Object.keys(flow.notes).concat('none')) },
    { op: 'set-box', id, box: random() < 0.5 ? null : { x: random(), y: 0 } },
    { op: 'set-pin', id, pin: random() < 0.5 ? null : { port: 'done', value: 1 } },
    { op: 'set-settings', settings: { concurrency: 3 } },
    { op: 'set-header', name: 'Renamed', description: null },
  ]);
}

it('takes back any batch of operations exactly', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = seededRandom(seed);
    const flow = aRandomFlow(random);
    const operations = Array.from({ length: 6 }, () => aRandomOperation(flow, random));
    const applied = applyOperation(flow, { op: 'batch', operations });
    expect(applyOperation(applied.flow, applied.inverse).flow, `seed ${seed}`).toEqual(flow);
  }
});

it('does not change the flow it is given', () => {
  const flow = aRandomFlow(seededRandom(7));
  const copy = structuredClone(flow);
  applyOperation(flow, { op: 'remove-node', id: Object.keys(flow.nodes)[0] ?? '' });
  expect(flow).toEqual(copy);
});
