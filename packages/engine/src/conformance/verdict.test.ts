import { describe, expect, it } from 'vitest';
import type { OutsideLine, Safety } from './outside-log.ts';
import { verdictOf } from './verdict.ts';

const effect = (run: string, step: string, key = `${run}-${step}`, safety: Safety = 'natural'): OutsideLine => ({
  by: 1,
  t: 'effect',
  key,
  run,
  step,
  safety,
  subject: null,
});
const booked = (n: number): OutsideLine => ({
  by: 1,
  t: 'effect',
  key: `k${n}`,
  run: `r${n}`,
  step: 'book',
  safety: 'natural',
  subject: { key: 'P-1', n },
});
const outcome = (run: string, step: string): OutsideLine => ({ by: 1, t: 'outcome', run, step });
const started = (run: string, event: string): OutsideLine => ({ by: 1, t: 'started', run, event });

describe('the verdict on an outside log', () => {
  it('allows an effect that was repeated before its outcome, under its key', () => {
    const lines = [started('r', 'later:x#0'), effect('r', 'act'), effect('r', 'act'), outcome('r', 'act')];
    expect(verdictOf(lines)).toEqual({ effects: 1, repeatedInFlight: 1, late: 0, violations: [] });
  });

  it('lets a request of a frozen process arrive late, but nothing that a key could have stopped', () => {
    const byNext = (line: OutsideLine): OutsideLine => ({ ...line, by: 2 });
    const over = [effect('r', 'a'), byNext(effect('r', 'a')), byNext(outcome('r', 'a'))];
    expect(verdictOf([...over, effect('r', 'a')], 1)).toMatchObject({ late: 1, violations: [] });
    expect(verdictOf([...over, effect('r', 'a')]).violations).toHaveLength(1);
    expect(verdictOf([...over, effect('r', 'a', 'r-a', 'keyed')], 1).violations).not.toEqual([]);
  });

  it.each([
    ['repeated after its outcome', [effect('r', 'a'), outcome('r', 'a'), effect('r', 'a')]],
    ['under two keys', [effect('r', 'a', 'one'), effect('r', 'a', 'two')]],
    ['was done twice', [effect('r', 'a', 'k', 'once'), effect('r', 'a', 'k', 'once')]],
    ['P-1 did 1 after -1', [booked(1)]],
    ['P-1 did 0 after 1', [booked(0), booked(1), booked(0)]],
    ['never had its effect only', [started('r', 'once:x#0')]],
    ['started r1 and r2', [started('r1', 'once:x#0'), started('r2', 'once:x#0')]],
  ])('finds what is %s', (words, lines) => {
    expect(verdictOf(lines).violations.join('; ')).toContain(words);
  });
});
