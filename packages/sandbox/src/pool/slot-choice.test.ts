import { expect, it } from 'vitest';
import type { Busyness } from './slot-choice.ts';
import { slotFor } from './slot-choice.ts';
import type { Work } from './ticket.ts';

const NOW = 1_000;
const step = (runId: string): Work => ({
  t: 'step',
  bundle: 'core',
  shared: true,
  runId,
  json: '{}',
  next: '',
  timeoutMs: 1_000,
  memoryMb: 128,
});
const runner = (steps: number, given: Partial<Busyness> = {}): Busyness => ({
  tickets: new Map(Array.from({ length: steps }, (_, id) => [id, { work: step('other') }])),
  calling: 0,
  heardAt: NOW,
  ...given,
});
const chosen = (runners: Busyness[], runId = 'run-1') =>
  runners.indexOf(slotFor(step(runId), runners, runners, NOW) as Busyness);
const runIds = Array.from({ length: 20 }, (_, n) => `run-${n}`);

it('gathers the steps of all runs in the first runner while it keeps up', () => {
  expect(new Set(runIds.map((runId) => chosen([runner(40), runner(0)], runId)))).toEqual(new Set([0]));
});

it('passes on what comes up while a runner is busy and silent', () => {
  expect(chosen([runner(1, { heardAt: NOW - 20 }), runner(0)])).toBe(1);
});

it('leaves one alone that has enough to do, and counts no step that waits for another system', () => {
  expect(chosen([runner(64), runner(0)])).toBe(1);
  expect(chosen([runner(64, { calling: 10 }), runner(0)])).toBe(0);
});

it('keeps the steps of a run together when all are busy', () => {
  const busy = [runner(70), runner(70)];
  expect(chosen(busy, 'run-7')).toBe(chosen(busy, 'run-7'));
  expect(new Set(runIds.map((runId) => chosen(busy, runId)))).toEqual(new Set([0, 1]));
  expect(new Set(runIds.map((runId) => chosen([runner(100), runner(70)], runId)))).toEqual(new Set([1]));
});
