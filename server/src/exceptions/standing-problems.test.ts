import type { JournalRecord, RunStatus } from '@waybill/engine';
import type { ErrorRecord } from '@waybill/flow-model';
import { flowIdSchema, flowVersionIdSchema } from '@waybill/flow-model';
import { expect, it } from 'vitest';
import type { ViewContext } from '../runs/view-context.ts';
import type { OpenFailure } from './standing-problems.ts';
import { addToStory, emptyStory, reconciliation, standingProblems } from './standing-problems.ts';

const context: ViewContext = {
  title: (id) => id,
  nodeType: () => 'core.set',
  isLeaf: () => true,
  catchesErrors: () => false,
  downstream: () => new Set<string>(),
};
const at = 1_000;
const anError = (engine: ErrorRecord['engine'] = 'stop'): ErrorRecord => ({
  code: 'REFUSED',
  what: 'Refused.',
  fix: 'Correct it.',
  owner: 'user',
  engine,
});
const failed = (step: string, engine: ErrorRecord['engine'] = 'stop'): JournalRecord => ({
  at,
  type: 'step-failed',
  step,
  attempt: 1,
  error: anError(engine),
  startedAt: at,
  retryAt: null,
  params: { v: { table: 'entities' } },
});
const succeeded = (step: string): JournalRecord => ({
  at,
  type: 'step-succeeded',
  step,
  attempt: 2,
  port: 'out',
  output: { v: null },
  startedAt: at,
});
const ended = (step: string): JournalRecord => ({
  at,
  type: 'run-finished',
  status: 'failed',
  output: null,
  error: anError(),
  failedStep: step,
});
const accepted: JournalRecord = {
  at,
  type: 'run-accepted',
  start: {
    flowId: flowIdSchema.parse('bill'),
    versionId: flowVersionIdSchema.parse('bill-1'),
    triggerNode: 'start',
    input: { v: {} },
    correlationId: 'c',
    mode: 'live',
    startedBy: 'webhook',
  },
};
const retried = (step: string): JournalRecord => ({
  at,
  type: 'inbox',
  key: 'k',
  message: { kind: 'retry-step', step, by: 'Anna' },
});

function storyOf(...records: JournalRecord[]) {
  const story = emptyStory();
  for (const [index, record] of [accepted, ...records].entries())
    addToStory(story, context, { seq: index + 1, record });
  return story;
}
const planned = (story: ReturnType<typeof storyOf>, status: RunStatus, ...open: OpenFailure[]) => {
  const plan = reconciliation(story, status, open);
  return {
    open: plan.open.map((problem) => [problem.step, problem.kind, problem.seq]),
    again: plan.again.map(({ id, problem }) => [id, problem.seq]),
    close: plan.close.map(({ id, status: how }) => [id, how]),
  };
};
const nothing = { open: [], again: [], close: [] };
const known = (step: string, seq: number): OpenFailure => ({ id: 'e', step, seq });

it('opens one exception for the step a run failed at, and none twice', () => {
  const story = storyOf(failed('a'), ended('a'));
  expect(planned(story, 'failed')).toEqual({ ...nothing, open: [['a', 'failed', 3]] });
  expect(planned(story, 'failed', known('a', 3))).toEqual(nothing);
  expect(story.params.get('a')).toEqual({ v: { table: 'entities' } });
});

it('opens one for every step that is kept back, and none for a run that a person paused', () => {
  expect(planned(storyOf(failed('a', 'pause'), failed('b', 'pause')), 'paused').open).toEqual([
    ['a', 'held', 2],
    ['b', 'held', 3],
  ]);
  expect(planned(storyOf(succeeded('a')), 'paused')).toEqual(nothing);
});

it('names the step that made a run stop its runner', () => {
  const crash: JournalRecord = { at, type: 'recovered', step: 'b', crash: true, note: 'out of memory' };
  const [problem] = standingProblems(storyOf(crash), 'quarantined');
  expect(problem).toMatchObject({ step: 'b', kind: 'quarantined', error: { code: 'RUN_QUARANTINED' } });
});

it('goes on with the same exception when the step fails again', () => {
  const story = storyOf(failed('a'), ended('a'), retried('a'), failed('a'), ended('a'));
  expect(planned(story, 'failed', known('a', 3))).toEqual({ ...nothing, again: [['e', 6]] });
});

it('leaves it open while the step is tried again, and closes it once the step is through', () => {
  const trying = storyOf(failed('a'), ended('a'), retried('a'));
  expect(planned(trying, 'running', known('a', 3))).toEqual(nothing);
  const through = storyOf(failed('a'), ended('a'), retried('a'), succeeded('a'));
  expect(planned(through, 'waiting', known('a', 3)).close).toEqual([['e', 'decided']]);
});

it('closes it with the run, however that ended', () => {
  const story = storyOf(failed('a', 'pause'));
  expect(planned(story, 'cancelled', known('a', 2)).close).toEqual([['e', 'cancelled']]);
  expect(planned(story, 'succeeded', known('a', 2)).close).toEqual([['e', 'decided']]);
});

it('moves on with a run that fails at another step after the first was cured', () => {
  const story = storyOf(failed('a'), ended('a'), retried('a'), succeeded('a'), failed('b'), ended('b'));
  expect(planned(story, 'failed', known('a', 3))).toEqual({
    open: [['b', 'failed', 7]],
    again: [],
    close: [['e', 'decided']],
  });
});
