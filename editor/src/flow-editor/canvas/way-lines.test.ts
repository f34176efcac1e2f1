import { expect, it } from 'vitest';
import { isInView, viewOn, wayLines, wayWords } from './way-lines.ts';

const card = (x: number, y: number) => ({ x, y, width: 200, height: 60 });
const rects = new Map([
  ['check', card(0, 0)],
  ['raise', card(600, 100)],
]);

it('leads a way back from the lower edge of one card to that of the other, below both', () => {
  const [line] = wayLines([{ from: 'raise', to: 'check' }], rects);
  expect(line?.path.startsWith('M724 160C')).toBe(true);
  expect(line?.path).toMatch(/ 100 62$/);
  expect(line?.label.y).toBeGreaterThan(160);
  // Nearer to the card that asks.
  expect(line?.label.x).toBeGreaterThan(500);
});

it('draws none to a card that is folded away', () => {
  expect(wayLines([{ from: 'raise', to: 'hidden' }], rects)).toEqual([]);
});

it('knows whether any of it can be in view', () => {
  const [line] = wayLines([{ from: 'raise', to: 'check' }], rects);
  if (!line) throw new Error('no line');
  expect(isInView(line, viewOn([0, 0, 1], 1_000, 800))).toBe(true);
  expect(isInView(line, viewOn([-200, -180, 1], 300, 200))).toBe(true);
  expect(isInView(line, viewOn([-2_000, 0, 1], 1_000, 800))).toBe(false);
  expect(isInView(line, viewOn([-2_000, 0, 0.25], 1_000, 800))).toBe(false);
  expect(isInView(line, viewOn([-100, 0, 0.25], 1_000, 800))).toBe(true);
});

it('says how often a run was checked again', () => {
  expect([0, 1, 3].map(wayWords)).toEqual(['Check again', 'Checked again once', 'Checked again 3 times']);
});
