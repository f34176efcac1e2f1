import type { OpenTask } from '@waybill/engine/ports';
import type { FlowId, RunId, TaskId } from '@waybill/flow-model';
import type { TaskRecord } from '@waybill/store';
import { openStore } from '@waybill/store';
import { afterAll, expect, it } from 'vitest';
import { messageOf, taskDesk, taskRecordOf } from './task-desk.ts';
import { taskNotices } from './task-notices.ts';

const inDoubt: OpenTask = {
  taskId: 't1' as TaskId,
  round: 0,
  runId: 'r1' as RunId,
  flowId: 'f1' as FlowId,
  step: 'book',
  openedAt: 1,
  until: null,
  correlationId: 'c',
  businessKey: 'P-1',
  body: { kind: 'in-doubt', nodeTitle: 'Book an invoice', effectKey: 'k1', input: { amount: 7 } },
};
const decided = { by: 'us_1', byName: 'Anna', outcome: 'happened', comment: 'seen in the ERP', form: {}, at: 5 };

const fault = (error: unknown) => {
  throw error;
};
const outside = { addressed: async (record: TaskRecord) => record, notices: taskNotices(fault) };
const store = await openStore({ uri: 'sqlite::memory:' });
afterAll(() => store.close());

it('asks operators what became of an effect nobody could confirm, and hands the run their word', () => {
  const task = taskRecordOf(inDoubt);
  expect(task).toMatchObject({ groups: ['operator', 'engineer', 'admin'], needed: 1 });
  expect(task.content.outcomes.map((outcome) => outcome.name)).toEqual(['happened', 'retry', 'skip']);
  expect(task.content.commentRequired).toBe('always');
  expect(messageOf(task, decided)).toEqual({
    kind: 'in-doubt-resolved',
    step: 'book',
    decision: 'happened',
    by: 'us_1',
    reason: 'seen in the ERP',
  });
});

it('tells the run again of a decision that a crash kept from it', async () => {
  const delivered: string[] = [];
  const changed: string[] = [];
  const desk = taskDesk({
    store,
    now: () => 9,
    deliver: async (runId, key) => {
      delivered.push(`${runId} ${key}`);
      return 'accepted';
    },
    ...outside,
    onChanged: (task) => void changed.push(task.status),
  });
  await desk.open(inDoubt);
  await desk.open(inDoubt);
  expect(delivered).toEqual([]);
  await store.tasks.decide('t1', 0, decided);
  await desk.open(inDoubt);
  expect(delivered).toEqual(['r1 task:t1']);
  await desk.close('t1' as TaskId, 'decided');
  await desk.close('t1' as TaskId, 'decided');
  expect(changed).toEqual(['open', 'decided']);
});

it('is asked again when the run could not be told of a decision', async () => {
  const full = new Error('the disk is full');
  const desk = taskDesk({ ...outside, store, now: () => 9, deliver: () => Promise.reject(full), onChanged: () => {} });
  const task = { ...inDoubt, taskId: 't2' as TaskId };
  await desk.open(task);
  await store.tasks.decide('t2', 0, decided);
  await expect(desk.open(task)).rejects.toBe(full);
});

it('names the open tasks that runs wait for, page by page', async () => {
  const desk = taskDesk({ ...outside, store, now: () => 9, deliver: async () => 'accepted', onChanged: () => {} });
  for (const taskId of ['t3', 't4', 't5']) await desk.open({ ...inDoubt, taskId: taskId as TaskId });
  await desk.close('t4' as TaskId, 'cancelled');
  await store.tasks.open({ ...taskRecordOf(inDoubt), id: 't6', origin: 'failure' });
  const first = await desk.stillOpen('t2' as TaskId, 1);
  expect(first).toEqual([{ taskId: 't3', runId: 'r1' }]);
  expect(await desk.stillOpen('t3' as TaskId, 9)).toEqual([{ taskId: 't5', runId: 'r1' }]);
});
