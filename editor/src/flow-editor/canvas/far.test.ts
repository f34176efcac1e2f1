import type { StepStatus } from '@waybill/api-contract';
import type { InternalNode } from '@xyflow/react';
import { describe, expect, it } from 'vitest';
import type { NodeLive } from '../state/node-live.ts';
import { aFlow, aNode, anEdge, catalog } from '../testing.ts';
import { detailAt } from './detail.ts';
import { edgeLines, pathsByLook } from './far-edges.ts';
import { boxPaths, fixedPaths, notePaths } from './far-picture.ts';
import { absoluteRects, nodeAt } from './node-rects.ts';
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

describe('the picture of a large flow', () => {
  const rects = absoluteRects(nodes);
  const count = (paths: ReadonlyMap<string, string>) =>
    Object.fromEntries([...paths].map(([look, path]) => [look, path.match(/M/g)?.length]));
  const stands = (status: StepStatus): NodeLive => ({
    status,
    step: '',
    steps: 1,
    alike: 1,
    failed: 0,
    attempt: 1,
    sentBack: 0,
    port: null,
    words: null,
    tookMs: null,
  });

  it('draws all cards that look alike as one path, frames apart from them', () => {
    const { frames, cards } = boxPaths({ nodes, rects, flow, catalog }, {}, new Map());
    expect(count(cards)).toEqual({ 'far-box': 3 });
    expect(count(frames)).toEqual({ 'far-box': 1 });
    const { heads, tiles, names } = fixedPaths({ nodes, rects, flow, catalog });
    expect([...heads.values()].join('').match(/M/g)).toHaveLength(1);
    expect([...tiles.values()].join('').match(/M/g)).toHaveLength(3);
    expect(names.match(/M/g)).toHaveLength(3);
  });

  it('shows how steps stand, what is chosen and where a problem is', () => {
    const chosen = projectNodes(flow, catalog, ['inside'], nodes);
    const live = { start: stands('succeeded'), a: stands('skipped'), each: stands('running') };
    const { frames, cards } = boxPaths({ nodes: chosen, rects, flow, catalog }, live, new Map([['a', 'warning']]));
    expect(count(cards)).toEqual({
      'far-box far-box--strong far-box--done': 1,
      'far-box far-box--skipped far-box--warning': 1,
      'far-box far-box--strong far-box--selected': 1,
    });
    expect(count(frames)).toEqual({ 'far-box far-box--strong far-box--running': 1 });
  });

  it('holds the notes but for one that is chosen, since that may be written on', () => {
    const noted = { ...flow, notes: { one: { text: '' }, two: { text: '', color: 'blue' as const } } };
    const drawn = projectNodes(noted, catalog, [], nodes);
    expect(count(notePaths({ nodes: drawn, rects: absoluteRects(drawn), flow: noted }))).toEqual({
      yellow: 1,
      blue: 1,
    });
    const chosen = projectNodes(noted, catalog, ['two'], drawn);
    expect(count(notePaths({ nodes: chosen, rects: absoluteRects(chosen), flow: noted }))).toEqual({ yellow: 1 });
  });

  it('tells what a point lies on: the step and not the frame around it', () => {
    const middle = (id: string) => {
      const { x, y, width, height } = rects.get(id) ?? { x: 0, y: 0, width: 0, height: 0 };
      return { x: x + width / 2, y: y + height / 2 };
    };
    expect(nodeAt(middle('inside'), nodes, rects)).toBe('inside');
    expect(nodeAt({ x: 604, y: 4 }, nodes, rects)).toBe('each');
    expect(nodeAt(middle('a'), nodes, rects)).toBe('a');
    expect(nodeAt({ x: -50, y: -50 }, nodes, rects)).toBeNull();
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
