import type { InternalNode } from '@xyflow/react';
import { describe, expect, it } from 'vitest';
import { aFlow, aNode, anEdge, catalog } from '../testing.ts';
import { detailAt } from './detail.ts';
import { edgeLines, pathsByLook } from './far-edges.ts';
import { overviewScale } from './overview-scale.ts';
import { projectEdges, projectNodes } from './projection.ts';

const flow = aFlow(
  {
    start: aNode('test.start'),
    a: aNode('test.work'),
    each: aNode('test.each'),
    inside: aNode('test.work', { parent: 'each' }),
  },
  [anEdge('start', 'fired', 'a'), anEdge('a', 'done', 'each'), anEdge('a', 'error', 'each')],
);
flow.layout = { start: { x: 0, y: 0 }, a: { x: 300, y: 0 }, each: { x: 600, y: 0 }, inside: { x: 24, y: 72 } };
const nodes = projectNodes(flow, catalog, [], []);

/** What the canvas library makes of the nodes it is given. */
const placed = new Map(
  nodes.map((node): [string, InternalNode] => {
    const bounds = (type: string) =>
      (node.handles ?? []).filter((handle) => handle.type === type).map((handle) => ({ ...handle, nodeId: node.id }));
    const handleBounds = { source: bounds('source'), target: bounds('target') };
    const internals = { positionAbsolute: node.position, z: 0, userNode: node, handleBounds };
    return [node.id, { ...node, measured: node.measured ?? {}, internals } as InternalNode];
  }),
);

describe('a large flow from afar', () => {
  it('is drawn without words only where none could be read, and never when it is small', () => {
    expect(detailAt(0.2, 1_000)).toBe('far');
    expect(detailAt(0.4, 1_000)).toBe('near');
    expect(detailAt(0.1, 40)).toBe('near');
  });

  it('draws all edges of one look as one path, from port to port', () => {
    const edges = projectEdges(flow, [], []);
    const lines = edgeLines(edges, placed);
    expect(lines.size).toBe(3);
    expect(lines.get('start.fired>a.in')).toMatch(/^M228.5,\d+ C/);
    const paths = pathsByLook(edges, flow.edges, lines, {});
    expect([...paths.keys()]).toEqual(['edge', 'edge edge--error']);
    expect(paths.get('edge')?.match(/M/g)).toHaveLength(2);
  });

  it('leaves out an edge whose port is gone', () => {
    const edges = projectEdges(flow, [], []).map((edge) => ({ ...edge, sourceHandle: 'gone' }));
    expect(edgeLines(edges, placed).size).toBe(0);
  });
});

describe('the overview', () => {
  const size = { width: 200, height: 150 };

  it('holds the whole flow, with what lies in a container inside its frame', () => {
    const { boxes } = overviewScale(nodes, size);
    const rect = (id: string) =>
      boxes.find((box) => box.id === id)?.rect ?? { x: Number.NaN, y: 0, width: 0, height: 0 };
    for (const box of boxes) {
      expect(box.rect.x).toBeGreaterThanOrEqual(0);
      expect(box.rect.x + box.rect.width).toBeLessThanOrEqual(size.width);
    }
    expect(rect('inside').x).toBeGreaterThan(rect('each').x);
  });

  it('leads to the place that was pressed', () => {
    const scale = overviewScale(nodes, size);
    const view = scale.shown({ x: -300, y: 0, zoom: 2 }, { width: 800, height: 600 });
    const { x, y } = scale.pointAt({ x: view.x, y: view.y });
    expect(x).toBeCloseTo(150);
    expect(y).toBeCloseTo(0);
  });
});
