import type { RunStatus } from '@waybill/engine';
import { memoryJournal } from '@waybill/engine/memory';
import type { RunSummary } from '@waybill/engine/ports';
import type { FlowId, FlowVersionId, RunId } from '@waybill/flow-model';
import { openStore } from '@waybill/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aTask } from '../tasks/testing.ts';
import { continuedBy, earlierExceptions, newestRepeat } from './repeated-runs.ts';

const store = await openStore({ uri: 'sqlite::memory:' });
afterAll(() => store.close());
const journal = memoryJournal();
const parts = { journal, tasks: store.tasks };

async function accept(runId: string, status: RunStatus, acceptedAt: number, given: Partial<RunSummary> = {}) {
  const [flowId, versionId] = ['bill' as FlowId, 'bill@1' as FlowVersionId];
  const summary: RunSummary = {
    ...{ runId: runId as RunId, flowId, versionId, status, acceptedAt, updatedAt: acceptedAt, finishedAt: null },
    ...{ mode: 'live', startedBy: 'webhook', correlationId: 'c', businessKey: null, orderingKey: null },
    ...{ dedupeKey: null, parentRunId: null, replayRoot: 'r1' as RunId, wakeAt: null, currentStep: null },
    ...{ currentNode: null, currentWaits: 0, alsoAt: [], errorCode: null, errorWhat: null, errorClass: null },
    ...{ seq: 1, holdsKey: false, note: null },
    ...given,
  };
  const start = { flowId, versionId, triggerNode: 'start', input: { v: null }, correlationId: 'c', startedBy: 'x' };
  await journal.accept({ summary, records: [{ at: 1, type: 'run-accepted', start: { ...start, mode: 'live' } }] });
  return summary;
}
const open = (id: string, runId: string, step: string, openedAt: number, tags: string[]) =>
  store.tasks.open({ ...aTask(), id, runId, step, openedAt, tags, origin: 'failure', exceptionClass: 'value' });

describe('exceptions of runs that repeat each other', () => {
  let newest: RunSummary;
  beforeAll(async () => {
    await accept('r1', 'failed', 1, { replayRoot: null });
    await accept('called', 'failed', 2, { replayRoot: null, parentRunId: 'r1' as RunId });
    await accept('r2', 'quarantined', 3);
    await accept('r3', 'failed', 4);
    newest = await accept('r4', 'failed', 5);
    await open('at-r3', 'r3', 'book', 40, ['run:r3']);
    await open('at-r1', 'r1', 'book', 10, ['run:r1']);
    await open('at-called', 'called', 'book', 5, ['run:called', 'run:r1']);
    await open('at-r2', 'r2', 'book', 20, ['run:r2']);
    await open('of-its-own', 'r4', 'send', 50, ['run:r4', 'run:r1']);
    await open('elsewhere', 'r9', 'book', 1, ['run:r9']);
  });

  it('are those of earlier runs that failed, the oldest first, but not of one in quarantine, which is not over', async () => {
    const found = await earlierExceptions(parts, newest);
    expect(found.map(({ task, isOfRepeated }) => [task.id, isOfRepeated])).toEqual([
      ['at-called', false],
      ['at-r1', true],
      ['at-r3', true],
    ]);
    const third = (await journal.summary('r3' as RunId)) as RunSummary;
    expect((await earlierExceptions(parts, third)).map(({ task }) => task.id)).not.toContain('at-r3');
    const first = (await journal.summary('r1' as RunId)) as RunSummary;
    expect(await earlierExceptions(parts, first)).toEqual([]);
  });

  it('go on with the longest open one of the same step of such a run, never of a run that it called', async () => {
    const found = await earlierExceptions(parts, newest);
    expect(continuedBy(found, { step: 'book' })?.id).toBe('at-r1');
    expect(continuedBy(found, { step: 'send' })).toBeNull();
  });

  it('belong to the newest of them', async () => {
    const third = (await journal.summary('r3' as RunId)) as RunSummary;
    expect((await newestRepeat(parts, third))?.runId).toBe('r4');
    expect(await newestRepeat(parts, newest)).toBeNull();
  });
});
