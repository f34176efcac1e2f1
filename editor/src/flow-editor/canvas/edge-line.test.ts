import { Position } from '@xyflow/react';
import { expect, it } from 'vitest';
import { CARD_HEIGHT, CARD_WIDTH } from '../graph/geometry.ts';
import { edgeLine } from './edge-line.ts';

const out = (x: number, y: number) => ({ x, y, position: Position.Right });
const into = (x: number, y: number) => ({ x, y, position: Position.Left });

/** Every coordinate pair of a path. */
const points = (path: string): [number, number][] =>
  [...path.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);

it('draws a curve to a card ahead', () => {
  expect(edgeLine(out(0, 0), into(200, 80)).path).toContain('C');
});

it('goes around the cards of the row that the target begins', () => {
  const target = into(0, 400);
  const { path } = edgeLine(out(1_000, 100), target);
  const top = target.y - CARD_HEIGHT / 2;
  const overCards = points(path).filter(([x]) => x > target.x && x < 1_000 - CARD_WIDTH);
  expect(overCards.every(([, y]) => y < top)).toBe(true);
  expect(path).not.toContain('C');
});

it('comes in from the left, also from a card right below the source', () => {
  const line = points(edgeLine(out(160, 0), into(0, 90)).path);
  expect(line.at(0)).toEqual([160, 0]);
  expect(line.at(-1)).toEqual([0, 90]);
  expect(line.at(-2)?.[1]).toBe(90);
  expect(line.at(-2)?.[0]).toBeLessThan(0);
});

it('leaves the error port downwards before it turns back', () => {
  const line = points(edgeLine({ x: 500, y: 40, position: Position.Bottom }, into(0, 300)).path);
  expect(line[1]?.[0]).toBe(500);
  expect(line[1]?.[1]).toBeGreaterThan(40);
});

it('draws something where both ends meet', () => {
  expect(edgeLine(out(0, 0), into(0, 0)).path).not.toContain('NaN');
});
