import { describe, expect, it } from 'vitest';
import { relatedGroups } from './related-runs.ts';
import { aRunSummary } from './run-samples.ts';

describe('runs beside a run', () => {
  const run = aRunSummary({ id: 'r', parentRunId: 'up', businessKey: 'D-1' });
  const beside = (id: string, more: Parameters<typeof aRunSummary>[0] = {}) =>
    aRunSummary({ id, businessKey: null, ...more });

  it('stand under what joins them, callers first', () => {
    const groups = relatedGroups(run, [
      beside('event'),
      beside('same', { businessKey: 'D-1' }),
      beside('down', { parentRunId: 'r', businessKey: 'D-1' }),
      beside('again', { replayRoot: 'r', businessKey: 'D-1' }),
      beside('up'),
    ]);
    expect(groups.map(({ title, runs }) => [title, runs.map(({ id }) => id)])).toEqual([
      ['Called this run', ['up']],
      ['Called by this run', ['down']],
      ['Repeats of the same run', ['again']],
      ['About D-1', ['same']],
      ['Set off by the same event', ['event']],
    ]);
  });

  it('come newest first within a group', () => {
    const [group] = relatedGroups(run, [
      beside('old', { businessKey: 'D-1', acceptedAt: 1 }),
      beside('new', { businessKey: 'D-1', acceptedAt: 2 }),
    ]);
    expect(group?.runs.map(({ id }) => id)).toEqual(['new', 'old']);
  });
});
