import { applyOperation } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { projectEdges, projectNodes } from '../canvas/projection.ts';
import { aFlow, aNode, anEdge, catalog } from '../testing.ts';
import { isHidden, toggleCollapsed } from './collapse.ts';

describe('folding a container', () => {
  const flow = aFlow(
    {
      outer: aNode('test.each'),
      inner: aNode('test.group', { parent: 'outer' }),
      a: aNode('test.work', { parent: 'inner' }),
      b: aNode('test.work', { parent: 'inner' }),
    },
    [anEdge('a', 'done', 'b')],
  );
  const folded = applyOperation(flow, toggleCollapsed(flow, ['outer'])).flow;

  it('hides all that lies in it, with the edges there', () => {
    expect(isHidden(folded, 'a')).toBe(true);
    expect(projectNodes(folded, catalog, [], []).map((node) => node.id)).toEqual(['outer']);
    expect(projectEdges(folded, [], [])).toEqual([]);
  });

  it('draws it as a card and keeps its size for later', () => {
    expect(projectNodes(folded, catalog, [], [])[0]?.type).toBe('card');
    const open = applyOperation(folded, toggleCollapsed(folded, ['outer'])).flow;
    expect(open).toEqual(flow);
  });
});
