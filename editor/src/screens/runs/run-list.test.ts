import type { RunSummaryView } from '@waybill/api-contract';
import { describe, expect, it } from 'vitest';
import { addNews, heldCount, newsSince, noNews, releaseHeld, shownRuns } from './run-list.ts';

const aRun = (id: string, acceptedAt: number, more: Partial<RunSummaryView> = {}): RunSummaryView => ({
  id,
  flowId: 'flow_1',
  flowName: 'Won deal to project',
  versionNumber: 3,
  status: 'running',
  mode: 'live',
  startedBy: 'webhook',
  startedByName: null,
  note: null,
  acceptedAt,
  updatedAt: acceptedAt,
  finishedAt: null,
  correlationId: id,
  businessKey: null,
  parentRunId: null,
  replayRoot: null,
  currentStep: null,
  errorCode: null,
  errorWhat: null,
  seq: 1,
  ...more,
});

const base = [aRun('c', 30), aRun('b', 20), aRun('a', 10)];
const all = { statuses: [], hasMore: false };
const ids = (runs: readonly RunSummaryView[]) => runs.map((run) => run.id);

describe('live news in the run list', () => {
  it('updates a row in place', () => {
    const news = addNews(noNews, [aRun('b', 20, { status: 'failed', seq: 5 })], { base, statuses: [], atTop: false });
    const rows = shownRuns(base, news, all);
    expect(ids(rows)).toEqual(['c', 'b', 'a']);
    expect(rows[1]?.status).toBe('failed');
  });

  it('keeps what came while the list was read again, and forgets what came before', () => {
    const context = { base, statuses: [], atTop: false };
    const before = addNews(noNews, [aRun('b', 20, { seq: 5 }), aRun('d', 40)], context);
    const now = addNews(before, [aRun('b', 20, { seq: 6 }), aRun('e', 50)], context);
    const kept = newsSince(now, before);
    expect([...kept.latest].map(([id, run]) => [id, run.seq])).toEqual([
      ['b', 6],
      ['e', 1],
    ]);
    expect([...kept.held]).toEqual(['e']);
  });

  it('ignores news older than what is shown', () => {
    const current = [aRun('a', 10, { seq: 9, status: 'succeeded' })];
    const news = addNews(noNews, [aRun('a', 10, { seq: 4 })], { base: current, statuses: [], atTop: true });
    expect(shownRuns(current, news, all)[0]?.status).toBe('succeeded');
  });

  it('keeps the newer of two pieces of news that arrive out of order', () => {
    const context = { base, statuses: [], atTop: true };
    const news = addNews(
      addNews(noNews, [aRun('b', 20, { seq: 7, status: 'failed' })], context),
      [aRun('b', 20, { seq: 6 })],
      context,
    );
    expect(shownRuns(base, news, all)[1]?.status).toBe('failed');
  });

  it('puts a new run on top while the reader is at the top', () => {
    const news = addNews(noNews, [aRun('d', 40)], { base, statuses: [], atTop: true });
    expect(ids(shownRuns(base, news, all))).toEqual(['d', 'c', 'b', 'a']);
    expect(heldCount(news, [])).toBe(0);
  });

  it('announces new runs while the reader is scrolled, and shows them when asked', () => {
    const news = addNews(noNews, [aRun('d', 40), aRun('e', 50)], { base, statuses: [], atTop: false });
    expect(ids(shownRuns(base, news, all))).toEqual(['c', 'b', 'a']);
    expect(heldCount(news, [])).toBe(2);
    expect(ids(shownRuns(base, releaseHeld(news), all))).toEqual(['e', 'd', 'c', 'b', 'a']);
  });

  it('takes a run out of the list when it leaves the filtered status', () => {
    const news = addNews(noNews, [aRun('b', 20, { status: 'succeeded', seq: 2 })], {
      base,
      statuses: ['running'],
      atTop: true,
    });
    expect(ids(shownRuns(base, news, { statuses: ['running'], hasMore: false }))).toEqual(['c', 'a']);
  });

  it('does not announce what the filter hides', () => {
    const news = addNews(noNews, [aRun('d', 40)], { base, statuses: ['failed'], atTop: false });
    expect(heldCount(news, ['failed'])).toBe(0);
  });

  it('leaves a run out whose place is on a page not read yet', () => {
    const news = addNews(noNews, [aRun('old', 5, { seq: 9 })], { base, statuses: [], atTop: true });
    expect(ids(shownRuns(base, news, { statuses: [], hasMore: true }))).toEqual(['c', 'b', 'a']);
    expect(ids(shownRuns(base, news, all))).toEqual(['c', 'b', 'a', 'old']);
  });
});
