import { expect, it } from 'vitest';
import { aFlow, aRandomFlow, seededRandom } from '../test/builders.ts';
import {
  cyclesOf,
  downstreamOf,
  graphOf,
  stepVisibility,
  topologicalOrder,
  upstreamOf,
  visibleSteps,
} from './graph.ts';

const set = { type: 'core.set' };
const diamond = graphOf(
  aFlow({ d: set, c: set, b: set, a: set }, ['a.done>b.in', 'a.done>c.in', 'b.done>d.in', 'c.done>d.in']),
);

it('finds what comes before and after a node', () => {
  expect([...upstreamOf(diamond, 'd')].toSorted()).toEqual(['a', 'b', 'c']);
  expect([...downstreamOf(diamond, 'a')].toSorted()).toEqual(['b', 'c', 'd']);
  expect([...upstreamOf(diamond, 'a')]).toEqual([]);
});

it('orders nodes so that each comes after all it depends on', () => {
  const order = topologicalOrder(diamond);
  expect(order.indexOf('a')).toBe(0);
  expect(order.indexOf('d')).toBe(3);
});

it('puts the nodes of a cycle last instead of losing them', () => {
  const graph = graphOf(aFlow({ x: set, y: set, z: set }, ['x.done>y.in', 'y.done>x.in']));
  expect(topologicalOrder(graph)).toEqual(['z', 'x', 'y']);
  expect(cyclesOf(graph)).toEqual([['x', 'y']]);
});

it('sees from inside a container what comes before the container', () => {
  const graph = graphOf(
    aFlow({ a: set, box: set, inner: { ...set, parent: 'box' }, first: { ...set, parent: 'box' }, z: set }, [
      'a.done>box.in',
      'first.done>inner.in',
      'box.done>z.in',
    ]),
  );
  expect([...visibleSteps(graph, 'inner')].toSorted()).toEqual(['a', 'first']);
  expect([...visibleSteps(graph, 'z')].toSorted()).toEqual(['a', 'box']);
});

it('finds each separate cycle once and ignores edges to nodes that are missing', () => {
  const graph = graphOf(
    aFlow({ a: set, b: set, c: set }, ['a.done>a.in', 'b.done>c.in', 'c.done>b.in', 'c.done>gone.in']),
  );
  expect(cyclesOf(graph)).toEqual([['a'], ['b', 'c']]);
});

it('answers by bit sets what a walk through the graph answers, cycles and nesting included', () => {
  for (let seed = 1; seed <= 150; seed += 1) {
    const graph = graphOf(aRandomFlow(seededRandom(seed)));
    const sees = stepVisibility(graph);
    const ids = Object.keys(graph.flow.nodes);
    for (const reader of ids) {
      expect(ids.filter((step) => sees(reader, step)).toSorted(), `seed ${seed}, ${reader}`).toEqual(
        [...visibleSteps(graph, reader)].toSorted(),
      );
    }
  }
});
