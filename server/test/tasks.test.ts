import type { RunDetail, Task } from '@waybill/api-contract';
import type { JsonValue } from '@waybill/flow-model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Caller, TestServer } from './test-server.ts';
import { eventually, flowOf, publish, startTestServer } from './test-server.ts';

let test: TestServer;
let engineer: Caller;
type Person = Awaited<ReturnType<TestServer['person']>>;
let anna: Person;
let ben: Person;
let carla: Person;

beforeAll(async () => {
  test = await startTestServer();
  engineer = await test.as('engineer');
  anna = await test.person({ roles: ['finance'], groups: ['approvers'], name: 'Anna', email: 'anna@example.com' });
  ben = await test.person({ roles: ['finance'], groups: ['approvers'], name: 'Ben' });
  carla = await test.person({ roles: ['finance'], name: 'Carla' });
  await publish(
    engineer,
    flowOf(
      'approvals',
      {
        start: { type: 'core.manual' },
        ask: {
          type: 'core.approval',
          params: {
            title: { $: '"Rate of " & input.name' },
            groups: [{ name: 'approvers' }],
            form: [{ name: 'rate', label: 'Rate', kind: 'number', required: true }],
          },
        },
        ok: { type: 'core.set', params: { fields: { rate: { $: 'input.form.rate' } } } },
      },
      ['start.submitted>ask.in', 'ask.approved>ok.in'],
    ),
  );
  const ask = (params: Record<string, JsonValue>) => ({ type: 'core.approval', params });
  const start = { type: 'core.manual' };
  await publish(
    engineer,
    flowOf('named', { start, ask: ask({ title: 'For Anna', users: ['Anna@Example.com'] }) }, [
      'start.submitted>ask.in',
    ]),
  );
  await publish(
    engineer,
    flowOf('managed', { start, ask: ask({ title: 'Leave', managersOf: { $: '[input.who]' }, priority: 'high' }) }, [
      'start.submitted>ask.in',
    ]),
  );
});
afterAll(() => test.stop());

async function openTask(name: string): Promise<{ runId: string; task: Task }> {
  const run = await engineer<{ runId: string }>('POST', '/api/v1/flows/approvals/run', {
    body: { of: 'published', input: { name } },
  });
  const { runId } = run.json;
  const page = await eventually(
    () => anna.call<{ items: Task[] }>('GET', '/api/v1/tasks?view=groups'),
    (reply) => reply.json.items.some((task) => task.runId === runId),
  );
  return { runId, task: page.json.items.find((task) => task.runId === runId) as Task };
}
const decide = (person: Person, task: Task, body: object) =>
  person.call<Task & { code?: string }>('POST', `/api/v1/tasks/${task.id}/decision`, { body });
const endOf = (runId: string) =>
  eventually(
    () => engineer<RunDetail>('GET', `/api/v1/runs/${runId}`),
    (reply) => reply.json.run?.status === 'succeeded',
  );

it('shows a task to its group only, and gives no access to the run with it', async () => {
  const { task, runId } = await openTask('Meyer');
  expect(task).toMatchObject({ title: 'Rate of Meyer', flowName: 'approvals', mayDecide: true, whyNot: null });
  expect((await carla.call('GET', `/api/v1/tasks/${task.id}`)).status).toBe(404);
  const everything = await carla.call<{ items: Task[] }>('GET', '/api/v1/tasks?view=all');
  expect(everything.json.items).toEqual([]);
  const viewer = await test.person({ roles: ['viewer'], groups: ['approvers'] });
  const seen = await viewer.call<Task>('GET', `/api/v1/tasks/${task.id}`);
  expect(seen.json).toMatchObject({ mayDecide: false });
  expect((await viewer.call('GET', `/api/v1/runs/${runId}/steps/ask/data`)).status).toBe(403);
  expect((await anna.call<{ groups: number }>('GET', '/api/v1/tasks/counts')).json.groups).toBeGreaterThanOrEqual(1);
});

it('checks the form, takes a decision durably and lets the run go on with it', async () => {
  const { task, runId } = await openTask('Schulz');
  const incomplete = await decide(anna, task, { outcome: 'approved', form: { rate: 'much' } });
  expect(incomplete.json).toMatchObject({ status: 422, code: 'TASK_FORM_INVALID' });
  const decided = await decide(anna, task, { outcome: 'approved', form: { rate: 95 } });
  expect(decided.json).toMatchObject({ status: 'decided', decisions: [{ byName: 'Anna', outcome: 'approved' }] });
  await endOf(runId);
  const data = await engineer('GET', `/api/v1/runs/${runId}/steps/ok/data`);
  expect(data.json).toMatchObject({ output: { rate: 95 } });
});

it('takes the same decision twice as one, and tells the second decider who was first', async () => {
  const { task, runId } = await openTask('Weber');
  const body = { outcome: 'approved', form: { rate: 80 } };
  const both = await Promise.all([decide(anna, task, body), decide(anna, task, body)]);
  expect(both.map((reply) => reply.status)).toContain(200);
  expect((await decide(anna, task, body)).json).toMatchObject({ status: 'decided' });
  const late = await decide(ben, task, { outcome: 'rejected', comment: 'no', form: { rate: 1 } });
  expect(late.json).toMatchObject({ status: 409, code: 'TASK_CLOSED', decidedBy: 'Anna' });
  await endOf(runId);
});

it('takes one of two decisions that come at the same moment, and the run follows that one', async () => {
  for (const name of ['Wolf', 'Vogt', 'Jung', 'Roth', 'Frank', 'Beck']) {
    const { task, runId } = await openTask(name);
    const replies = await Promise.all([
      decide(anna, task, { outcome: 'approved', form: { rate: 80 } }),
      decide(ben, task, { outcome: 'rejected', comment: 'no', form: { rate: 1 } }),
    ]);
    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 409]);
    const after = await anna.call<Task>('GET', `/api/v1/tasks/${task.id}`);
    expect(after.json).toMatchObject({ status: 'decided', decisions: [{ byName: expect.any(String) }] });
    expect(after.json.decisions).toHaveLength(1);
    await endOf(runId);
  }
});

it('keeps claimed tasks for whoever claimed them', async () => {
  const { task } = await openTask('Koch');
  expect(
    (await ben.call<Task>('POST', `/api/v1/tasks/${task.id}/claim`, { body: { claim: true } })).json.assignee?.id,
  ).toBe(ben.id);
  expect((await decide(anna, task, { outcome: 'approved', form: { rate: 1 } })).status).toBe(403);
  expect((await anna.call('POST', `/api/v1/tasks/${task.id}/claim`, { body: { claim: true } })).status).toBe(409);
  await ben.call('POST', `/api/v1/tasks/${task.id}/claim`, { body: { claim: false } });
  expect((await decide(anna, task, { outcome: 'approved', form: { rate: 1 } })).status).toBe(200);
});

it('keeps open tasks over a restart and takes their decision then', async () => {
  const { task, runId } = await openTask('Lang');
  await test.restart();
  expect((await decide(ben, task, { outcome: 'approved', form: { rate: 70 } })).status).toBe(200);
  await endOf(runId);
});

it('closes the task of a cancelled run', async () => {
  const { task, runId } = await openTask('Vogel');
  const cancelled = await engineer('POST', `/api/v1/runs/${runId}/cancel`, { body: { reason: 'not needed' } });
  expect(cancelled.status).toBe(200);
  const closed = await eventually(
    () => anna.call<Task>('GET', `/api/v1/tasks/${task.id}`),
    (reply) => reply.json.status === 'cancelled',
  );
  expect(closed.json.mayDecide).toBe(false);
});

it('decides nothing for a link that is merely opened, whatever it asks for', async () => {
  const { task } = await openTask('Link');
  for (const path of [
    `/inbox/${task.id}?decision=approve`,
    `/api/v1/tasks/${task.id}?decision=approved&outcome=approved`,
    `/api/v1/tasks/${task.id}/decision?outcome=approved`,
  ])
    await anna.call('GET', path);
  expect((await anna.call('GET', `/api/v1/tasks/${task.id}/decision`)).status).toBe(405);
  const key = await test.as('admin');
  const byKey = await key('POST', `/api/v1/tasks/${task.id}/decision`, {
    body: { outcome: 'approved', form: { rate: 1 } },
  });
  expect(byKey.json).toMatchObject({ status: 403, code: 'TASK_DECISION_REFUSED' });
  expect((await decide(carla, task, { outcome: 'approved', form: { rate: 1 } })).status).toBe(404);
  expect((await anna.call<Task>('GET', `/api/v1/tasks/${task.id}`)).json).toMatchObject({
    status: 'open',
    decisions: [],
  });
});

it('tells whoever comes after the time is up that it is, and changes nothing', async () => {
  const { task, runId } = await openTask('Late');
  await engineer('POST', `/api/v1/runs/${runId}/cancel`, { body: { reason: 'over' } });
  await eventually(
    () => anna.call<Task>('GET', `/api/v1/tasks/${task.id}`),
    (reply) => reply.json.status === 'cancelled',
  );
  const late = await decide(anna, task, { outcome: 'approved', form: { rate: 1 } });
  expect(late.json).toMatchObject({ status: 409, code: 'TASK_CLOSED' });
});

it('lets nobody decide once its time is up, and the run goes the way for that', async () => {
  const soon = {
    type: 'core.approval',
    params: { title: 'Soon over', groups: [{ name: 'approvers' }], timeout: 1_500 },
  };
  const over = { type: 'core.set', params: { fields: { late: true } } };
  await publish(
    engineer,
    flowOf('timed', { start: { type: 'core.manual' }, ask: soon, over }, [
      'start.submitted>ask.in',
      'ask.expired>over.in',
    ]),
  );
  const { json } = await engineer<{ runId: string }>('POST', '/api/v1/flows/timed/run', {
    body: { of: 'published', input: {} },
  });
  const { items } = (
    await eventually(
      () => anna.call<{ items: Task[] }>('GET', '/api/v1/tasks?view=groups&status=expired'),
      (reply) => reply.json.items.some((task) => task.runId === json.runId),
    )
  ).json;
  const task = items.find((one) => one.runId === json.runId) as Task;
  const late = await decide(anna, task, { outcome: 'approved' });
  expect(late.json).toMatchObject({ status: 409, code: 'TASK_CLOSED' });
  expect((await anna.call<Task>('GET', `/api/v1/tasks/${task.id}`)).json).toMatchObject({
    status: 'expired',
    mayDecide: false,
    decisions: [],
  });
  await endOf(json.runId);
});

it('takes a link that was handed on from its new holder only, and from whoever it was handed by no more', async () => {
  const { task, runId } = await openTask('Handed on');
  const path = `/api/v1/tasks/${task.id}/delegation`;
  expect((await carla.call('GET', `/api/v1/tasks/${task.id}`)).status).toBe(404);
  const handed = await anna.call('POST', path, { body: { userId: carla.id, reason: 'On a plane' } });
  expect(handed.status).toBe(200);
  const refused = await decide(anna, task, { outcome: 'approved', form: { rate: 1 } });
  expect(refused.json).toMatchObject({ status: 403, code: 'TASK_DECISION_REFUSED' });
  const decided = await decide(carla, task, { outcome: 'approved', form: { rate: 120 } });
  expect(decided.json).toMatchObject({ status: 'decided', decisions: [{ byName: 'Carla', for: { name: 'Anna' } }] });
  expect((await decide(carla, task, { outcome: 'approved', form: { rate: 120 } })).json.status).toBe('decided');
  expect((await decide(ben, task, { outcome: 'rejected', form: {} })).json).toMatchObject({ code: 'TASK_CLOSED' });
  await endOf(runId);
});

it('lets an administrator set the absence of somebody else, with a reason, and finds people and groups by name', async () => {
  const admin = await test.person({ roles: ['admin'], name: 'Adele' });
  const day = 86_400_000;
  const now = Date.now();
  const absence = { from: now - 1, until: now + day, deputyId: carla.id };
  const path = `/api/v1/users/${ben.id}/absence`;
  const body = { absence, reason: 'In hospital' };
  expect((await anna.call('PUT', path, { body })).status).toBe(403);
  expect((await admin.call('PUT', path, { body: { absence } })).status).toBe(400);
  const self = await admin.call('PUT', path, { body: { ...body, absence: { ...absence, deputyId: ben.id } } });
  expect(self.json).toMatchObject({ code: 'ABSENCE_INVALID' });
  expect((await admin.call('PUT', path, { body })).json).toMatchObject({ name: 'Ben', absence });
  const log = await test.server.platform.store.audit.list({ subject: `user:${ben.id}`, limit: 5 });
  expect(log.items).toContainEqual(
    expect.objectContaining({
      action: 'user.absence-set',
      actorName: 'Adele',
      details: { before: null, after: absence, reason: 'In hospital' },
    }),
  );
  type Found = { items: { id: string; name: string; awayUntil: number | null }[] };
  const found = await anna.call<Found>('GET', '/api/v1/people?text=be');
  expect(found.json.items).toContainEqual(expect.objectContaining({ id: ben.id, awayUntil: absence.until }));
  expect(found.json.items.some((one) => one.name === 'Carla')).toBe(false);
  expect((await anna.call<Found>('GET', `/api/v1/people?id=${carla.id}`)).json.items).toMatchObject([
    { name: 'Carla' },
  ]);
  const groups = await anna.call<{ items: string[] }>('GET', '/api/v1/people/groups?text=a');
  expect(groups.json.items).toEqual(['approvers', 'operator', 'analyst', 'finance', 'admin']);
  await admin.call('PUT', path, { body: { absence: null, reason: 'Back' } });
});

it('gives files back to be saved, never to be run, and takes none that is too large', async () => {
  const { task } = await openTask('Files');
  const path = `/api/v1/tasks/${task.id}/attachments`;
  const upload = (bytes: Uint8Array, query = 'id=file-0001&name=p%C3%A4ge.html') =>
    anna.call<{ attachments: { id: string; mediaType: string }[] } & { code?: string }>('POST', `${path}?${query}`, {
      raw: bytes,
      headers: { 'content-type': 'text/html' },
    });
  const page = new TextEncoder().encode('<script>alert(1)</script>');
  expect((await upload(page)).json.attachments).toMatchObject([{ id: 'file-0001', mediaType: 'text/plain' }]);
  const saved = await ben.call('GET', `${path}/file-0001`);
  expect(saved.text).toBe('<script>alert(1)</script>');
  expect(saved.headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'content-disposition': expect.stringMatching(/^attachment; .*filename\*=UTF-8''p%C3%A4ge\.html$/),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
  });
  expect((await carla.call('GET', `${path}/file-0001`)).status).toBe(404);
  expect((await upload(new Uint8Array(10_000_001), 'id=file-0002&name=large')).json).toMatchObject({
    status: 413,
    code: 'BODY_TOO_LARGE',
  });
  expect((await upload(new Uint8Array(), 'id=file-0003&name=empty')).json.code).toBe('ATTACHMENT_REFUSED');
});

it('checks an absence and lets the deputy decide in the name of whoever is away', async () => {
  const absence = (body: object) =>
    anna.call<{ code?: string }>('PUT', '/api/v1/session/absence', { body: { absence: body } });
  const day = 86_400_000;
  const now = Date.now();
  const wrong = [
    { from: now, until: now - 1, deputyId: carla.id },
    { from: now, until: now + day, deputyId: anna.id },
    { from: now, until: now + day, deputyId: 'us_nobody' },
    { from: now, until: now + 400 * day, deputyId: carla.id },
  ];
  for (const body of wrong) expect((await absence(body)).json).toMatchObject({ status: 422, code: 'ABSENCE_INVALID' });
  await engineer('POST', '/api/v1/flows/named/run', { body: { of: 'published', input: {} } });
  expect((await absence({ from: now - 1, until: now + day, deputyId: carla.id })).status).toBe(200);
  const mine = await eventually(
    () => carla.call<{ items: Task[] }>('GET', '/api/v1/tasks'),
    (reply) => reply.json.items.length === 1,
  );
  expect(mine.json.items[0]).toMatchObject({ title: 'For Anna', decidesFor: { name: 'Anna' } });
  const decided = await decide(carla, mine.json.items[0] as Task, { outcome: 'approved' });
  expect(decided.json).toMatchObject({ decisions: [{ byName: 'Carla', for: { id: anna.id, name: 'Anna' } }] });
  await anna.call('PUT', '/api/v1/session/absence', { body: { absence: null } });
});

it('asks the manager of the person that the data names', async () => {
  const admin = await test.person({ roles: ['admin'] });
  await admin.call('PATCH', `/api/v1/users/${carla.id}`, { body: { managerId: ben.id } });
  const email = (await carla.call<{ user: { email: string } }>('GET', '/api/v1/session')).json.user.email;
  await engineer('POST', '/api/v1/flows/managed/run', {
    body: { of: 'published', input: { who: email.toUpperCase() } },
  });
  const mine = await eventually(
    () => ben.call<{ items: Task[] }>('GET', '/api/v1/tasks?view=mine'),
    (reply) => reply.json.items.some((task) => task.title === 'Leave'),
  );
  const leave = mine.json.items.find((task) => task.title === 'Leave') as Task;
  expect(leave).toMatchObject({ users: [ben.id], userNames: ['Ben'], priority: 'high' });
  expect((await carla.call('GET', `/api/v1/tasks/${leave.id}`)).status).toBe(404);
  // A run shows that it waits, not what for: that is said to those who are asked.
  const run = await (await test.as('viewer'))<RunDetail>('GET', `/api/v1/runs/${leave.runId}`);
  expect(run.json.steps.find((step) => step.step === leave.step)?.waiting?.words).toBe('Waits for a decision');
});
