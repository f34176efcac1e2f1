import { expect, it } from 'vitest';
import { aFlow, aRandomFlow, seededRandom } from '../test/builders.ts';
import { defaultLayout } from './default-layout.ts';

const set = { type: 'core.set' };

it('puts each node to the right of all that lead to it', () => {
  const layout = defaultLayout(aFlow({ a: set, b: set, c: set }, ['a.done>b.in', 'a.done>c.in', 'b.done>c.in']));
  expect(layout['a']!.x).toBeLessThan(layout['b']!.x);
  expect(layout['b']!.x).toBeLessThan(layout['c']!.x);
});

it('makes containers large enough for what lies in them, and keeps their neighbours clear', () => {
  const flow = aFlow({ box: set, one: { ...set, parent: 'box' }, two: { ...set, parent: 'box' }, next: set }, [
    'one.done>two.in',
    'box.done>next.in',
  ]);
  const layout = defaultLayout(flow);
  const box = layout['box']!;
  const two = layout['two']!;
  expect(two.x + 220).toBeLessThan(box.width!);
  expect(two.y + 72).toBeLessThan(box.height!);
  expect(layout['next']!.x).toBeGreaterThan(box.x + box.width!);
});

it('gives every node and note a place, even in a flow that validation refuses', () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const flow = aRandomFlow(seededRandom(seed));
    const placed = Object.keys(defaultLayout(flow)).toSorted();
    expect(placed, `seed ${seed}`).toEqual([...Object.keys(flow.nodes), ...Object.keys(flow.notes)].toSorted());
  }
});
