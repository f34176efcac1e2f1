import { applyOperation } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { aChain, aFlow, aNode, anEdge, catalog } from '../testing.ts';
import { canGroup, groupSteps, ungroup } from './group.ts';

const longChain = () =>
  aFlow({ start: aNode('test.start'), a: aNode('test.work'), b: aNode('test.work'), c: aNode('test.work') }, [
    anEdge('start', 'fired', 'a'),
    anEdge('a', 'done', 'b'),
    anEdge('b', 'done', 'c'),
  ]);

describe('grouping', () => {
  it('puts a frame around steps and leads the edges through it', () => {
    const flow = longChain();
    const grouped = groupSteps(flow, catalog, ['a', 'b'])!;
    const after = applyOperation(flow, grouped.operation).flow;
    expect(after.nodes['a']?.parent).toBe('group');
    expect(Object.keys(after.edges).toSorted()).toEqual(['a.done>b.in', 'group.done>c.in', 'start.fired>group.in']);
  });

  it('is taken back by undo, and by taking the group apart', () => {
    const flow = longChain();
    const applied = applyOperation(flow, groupSteps(flow, catalog, ['a', 'b'])!.operation);
    expect(applyOperation(applied.flow, applied.inverse).flow).toEqual(flow);
    const apart = applyOperation(applied.flow, ungroup(applied.flow, 'group')!).flow;
    expect(apart.nodes).toEqual(flow.nodes);
    expect(Object.keys(apart.edges).toSorted()).toEqual(Object.keys(flow.edges).toSorted());
    expect(apart.layout).toEqual(flow.layout);
  });

  it('keeps triggers out, and steps of different containers apart', () => {
    expect(canGroup(aChain(), catalog, ['start', 'a'])).toBe(false);
    const flow = aFlow({
      each: aNode('test.each'),
      inner: aNode('test.work', { parent: 'each' }),
      outer: aNode('test.work'),
    });
    expect(canGroup(flow, catalog, ['inner', 'outer'])).toBe(false);
  });
});
