import { describe, expect, it } from 'vitest';
import { mayReplay, retryMeans, runActs, stepActs, takenBack } from './run-acts.ts';
import { aStep } from './run-samples.ts';

describe('what may be done to a run', () => {
  it('offers pause and cancel while it is under way', () => {
    expect(runActs({ status: 'running' })).toEqual({
      'retry-run': false,
      pause: true,
      resume: false,
      cancel: true,
      'take-back': false,
    });
  });
  it('offers resume when it is paused or quarantined', () => {
    expect(runActs({ status: 'paused' })).toEqual({
      'retry-run': false,
      pause: false,
      resume: true,
      cancel: true,
      'take-back': false,
    });
    expect(runActs({ status: 'quarantined' }).resume).toBe(true);
  });
  it('offers nothing once it is over', () => {
    expect(runActs({ status: 'succeeded' })).toEqual({
      'retry-run': false,
      pause: false,
      resume: false,
      cancel: false,
      'take-back': false,
    });
  });
});

it('offers to take back what a failed or cancelled run did', () => {
  expect(runActs({ status: 'failed' })['take-back']).toBe(true);
  expect(runActs({ status: 'cancelled' })['take-back']).toBe(true);
});

describe('a run that a newer one repeats', () => {
  it('does not go on, but what it did may be taken back', () => {
    expect(runActs({ status: 'failed' }, true)).toMatchObject({ 'retry-run': false, 'take-back': true });
    expect(runActs({ status: 'quarantined' }, true).resume).toBe(false);
    const failed = aStep('a', { status: 'failed', port: null });
    expect(stepActs({ status: 'failed' }, failed, true)).toEqual({ retry: false, skip: false, resolve: false });
  });
  it('is repeated once more when that one is over or set aside', () => {
    const over = { status: 'failed' } as const;
    expect(mayReplay(over, null)).toBe(true);
    expect(mayReplay(over, { status: 'cancelled' })).toBe(true);
    expect(mayReplay(over, { status: 'quarantined' })).toBe(true);
    expect(mayReplay(over, { status: 'waiting' })).toBe(false);
    expect(mayReplay({ status: 'running' }, null)).toBe(false);
  });
});

it('tells whether all that a run did was taken back', () => {
  const undo = {
    state: 'undone',
    ofRun: false,
    attempts: 1,
    plannedAt: 1,
    endedAt: 2,
    retryAt: null,
    error: null,
    taskId: null,
  } as const;
  const undone = aStep('a', { effectKey: 'k', status: 'undone', undo: { ...undo, by: 'engine' } });
  expect(takenBack([aStep('x'), undone])).toBe('all');
  expect(takenBack([aStep('b', { effectKey: 'l' }), undone])).toBe('some');
  expect(takenBack([aStep('b', { effectKey: 'l' })])).toBeNull();
  expect(stepActs({ status: 'failed' }, undone).retry).toBe(true);
});

describe('what may be done to a step', () => {
  it('retries and skips a failed step of a failed run', () => {
    expect(stepActs({ status: 'failed' }, aStep('a', { status: 'failed', port: null }))).toEqual({
      retry: true,
      skip: true,
      resolve: false,
    });
  });
  it('retries a failed step kept back in a paused run, but not one whose error was handled', () => {
    expect(stepActs({ status: 'paused' }, aStep('a', { status: 'failed', port: null })).retry).toBe(true);
    expect(stepActs({ status: 'running' }, aStep('a', { status: 'failed', port: 'error' })).retry).toBe(false);
  });
  it('skips a wait but does not retry it', () => {
    expect(stepActs({ status: 'waiting' }, aStep('a', { status: 'waiting' }))).toMatchObject({
      retry: false,
      skip: true,
    });
  });
  it('asks what happened only for a step in doubt', () => {
    expect(stepActs({ status: 'in-doubt' }, aStep('a', { status: 'in-doubt' }))).toEqual({
      retry: false,
      skip: false,
      resolve: true,
    });
  });
  it('does nothing to a run that was ignored', () => {
    expect(stepActs({ status: 'ignored' }, aStep('a', { status: 'succeeded' })).retry).toBe(false);
  });
  it('warns that repeating a successful write writes again', () => {
    expect(retryMeans(aStep('a', { effectKey: 'k' }))).toContain('second time');
    expect(retryMeans(aStep('a', { effectKey: 'k', status: 'failed' }))).toContain('not written twice');
  });
});
