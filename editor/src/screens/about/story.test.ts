import { describe, expect, it } from 'vitest';
import { aRunSummary } from '../run/run-samples.ts';
import { anEffect, anException, aTask } from './about-samples.ts';
import type { Sources } from './story.ts';
import { byDay, storyOf, toldSoFar } from './story.ts';

const nothing: Sources = { runs: [], effects: [], tasks: [], exceptions: [] };
const told = (sources: Partial<Sources>, ownId = 'us_me') => storyOf({ ...nothing, ...sources }, ownId);
const short = (sources: Partial<Sources>) => told(sources).map(({ at, word, detail }) => `${at} ${word}: ${detail}`);

describe('the story of a business object', () => {
  it('tells runs, writes and people in one order, newest first, each once', () => {
    const run = aRunSummary({ id: 'r', status: 'succeeded', acceptedAt: 10, finishedAt: 50, startedBy: 'webhook' });
    const decision = { by: 'u', byName: 'Sofia', for: null, outcome: 'approved', comment: 'As agreed.', at: 30 };
    const story = told({
      runs: [run],
      effects: [anEffect('e', { updatedAt: 40, firstAt: 35 })],
      tasks: [aTask('t', { openedAt: 20, closedAt: 30, status: 'decided', decisions: [decision] })],
    });
    expect(story.map(({ at, word, title, detail }) => [at, word, title, detail])).toEqual([
      [50, 'Done', 'Won deal to project v3', 'Came to its end'],
      [40, 'Written', 'Create the project', 'Kantata'],
      [30, 'Decided', 'Approve the project', 'Sofia chose Approve · “As agreed.”'],
      [20, 'Asked', 'Approve the project', 'asked of finance'],
      [10, 'Started', 'Won deal to project v3', 'by a webhook'],
    ]);
    expect(new Set(story.map(({ id }) => id)).size).toBe(5);
  });

  it('puts the end of a run over what it wrote in the same millisecond, and its beginning under it', () => {
    const run = aRunSummary({ id: 'r', status: 'succeeded', acceptedAt: 10, finishedAt: 10 });
    const story = told({ runs: [run], effects: [anEffect('e', { updatedAt: 10 })] });
    expect(story.map(({ word }) => word)).toEqual(['Done', 'Written', 'Started']);
  });

  it('leads each line to its own screen, whatever the ids hold', () => {
    const story = told({
      runs: [aRunSummary({ id: 'r/1' })],
      effects: [anEffect('e', { runId: 'r/1', step: 'per[3]/create' })],
      tasks: [aTask('t 1')],
      exceptions: [anException('x?1')],
    });
    expect(new Set(story.map(({ href }) => href))).toEqual(
      new Set([
        '/runs/r%2F1',
        '/runs/r%2F1?step=per%5B3%5D%2Fcreate',
        '/inbox/t%201?view=all',
        '/exceptions/x%3F1?view=list',
      ]),
    );
  });

  it('says which run a run repeats, also where that one is not loaded', () => {
    const first = aRunSummary({ id: 'first', acceptedAt: 1 });
    const again = aRunSummary({ id: 'again', acceptedAt: 2, replayRoot: 'first' });
    const lost = aRunSummary({ id: 'lost', acceptedAt: 3, replayRoot: 'long ago' });
    const began = told({ runs: [lost, again, first] }).filter(({ word }) => word === 'Started');
    expect(began.map(({ also }) => also)).toEqual([
      { label: 'repeats an earlier run', href: '/runs/long%20ago' },
      { label: expect.stringMatching(/^repeats the run of .*1970/), href: '/runs/first' },
      null,
    ]);
  });

  it('says of an task that nobody decided it, or that it is not asked any more', () => {
    const ended = (status: 'expired' | 'cancelled') =>
      short({ tasks: [aTask('t', { status, openedAt: 1, closedAt: 5 })] })[0];
    expect(ended('expired')).toBe('5 Expired: Nobody decided in time');
    expect(ended('cancelled')).toBe('5 Cancelled: No longer asked: its run went on without it or was ended');
  });

  it('says of a write what is not plain from its state', () => {
    const detailOf = (more: Parameters<typeof anEffect>[1]) => told({ effects: [anEffect('e', more)] })[0]?.detail;
    expect(detailOf({ state: 'unknown' })).toBe('Kantata · It may have happened; nobody knows yet.');
    expect(detailOf({ state: 'reversed', note: 'Sofia: wrong client' })).toBe('Kantata · Sofia: wrong client');
    expect(detailOf({ connection: null })).toBe('Kept in Waybill.');
  });

  it('says for whom somebody decided', () => {
    const decision = {
      by: 'u',
      byName: 'Ben',
      for: { id: 'a', name: 'Anna' },
      outcome: 'rejected',
      comment: null,
      at: 2,
    };
    const [line] = told({ tasks: [aTask('t', { openedAt: 1, decisions: [decision] })] });
    expect(line).toMatchObject({ detail: 'Ben for Anna chose Reject', tone: 'failed' });
  });

  it('tells what people did about an exception and how it closed', () => {
    const done = [
      { at: 2, byName: 'Karim', kind: 'fix', text: 'subsidiary: “DE01”\nAs in the contract' },
      { at: 3, byName: 'Waybill', kind: 'auto-resolved', text: 'The run went on.' },
    ];
    expect(short({ exceptions: [anException('x', { openedAt: 1, status: 'decided', closedAt: 3, done })] })).toEqual([
      '3 Closed: Waybill closed it by itself · The run went on.',
      '2 Handled: Karim corrected the values · subsidiary: “DE01”',
      '1 Exception: at Find the customer · for deal-desk',
    ]);
  });

  it('closes an exception whose run ended without anybody acting on it', () => {
    const tried = [{ at: 2, byName: 'Karim', kind: 'retry', text: null }];
    const gone = anException('x', { status: 'cancelled', closedAt: 9, openedAt: 1, done: tried });
    expect(short({ exceptions: [gone] }).slice(0, 2)).toEqual([
      '9 Closed: It ended with its run',
      '2 Handled: Karim had it tried again',
    ]);
  });

  it('tells an exception as such, not once more as a task', () => {
    const sources = { tasks: [aTask('x', { exceptionClass: 'in-doubt' })], exceptions: [anException('x')] };
    expect(told(sources).map(({ word }) => word)).toEqual(['Exception']);
  });

  it('says nothing of what the reader may not see', () => {
    const story = storyOf({ runs: null, effects: null, tasks: [aTask('t')], exceptions: null }, 'us_me');
    expect(story.map(({ chapter }) => chapter)).toEqual(['people']);
  });
});

describe('how far a story is told', () => {
  const sources: Sources = {
    ...nothing,
    runs: [aRunSummary({ id: 'r', acceptedAt: 10, updatedAt: 90 })],
    effects: [anEffect('new', { updatedAt: 80 }), anEffect('old', { updatedAt: 60 })],
  };
  const lines = storyOf(sources, 'us_me');
  const none = { runs: false, effects: false, tasks: false, exceptions: false };

  it('goes no further back than every list of the chapter is loaded', () => {
    const at = (chapter: 'all' | 'runs' | 'written', more: object) =>
      toldSoFar(lines, chapter, sources, { ...none, ...more }).map((line) => line.at);
    expect(at('all', {})).toEqual([90, 80, 60, 10]);
    expect(at('all', { effects: true })).toEqual([90, 80, 60]);
    expect(at('runs', { effects: true })).toEqual([90, 10]);
    expect(at('written', { runs: true })).toEqual([80, 60]);
  });

  it('is laid out by day in the time of the reader', () => {
    const now = new Date(2026, 2, 12, 9).getTime();
    const lateBefore = new Date(2026, 2, 11, 23, 59).getTime();
    const days = byDay(
      storyOf(
        { ...nothing, effects: [anEffect('a', { updatedAt: now }), anEffect('b', { updatedAt: lateBefore })] },
        '',
      ),
      now,
    );
    expect(days.map(({ day, lines: ofDay }) => [day, ofDay.length])).toEqual([
      ['Today', 1],
      [expect.stringContaining('11'), 1],
    ]);
  });
});
