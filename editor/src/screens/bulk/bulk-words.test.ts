import type { BulkOperation } from '@waybill/api-contract';
import { describe, expect, it } from 'vitest';
import {
  filterAgain,
  isUnsettled,
  leftMs,
  lookedAtWords,
  operationLabel,
  outcomesShown,
  previewWords,
  sinceWords,
  subjectWords,
  writeLines,
} from './bulk-words.ts';
import { nextReadMs } from './use-outcomes.ts';

const operation = (given: Partial<BulkOperation>): BulkOperation => ({
  id: 'bk_1',
  name: 'Give up',
  subject: 'runs',
  act: 'cancel',
  replay: null,
  retry: null,
  filter: {},
  exceptions: null,
  reason: 'r',
  createdBy: 'u',
  createdByName: 'Olga',
  createdAt: 0,
  startAt: 0,
  perMinute: 60,
  status: 'running',
  total: 100,
  succeeded: 30,
  refused: 5,
  skipped: 5,
  finishedAt: null,
  ...given,
});

describe('words about an operation on many runs', () => {
  it('knows how long the rest takes at its pace, and nothing while it stands still', () => {
    expect(leftMs(operation({}))).toBe(60_000);
    expect(leftMs(operation({ status: 'suspended' }))).toBeNull();
    expect(leftMs(operation({ succeeded: 90 }))).toBeNull();
  });

  it('names what a replay writes again before what it leaves alone, and nothing that it does not', () => {
    const found = {
      runs: 50,
      writtenAgain: 1,
      skipped: 1_200,
      new: 0,
      lookedFor: 0,
      inDoubt: 2,
      unjudged: 0,
      refused: 0,
    };
    expect(writeLines(found, 80).map(({ label }) => label)).toEqual([
      '1 write sent again',
      '2 writes in doubt: a person is asked first',
      `${(1_200).toLocaleString()} writes left alone`,
    ]);
    const none = { ...found, writtenAgain: 0, skipped: 0, lookedFor: 0, inDoubt: 0 };
    expect(writeLines(none, 80)).toEqual([{ label: 'Nothing is written to other systems', tone: 'done' }]);
    expect(lookedAtWords(50, 80)).toBe('Of the newest 50 of these runs');
    expect(lookedAtWords(50, 50)).toBe('Of these runs');
  });

  it('leaves runs that began after an operation out when it is made again', () => {
    expect(filterAgain({ filter: { flowId: 'f' }, createdAt: 500 })).toEqual({ flowId: 'f', to: 500 });
    expect(filterAgain({ filter: { to: 300 }, createdAt: 500 })).toEqual({ to: 300 });
  });

  it('names acts on exceptions in the words of their desk', () => {
    const onRuns = operation({ act: 'retry' });
    const onExceptions = operation({ subject: 'exceptions', act: 'retry' });
    expect([onRuns, onExceptions].map(operationLabel)).toEqual(['Try again', 'Try again as it is']);
    expect(operationLabel({ ...onRuns, retry: { version: 'newest' } })).toBe('Try again on the newest version');
    expect([onRuns, onExceptions].map((one) => subjectWords(one, 1))).toEqual(['1 run', '1 exception']);
    expect(operationLabel(operation({ subject: 'exceptions', act: 'resolved-outside' }))).toBe('Resolved elsewhere');
  });

  it('says when nothing or too much matches', () => {
    expect(previewWords({ count: 0, isMore: false })).toMatch(/^No run/);
    expect(previewWords({ count: 1, isMore: false })).toMatch(/^1 run will/);
    expect(previewWords({ count: 100_000, isMore: true })).toMatch(
      new RegExp(`^More than ${(100_000).toLocaleString()} runs`),
    );
  });
});

describe('what became of a run after a bulk action', () => {
  const item = { status: 'succeeded', newRunId: null } as const;
  const since = (status: 'running' | 'failed' | 'succeeded', step: string | null = null) => ({
    status,
    step,
    what: null,
  });

  it('is told by where the run stands by now', () => {
    const words = (given: ReturnType<typeof since>) => sinceWords('retry', { ...item, since: given }).label;
    expect(words(since('running', 'Book'))).toBe('Still running at Book');
    expect(words(since('failed', 'Book'))).toBe('Failed again at Book');
    expect(words(since('succeeded'))).toBe('Went on, came to its end');
    expect(sinceWords('replay', { ...item, newRunId: 'r', since: since('failed') }).label).toBe('Failed');
  });

  it('is the act itself where nothing goes on after it', () => {
    expect(sinceWords('pause', { ...item, since: since('running') }).label).toBe('Acted on');
    expect(sinceWords('retry', { ...item, status: 'refused', since: null }).label).toBe('Refused');
  });

  it('is asked for again until the run is over', () => {
    expect(isUnsettled('retry', { ...item, since: since('running') })).toBe(true);
    expect(isUnsettled('retry', { ...item, since: since('failed') })).toBe(false);
    expect(isUnsettled('cancel', { ...item, since: since('running') })).toBe(false);
  });
});

it('shows what there is of each outcome, the worst last, and the one that is chosen', () => {
  expect(outcomesShown({ failed: 2, ended: 1, waiting: 0 }, null)).toEqual(['ended', 'failed']);
  expect(outcomesShown({ ended: 1 }, 'running')).toEqual(['ended', 'running']);
});

it('counts again while a run or the bulk action may still go on, the more there are the more rarely', () => {
  const ended = { byOutcome: { ended: 3, failed: 1 }, counted: 4 };
  const busy = { byOutcome: { waiting: 1, running: 1 }, counted: 2 };
  expect(nextReadMs(ended, true)).toBe(false);
  expect(nextReadMs(ended, false)).not.toBe(false);
  expect(nextReadMs(busy, true)).toBeLessThan(Number(nextReadMs({ byOutcome: { waiting: 1 }, counted: 2 }, true)));
  expect(nextReadMs(busy, true)).toBeLessThan(Number(nextReadMs({ ...busy, counted: 5_000 }, true)));
});
