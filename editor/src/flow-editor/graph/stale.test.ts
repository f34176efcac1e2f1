import { applyOperation } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { aChain, aFlow, aNode, anEdge } from '../testing.ts';
import { staleSteps } from './stale.ts';

const nested = aFlow(
  {
    start: aNode('test.start'),
    each: aNode('test.each'),
    first: aNode('test.work', { parent: 'each' }),
    second: aNode('test.work', { parent: 'each' }),
    after: aNode('test.work'),
  },
  [anEdge('start', 'fired', 'each'), anEdge('first', 'done', 'second'), anEdge('each', 'done', 'after')],
);
const withText = (flow: typeof nested, id: string) =>
  applyOperation(flow, {
    op: 'put-node',
    id,
    node: { ...flow.nodes[id]!, params: { text: 'new' } },
  }).flow;
const stale = (...args: Parameters<typeof staleSteps>) => [...staleSteps(...args)].toSorted();

describe('stale data', () => {
  it('is none while the draft is what ran, whatever it is called and wherever it lies', () => {
    const flow = aChain();
    const renamed = { ...flow, layout: {}, nodes: { ...flow.nodes, a: { ...flow.nodes['a']!, title: 'Other' } } };
    expect(stale(flow, structuredClone(flow))).toEqual([]);
    expect(stale(flow, renamed)).toEqual([]);
  });

  it('is that of a changed step and of all that follows, not of what comes before', () => {
    expect(stale(aChain(), withText(aChain(), 'a'))).toEqual(['a', 'b']);
  });

  it('is that of a step which gets its input from elsewhere now', () => {
    const flow = aChain();
    const rewired = { ...flow, edges: { x: anEdge('start', 'fired', 'a'), y: anEdge('start', 'fired', 'b') } };
    expect(stale({ ...flow, edges: { ...flow.edges } }, rewired)).toContain('b');
  });

  it('reaches out of a container and past it, but not to the steps before the change in its body', () => {
    expect(stale(nested, withText(nested, 'second'))).toEqual(['after', 'each', 'second']);
    expect(stale(nested, withText(nested, 'each'))).toEqual(['after', 'each', 'first', 'second']);
  });

  it('stays with a step that ran alone on data which was out of date', () => {
    expect(stale(aChain(), aChain(), { doubted: ['a'] })).toEqual(['a', 'b']);
  });

  it('comes with pinned data that the run did not have, not with pinning what it gave', () => {
    const flow = aChain();
    const pinned = { ...flow, pins: { a: { port: 'done', value: 1 } } };
    expect(stale(flow, pinned)).toEqual(['a', 'b']);
    expect(stale(flow, pinned, { gave: { a: { port: 'done', value: 2 } } })).toEqual(['a', 'b']);
    expect(stale(flow, pinned, { gave: { a: { port: 'done', value: 1 } } })).toEqual([]);
  });
});
