import { expect, it } from 'vitest';
import type { Area } from './follow-view.ts';
import { howToFollow } from './follow-view.ts';

const canvas: Area = { left: 200, right: 1_000, top: 100, bottom: 500 };
const stepAt = (left: number, top: number): Area => ({ left, right: left + 160, top, bottom: top + 40 });
const opened = { x: 0, y: 0, zoom: 0.7 };
const looking = { view: opened, left: opened, isAsked: false, canvas };

it('stays while the step is in sight, and goes to one at the very edge', () => {
  expect(howToFollow({ ...looking, step: stepAt(400, 300) })).toBe('stay');
  expect(howToFollow({ ...looking, step: stepAt(850, 300) })).toBe('glide');
});

it('glides as far as a canvas away, and jumps from there on', () => {
  expect(howToFollow({ ...looking, step: stepAt(1_600, 300) })).toBe('glide');
  expect(howToFollow({ ...looking, step: stepAt(2_000, 300) })).toBe('jump');
  expect(howToFollow({ ...looking, step: stepAt(400, -2_000) })).toBe('jump');
});

it('leaves a view that somebody moved or zoomed where it is while the run goes on', () => {
  const step = stepAt(2_000, 300);
  expect(howToFollow({ ...looking, view: { ...opened, x: -40 }, step })).toBe('stay');
  expect(howToFollow({ ...looking, view: { ...opened, zoom: 0.1 }, step })).toBe('stay');
});

it('goes to a step that somebody chose from wherever the view is', () => {
  expect(howToFollow({ ...looking, view: { ...opened, x: -40 }, isAsked: true, step: stepAt(2_000, 300) })).toBe(
    'jump',
  );
});
