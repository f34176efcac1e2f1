import type { StepView } from '@waybill/api-contract';
import { describe, expect, it } from 'vitest';
import { anEdge } from '../testing.ts';
import { edgeTaken, liveByNode } from './node-live.ts';

const step = (key: string, status: StepView['status'], extra: Partial<StepView> = {}): StepView => ({
  step: key,
  nodeId: key.replace(/.*\//, ''),
  iteration: [],
  title: key,
  nodeType: 'test.work',
  status,
  startedAt: 1_000,
  endedAt: 1_250,
  attempts: [],
  port: null,
  waiting: null,
  error: null,
  effectKey: null,
  undo: null,
  iterations: null,
  records: null,
  seq: 1,
  ...extra,
});

describe('the live overlay', () => {
  it('shows the most urgent iteration of a step, how many stand as it does and how many failed', () => {
    const nodes = liveByNode([
      step('each[0]/a', 'succeeded'),
      step('each[1]/a', 'failed'),
      step('each[2]/a', 'failed'),
    ]);
    expect(nodes['a']).toMatchObject({ status: 'failed', steps: 3, alike: 2, failed: 2 });
    const loop = step('each', 'running', { iterations: { total: 3, finished: 1, failed: 2 } });
    expect(liveByNode([loop])['each']).toMatchObject({ steps: 3, alike: 3 });
  });

  it('counts how often any iteration of a step sent its run back', () => {
    const nodes = liveByNode([
      step('each[0]/a', 'waiting', { sentBack: 2 }),
      step('each[1]/a', 'waiting', { sentBack: 1 }),
    ]);
    expect(nodes['a']?.sentBack).toBe(3);
    expect(liveByNode([step('a', 'waiting')])['a']?.sentBack).toBe(0);
  });

  it('says how long a finished step took', () => {
    expect(liveByNode([step('a', 'succeeded')])['a']?.tookMs).toBe(250);
  });

  it('gives the entry shown before for a step that says the same, so that its card is not drawn again', () => {
    const before = liveByNode([step('a', 'succeeded'), step('b', 'running')]);
    const after = liveByNode([step('a', 'succeeded', { seq: 2 }), step('b', 'succeeded')], before);
    expect(after['a']).toBe(before['a']);
    expect(after['b']).toMatchObject({ status: 'succeeded' });
  });

  it('stays as it is when no step says anything else, and changes when a step is gone', () => {
    const steps = [step('a', 'succeeded'), step('b', 'running')];
    const before = liveByNode(steps);
    expect(liveByNode([step('a', 'succeeded', { seq: 2 }), step('b', 'running')], before)).toBe(before);
    expect(liveByNode(steps.slice(0, 1), before)).toEqual({ a: before['a'] });
  });

  it('marks the edge of the port that was left by, and the others as dead', () => {
    const nodes = liveByNode([step('a', 'succeeded', { port: 'yes' })]);
    expect(edgeTaken(anEdge('a', 'yes', 'b'), nodes)).toBe(true);
    expect(edgeTaken(anEdge('a', 'no', 'b'), nodes)).toBe(false);
  });

  it('leaves an edge open while its step is not decided', () => {
    expect(edgeTaken(anEdge('a', 'yes', 'b'), liveByNode([step('a', 'running')]))).toBeNull();
    expect(edgeTaken(anEdge('a', 'yes', 'b'), {})).toBeNull();
  });
});
