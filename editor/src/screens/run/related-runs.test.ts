import { describe, expect, it } from 'vitest';
import { newestRepeat, relatedGroups } from './related-runs.ts';
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

describe('the run that repeats a run', () => {
  const made = (id: string, acceptedAt: number, replayRoot: string | null = 'r') =>
    aRunSummary({ id, acceptedAt, replayRoot });
  const first = made('r', 1, null);

  it('is the one made last, whichever of them it repeats', () => {
    const others = [made('b', 3), made('c', 4), made('a', 2), made('other', 9, 'elsewhere')];
    expect(newestRepeat(first, others)?.id).toBe('c');
    expect(newestRepeat(made('b', 3), [first, made('c', 4), made('a', 2)])?.id).toBe('c');
  });

  it('is none for the newest itself, and for a run that nobody repeats', () => {
    expect(newestRepeat(made('c', 4), [first, made('b', 3)])).toBeNull();
    expect(newestRepeat(first, [made('other', 9, 'elsewhere')])).toBeNull();
  });

  it('is told by its name where two began in the same millisecond', () => {
    expect(newestRepeat(made('b', 3), [first, made('c', 3)])?.id).toBe('c');
    expect(newestRepeat(made('c', 3), [first, made('b', 3)])).toBeNull();
  });
});
