import { expect, it } from 'vitest';
import { aFlow, aNode, anEdge, aStore } from '../testing.ts';

it('leaves what is chosen of the edges as it is when another step is chosen, so that no edge is drawn again', () => {
  const edge = anEdge('start', 'fired', 'a');
  const store = aStore(aFlow({ start: aNode('test.start'), a: aNode('test.work') }, [edge]));
  store.getState().select(['start']);
  const before = store.getState();
  before.select(['a']);
  expect(store.getState().selected).toEqual(['a']);
  expect(store.getState().selectedEdges).toBe(before.selectedEdges);
  store.getState().select(['a'], ['start.fired>a.in']);
  expect(store.getState().selectedEdges).toEqual(['start.fired>a.in']);
});

it('tells nobody of a choice or a pointing that changes nothing', () => {
  const store = aStore(aFlow({ start: aNode('test.start') }, []));
  store.getState().select(['start']);
  store.getState().pointAt('start');
  const before = store.getState();
  before.select(['start']);
  before.pointAt('start');
  expect(store.getState()).toBe(before);
});
