import { expect, it } from 'vitest';
import type { StandingNode } from './standing-slice.ts';
import { standingByNode } from './standing-slice.ts';

const none = { runs: 0, waits: 0, oldestAt: null };
const node = (nodeId: string, runs: number): StandingNode => ({
  nodeId,
  running: none,
  waiting: { runs, waits: runs, oldestAt: 5 },
  parked: none,
  inDoubt: none,
  failed: none,
});

it('keeps what did not change as it is, and drops nodes at which nothing stands any more', () => {
  const before = standingByNode({}, [node('a', 1), node('b', 2), node('gone', 1)]);
  const after = standingByNode(before, [node('a', 1), node('b', 3)]);
  expect(after['a']).toBe(before['a']);
  expect(after['b']?.waiting.runs).toBe(3);
  expect(Object.keys(after)).toEqual(['a', 'b']);
});
