import type { Heartbeat } from '@waybill/engine';
import type { RunId } from '@waybill/flow-model';
import { expect, it } from 'vitest';
import { silence } from './run-life.ts';

const running = { status: 'running' as const, updatedAt: 1_000 };
const beat = (oldest: Heartbeat['oldest']): Heartbeat => ({ runId: 'r' as RunId, oldest });
const step = { step: 'a', attempt: 1, since: 2_000, dueBy: 5_000 };

it.each([
  ['a run that nobody drives', running, undefined, { silentSince: 1_000 }],
  ['a step that is over its time', running, beat(step), { silentSince: 2_000 }],
  ['a step in its time', running, beat({ ...step, dueBy: 9_000 }), {}],
  ['a step whose host has answered', running, beat({ ...step, dueBy: null }), {}],
  ['a run between steps', running, beat(null), {}],
  ['a run that waits', { ...running, status: 'waiting' as const }, undefined, {}],
])('says since when nothing was heard: %s', (_what, run, heartbeat, said) => {
  expect(silence(run, heartbeat, 6_000)).toEqual(said);
});
