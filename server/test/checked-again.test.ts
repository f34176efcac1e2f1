import type { Exception, ExceptionDetail, Problem, RunDetail, Task } from '@waybill/api-contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkedFlow } from './checked-flow.ts';
import type { Caller, TestServer } from './test-server.ts';
import { eventually, publish, startTestServer } from './test-server.ts';

let test: TestServer;
let engineer: Caller;
type Person = Awaited<ReturnType<TestServer['person']>>;
let anna: Person;
let ben: Person;

beforeAll(async () => {
  test = await startTestServer();
  engineer = await test.as('engineer');
  anna = await test.person({ roles: ['finance'], groups: ['deal-desk'], name: 'Anna' });
  ben = await test.person({ roles: ['finance'], groups: ['deal-desk'], name: 'Ben' });
  await publish(engineer, checkedFlow('checked'));
});
afterAll(() => test.stop());

async function raised(deal: string): Promise<ExceptionDetail> {
  const { json } = await test.anonymous<{ runId: string }>('POST', '/hooks/checked/in', { body: { deal } });
  const found = await eventually(
    () => anna.call<{ items: Exception[] }>('GET', '/api/v1/exceptions?order=newest&limit=200'),
    (reply) => reply.json.items.some((one) => one.runId === json.runId),
  );
  return looked(found.json.items.find((one) => one.runId === json.runId)?.id ?? '');
}
const looked = async (id: string): Promise<ExceptionDetail> =>
  (await anna.call<ExceptionDetail>('GET', `/api/v1/exceptions/${id}`)).json;
const fix = (person: Person, { id, seq }: Pick<ExceptionDetail, 'id' | 'seq'>, form: object) =>
  person.call<Omit<ExceptionDetail, 'status'> & { status: string | number } & Partial<Omit<Problem, 'status'>>>(
    'POST',
    `/api/v1/exceptions/${id}/act`,
    {
      body: { seq, act: { act: 'decide', outcome: 'fixed', form } },
    },
  );
const back = (id: string, round: number) =>
  eventually(
    () => anna.call<ExceptionDetail>('GET', `/api/v1/exceptions/${id}`),
    ({ json }) => json.round === round && json.status === 'open',
  );
const runOf = (runId: string, status: string) =>
  eventually(
    () => engineer<RunDetail>('GET', `/api/v1/runs/${runId}`),
    (reply) => reply.json.run?.status === status,
  );
const outputOf = async (runId: string) => (await engineer('GET', `/api/v1/runs/${runId}/steps/done/data`)).json;

it('goes back to the check with what was entered in the form, and finishes', async () => {
  const exception = await raised('D-1');
  expect(exception).toMatchObject({
    origin: 'run',
    title: 'No project can be made of D-1',
    round: 0,
    acts: ['decide'],
  });
  expect(exception.afterFix).toContain('“What does the deal say?” checks again');
  const fixed = await fix(anna, exception, { taxId: 'DE811907980' });
  expect(fixed.json).toMatchObject({ status: 'decided' });
  await runOf(exception.runId, 'succeeded');
  expect(await outputOf(exception.runId)).toMatchObject({ output: { taxId: 'DE811907980' } });
  const check = await engineer('GET', `/api/v1/runs/${exception.runId}/steps/check/data`);
  expect(check.json).toMatchObject({
    edits: [{ by: 'Anna', before: { body: { deal: 'D-1' } }, after: { body: { deal: 'D-1', taxId: 'DE811907980' } } }],
  });
  const [told] = (await looked(exception.id)).history.slice(-1);
  expect(told).toMatchObject({
    byName: 'Anna',
    kind: 'decided',
    text: expect.stringContaining('Tax id: “DE811907980”'),
  });
  const audit = await test.server.platform.store.audit.list({ subject: `task:${exception.id}`, limit: 9 });
  expect(audit.items.map(({ action }) => action)).toContain('task.decided');
});

it('refuses a fix that does not fit the form, says where, and leaves all as it was', async () => {
  const exception = await raised('D-2');
  const wrong = await fix(anna, exception, { taxId: '', entity: 'FR01' });
  expect(wrong).toMatchObject({ status: 422, json: { code: 'TASK_FORM_INVALID' } });
  expect(wrong.json.problems).toMatchObject([
    { path: 'form.taxId', what: '"Tax id" is required.' },
    { path: 'form.entity', fix: 'Choose DE01, UK01.' },
  ]);
  expect(await looked(exception.id)).toEqual(exception);
  await runOf(exception.runId, 'waiting');
});

it('reopens the same exception when the check fails again, with its history and its clock', async () => {
  const first = await raised('D-3');
  await fix(anna, first, { taxId: 'FR1', entity: 'DE01' });
  const { json: again } = await back(first.id, 1);
  expect(again).toMatchObject({ openedAt: first.openedAt, dueAt: first.dueAt, closedAt: null, seq: 1, whyNot: null });
  expect(again.history.map(({ kind }) => kind)).toEqual(['opened', 'decided', 'came-back']);
  expect(again.history[1]).toMatchObject({
    byName: 'Anna',
    text: 'Fixed: check again\nTax id: “FR1”\nLegal entity: “DE01”',
  });
  const task = await anna.call<Task>('GET', `/api/v1/tasks/${first.id}`);
  expect(task.json).toMatchObject({ round: 1, decisions: [], mayDecide: true });
  expect(task.json.form.fields.map((field) => field.default)).toEqual(['FR1', 'DE01']);
  const count = await anna.call<{ items: Exception[] }>('GET', `/api/v1/exceptions?limit=200&text=D-3`);
  expect(count.json.items).toHaveLength(1);

  const late = await fix(ben, first, { taxId: 'DE2' });
  expect(late).toMatchObject({ status: 409, json: { code: 'EXCEPTION_CHANGED' } });
  const lateInInbox = await ben.call('POST', `/api/v1/tasks/${first.id}/decision`, {
    body: { outcome: 'fixed', form: { taxId: 'DE2' }, round: 0 },
  });
  expect(lateInInbox).toMatchObject({ status: 409, json: { code: 'EXCEPTION_CHANGED' } });
  expect((await looked(first.id)).history).toHaveLength(3);

  expect((await fix(anna, again, { taxId: 'DE3' })).status).toBe(200);
  await runOf(first.runId, 'succeeded');
  expect(await outputOf(first.runId)).toMatchObject({ output: { taxId: 'DE3' } });
  expect((await looked(first.id)).status).toBe('decided');
});

it('takes one of two people who fix it at the same moment, and tells the other', async () => {
  for (const taxId of ['DE', 'FR']) {
    const exception = await raised(`D-4-${taxId}`);
    const replies = await Promise.all([fix(anna, exception, { taxId }), fix(ben, exception, { taxId })]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
    const refused = replies.find(({ status }) => status === 409);
    expect(['TASK_CLOSED', 'EXCEPTION_CHANGED']).toContain(refused?.json.code);
    if (taxId === 'DE') await runOf(exception.runId, 'succeeded');
    else await back(exception.id, 1);
  }
});

it('goes back once when the server ends between the decision and the check', async () => {
  const exception = await raised('D-5');
  const made = { by: anna.id, byName: 'Anna', outcome: 'fixed', comment: null, form: { taxId: 'DE5' }, at: Date.now() };
  // What the server writes first; the run was never told.
  await test.server.platform.store.tasks.decide(exception.id, 0, made);
  await test.restart();
  await runOf(exception.runId, 'succeeded');
  const records = await test.server.platform.journal.read(exception.runId as never, 0, 1_000);
  expect(records.filter(({ record }) => record.type === 'went-back')).toHaveLength(1);
  expect(await outputOf(exception.runId)).toMatchObject({ output: { taxId: 'DE5' } });
});

it('is not published when the step to go back to does not come before', async () => {
  const flow = checkedFlow('misled');
  const { raise } = flow.nodes;
  if (raise) raise.params = { ...raise.params, backTo: 'done' };
  await expect(publish(engineer, flow)).rejects.toThrow('does not lead to this step');
});
