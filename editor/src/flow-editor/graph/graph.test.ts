import { applyOperation } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { aChain, aFlow, aNode, anEdge, catalog, manifests } from '../testing.ts';
import { whyNotConnect } from './connect.ts';
import { alignBoxes, freeSpotNear } from './geometry.ts';
import { fitsPlace, insertNode } from './insert.ts';
import { moveNodes } from './move.ts';
import { neighbourOf } from './walk.ts';

const manifest = (type: string) => manifests.find((each) => each.type === type)!;

describe('connecting', () => {
  it('joins an output with an input that takes its data', () => {
    expect(whyNotConnect(aChain(), catalog, anEdge('start', 'fired', 'b'))).toBeNull();
  });

  it('refuses loops, repeats, triggers as targets and steps themselves, and says why', () => {
    const flow = aChain();
    expect(whyNotConnect(flow, catalog, anEdge('b', 'done', 'a'))).toContain('loop');
    expect(whyNotConnect(flow, catalog, anEdge('a', 'done', 'b'))).toContain('already');
    expect(whyNotConnect(flow, catalog, anEdge('a', 'done', 'start', 'event'))).not.toBeNull();
    expect(whyNotConnect(flow, catalog, anEdge('a', 'done', 'a'))).toContain('itself');
  });

  it('refuses data of another kind', () => {
    const flow = aFlow({ one: aNode('test.count'), two: aNode('test.count') });
    expect(whyNotConnect(flow, catalog, anEdge('one', 'done', 'two', 'text'))).toContain('Text');
  });

  it('keeps edges inside their container', () => {
    const flow = aFlow({
      each: aNode('test.each'),
      inner: aNode('test.work', { parent: 'each' }),
      outer: aNode('test.work'),
    });
    expect(whyNotConnect(flow, catalog, anEdge('inner', 'done', 'outer'))).toContain('container');
  });
});

describe('inserting', () => {
  it('puts a step into the middle of an edge and makes room for it', () => {
    const flow = aChain();
    const { id, operation } = insertNode(flow, catalog, manifest('test.branch'), { edge: 'a.done>b.in' });
    const after = applyOperation(flow, operation).flow;
    expect(Object.keys(after.edges).toSorted()).toEqual([`a.done>${id}.in`, `${id}.yes>b.in`, 'start.fired>a.in']);
    expect(after.layout['b']!.x).toBeGreaterThan(after.layout[id]!.x + 224);
  });

  it('is taken back whole by one undo', () => {
    const flow = aChain();
    const { operation } = insertNode(flow, catalog, manifest('test.work'), { edge: 'a.done>b.in' });
    const applied = applyOperation(flow, operation);
    expect(applyOperation(applied.flow, applied.inverse).flow).toEqual(flow);
  });

  it('joins a step drawn out of an output and leaves triggers out of the offer', () => {
    const flow = aChain();
    const from = { node: 'b', port: 'done' };
    const { id, operation } = insertNode(flow, catalog, manifest('test.work'), { from });
    expect(applyOperation(flow, operation).flow.edges[`b.done>${id}.in`]).toBeDefined();
    expect(fitsPlace(flow, catalog, manifest('test.start'), { from })).toBe(false);
  });

  it('offers only steps that can take the data of the output', () => {
    const flow = aFlow({ count: aNode('test.count') });
    const place = { from: { node: 'count', port: 'done' } };
    expect(fitsPlace(flow, catalog, manifest('test.count'), place)).toBe(false);
    expect(fitsPlace(flow, catalog, manifest('test.work'), place)).toBe(true);
  });

  it('puts a step after one inside a container into the same container', () => {
    const flow = aFlow({ each: aNode('test.each'), inner: aNode('test.work', { parent: 'each' }) });
    const { id, operation } = insertNode(flow, catalog, manifest('test.work'), {
      from: { node: 'inner', port: 'done' },
    });
    expect(applyOperation(flow, operation).flow.nodes[id]?.parent).toBe('each');
  });

  it('never lays a step on top of another', () => {
    const spot = freeSpotNear(aChain(), undefined, { x: 300, y: 0 });
    expect(spot.y).toBeGreaterThanOrEqual(56);
  });
});

describe('moving', () => {
  const contained = () => ({
    ...aFlow({ each: aNode('test.each'), outer: aNode('test.work'), other: aNode('test.work') }, [
      anEdge('outer', 'done', 'other'),
    ]),
    layout: { each: { x: 0, y: 0, width: 600, height: 300 }, outer: { x: 800, y: 0 }, other: { x: 1100, y: 0 } },
  });

  it('takes a step into the container it is dropped on, without edges that would cross the border', () => {
    const flow = contained();
    const after = applyOperation(flow, moveNodes(flow, catalog, [{ id: 'outer', x: 100, y: 120 }])).flow;
    expect(after.nodes['outer']?.parent).toBe('each');
    expect(after.edges).toEqual({});
  });

  it('takes a step out of its container when it is dropped outside', () => {
    const flow = contained();
    const inside = applyOperation(flow, moveNodes(flow, catalog, [{ id: 'outer', x: 100, y: 120 }])).flow;
    const after = applyOperation(inside, moveNodes(inside, catalog, [{ id: 'outer', x: 900, y: 500 }])).flow;
    expect(after.nodes['outer']?.parent).toBeUndefined();
    expect(after.layout['outer']).toMatchObject({ x: 900, y: 500 });
  });

  it('lines steps up and spreads them evenly', () => {
    const flow = { ...aChain(), layout: { start: { x: 0, y: 40 }, a: { x: 250, y: 0 }, b: { x: 900, y: 90 } } };
    const aligned = applyOperation(flow, alignBoxes(flow, ['start', 'a', 'b'], 'top')).flow.layout;
    expect(Object.values(aligned).map((box) => box.y)).toEqual([0, 0, 0]);
    const spread = applyOperation(flow, alignBoxes(flow, ['start', 'a', 'b'], 'spread-x')).flow.layout;
    expect(spread['a']!.x - 224).toBe(spread['b']!.x - spread['a']!.x - 224);
  });

  it('knows the neighbours of a step', () => {
    expect(neighbourOf(aChain(), 'a', 'left')).toBe('start');
    expect(neighbourOf(aChain(), 'b', 'right')).toBeNull();
  });
});
