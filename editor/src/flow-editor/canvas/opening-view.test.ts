import { describe, expect, it } from 'vitest';
import { aFlow, aNode, catalog } from '../testing.ts';
import { openingView } from './opening-view.ts';
import { projectNodes } from './projection.ts';

const surface = { width: 1_200, height: 600 };

/** Cards in a row, 300 px apart. */
const row = (count: number) => {
  const flow = aFlow(
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, aNode('test.work')])),
    [],
  );
  flow.layout = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`n${index}`, { x: index * 300, y: 0 }]),
  );
  return projectNodes(flow, catalog, [], []);
};

describe('what a canvas shows at first', () => {
  it('is all of a flow that stays readable, in the middle and never enlarged', () => {
    expect(openingView(row(2), surface)).toEqual({ zoom: 1, x: 600 - 262, y: 300 - 28 });
    const { zoom } = openingView(row(6), surface);
    expect(zoom).toBeLessThan(1);
    expect(zoom).toBeGreaterThanOrEqual(0.5);
  });

  it('is the beginning of a flow that would become too small', () => {
    expect(openingView(row(40), surface)).toMatchObject({ zoom: 0.7, x: 48 });
  });

  it('has the step in sight that was asked for, and stays where it is if it is so already', () => {
    const nodes = row(40);
    const { zoom, x } = openingView(nodes, surface, 'n30');
    expect((30 * 300 + 112) * zoom + x).toBeCloseTo(600);
    expect(openingView(nodes, surface, 'n1')).toEqual(openingView(nodes, surface));
  });

  it('takes a step that is gone, an empty flow and a surface without a size', () => {
    expect(openingView(row(40), surface, 'gone')).toEqual(openingView(row(40), surface));
    expect(openingView([], surface)).toEqual({ x: 0, y: 0, zoom: 1 });
    expect(openingView(row(2), { width: 0, height: 0 })).toEqual({ x: 0, y: 0, zoom: 1 });
  });
});
