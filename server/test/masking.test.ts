import type { ExceptionDetail, RunDetail, StepData, Task } from '@waybill/api-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller, TestServer } from './test-server.ts';
import { eventually, flowOf, publish, startTestServer } from './test-server.ts';

let test: TestServer;
let engineer: Caller;
type Person = Awaited<ReturnType<TestServer['person']>>;
let owner: Person;
let payroll: Person;
let runId: string;
let failedId: string;

/** Stands in the data of the runs and must not be seen anywhere without a reason. */
const secret = '918273';
const employee = { name: 'Sofia Keller', Salary: Number(secret), bank: { iban: `DE${secret}` } };

const payFlow = () => {
  const flow = flowOf(
    'pay',
    {
      start: { type: 'core.webhook', params: { path: 'in' } },
      facts: { type: 'core.set', params: { fields: { person: { $: 'trigger.body.person' } } } },
      ask: {
        type: 'core.request-fix',
        title: 'Check the pay',
        params: {
          title: { $: '"Check the pay of " & trigger.body.person.name & ": " & trigger.body.person.Salary' },
          description: { $: '"It was " & trigger.body.person.Salary & "."' },
          groups: [{ name: 'pay-desk' }],
          facts: { Salary: { $: 'trigger.body.person.Salary' }, Person: { $: 'trigger.body.person' } },
          form: [
            {
              name: 'salary',
              label: 'Salary',
              kind: 'number',
              required: true,
              default: { $: 'trigger.body.person.Salary' },
            },
            { name: 'note', label: 'Note', kind: 'text' },
          ],
        },
      },
      done: { type: 'core.set', params: { fields: { salary: { $: 'input.form.salary' } } } },
    },
    ['start.received>facts.in', 'facts.done>ask.in', 'ask.fixed>done.in'],
  );
  flow.settings = { masked: ['salary', 'IBAN'], businessKey: { $: 'trigger.body.person.name' } };
  return flow;
};

const bandFlow = () => {
  const flow = flowOf(
    'band',
    {
      start: { type: 'core.webhook', params: { path: 'in' } },
      band: {
        type: 'core.lookup',
        title: 'Find the pay band',
        params: {
          table: 'bands',
          key: { salary: { $: 'trigger.body.person.Salary' }, grade: { $: 'trigger.body.grade' } },
        },
      },
    },
    ['start.received>band.in'],
  );
  flow.settings = { masked: ['salary', 'IBAN'], errorOwner: 'pay-desk' };
  return flow;
};

beforeAll(async () => {
  test = await startTestServer();
  engineer = await test.as('engineer');
  owner = await test.person({ roles: ['analyst'], groups: ['pay-desk'], name: 'Olaf' });
  payroll = await test.person({ roles: ['finance'], groups: ['pay-desk'], name: 'Petra' });
  await engineer('PUT', '/api/v1/tables/bands', {
    body: { title: 'Bands', keyColumns: ['salary', 'grade'], columns: ['salary', 'grade'], rows: [], revision: 0 },
  });
  await publish(engineer, payFlow());
  await publish(engineer, bandFlow());
  const start = async (flow: string) =>
    (await test.anonymous<{ runId: string }>('POST', `/hooks/${flow}/in`, { body: { person: employee, grade: 'G7' } }))
      .json.runId;
  runId = await start('pay');
  failedId = await start('band');
  await runOf(runId, 'waiting');
  await runOf(failedId, 'failed');
});
afterAll(() => test.stop());

const runOf = (id: string, status: string) =>
  eventually(
    () => engineer<RunDetail>('GET', `/api/v1/runs/${id}`),
    (reply) => reply.json.run?.status === status,
  );
const taskOf = async (person: Person): Promise<Task> => {
  const page = await eventually(
    () => person.call<{ items: Task[] }>('GET', '/api/v1/tasks?view=all'),
    (reply) => reply.json.items.some((task) => task.runId === runId),
  );
  return page.json.items.find((task) => task.runId === runId) as Task;
};
const exceptionOf = async (person: Person): Promise<ExceptionDetail> => {
  const page = await eventually(
    () => person.call<{ items: { id: string; runId: string }[] }>('GET', '/api/v1/exceptions'),
    (reply) => reply.json.items.some((one) => one.runId === failedId),
  );
  const { id = '' } = page.json.items.find((one) => one.runId === failedId) ?? {};
  return (await person.call<ExceptionDetail>('GET', `/api/v1/exceptions/${id}`)).json;
};

describe('a masked field', () => {
  it('is in no answer of any route that gives out data, whoever asks', async () => {
    const task = await taskOf(owner);
    const exception = await exceptionOf(owner);
    const routes = [
      ...['start', 'facts', 'ask'].map((step) => `/runs/${runId}/steps/${step}/data?full=true`),
      `/runs/${failedId}/steps/band/data`,
      ...[runId, failedId].flatMap((id) => [`/runs/${id}/journal?limit=1000`, `/runs/${id}`]),
      '/tasks?view=all',
      `/tasks/${task.id}`,
      '/exceptions',
      '/exceptions/groups',
      '/exceptions/totals',
      `/exceptions/${exception.id}`,
      '/effects',
      '/audit?limit=200',
      '/notifications',
    ];
    const admin = await test.person({ roles: ['admin'], groups: ['pay-desk'] });
    for (const call of [owner.call, payroll.call, admin.call, engineer])
      for (const route of routes) {
        const { status, text } = await call('GET', `/api/v1${route}`);
        expect([200, 401, 403, 404], route).toContain(status);
        expect(text, route).not.toContain(secret);
      }
    const { json } = await owner.call<StepData>('GET', `/api/v1/runs/${runId}/steps/facts/data`);
    expect(json.output).toEqual({ person: { name: 'Sofia Keller', Salary: '•••', bank: { iban: '•••' } } });
    expect(json.hidden).toBeGreaterThan(0);
  });

  it('is shown by its name, and in the clear to those who may, with a reason that is written down', async () => {
    const task = await taskOf(owner);
    expect(task.facts).toEqual([
      { label: 'Salary', value: null, masked: true },
      { label: 'Person', value: { name: 'Sofia Keller', Salary: '•••', bank: { iban: '•••' } }, masked: false },
    ]);
    expect(task.form.fields[0]).toMatchObject({ name: 'salary', masked: true });
    expect(task.form.fields[0]).not.toHaveProperty('default');
    const reveal = (person: Person, path: string, body: object = { reason: 'The bank asks' }) =>
      person.call<{ facts: unknown; form: unknown; output: unknown; fields: unknown; hidden: number }>('POST', path, {
        body,
      });
    const paths = [`/api/v1/tasks/${task.id}/reveal`, `/api/v1/runs/${runId}/steps/facts/reveal`];
    for (const path of paths) {
      expect((await reveal(owner, path)).status, path).toBe(403);
      expect((await reveal(payroll, path, { reason: ' ' })).status, path).toBe(400);
    }
    const [ofTask, ofStep] = await Promise.all(paths.map((path) => reveal(payroll, path)));
    expect(ofTask?.json).toMatchObject({
      facts: [
        { label: 'Salary', value: Number(secret) },
        { label: 'Person', value: employee },
      ],
      form: { salary: Number(secret) },
    });
    expect(ofStep?.json).toMatchObject({ output: { person: employee }, hidden: 0 });
    const { audit } = test.server.platform.store;
    const revealed = await audit.list({ subject: `run:${runId}`, limit: 50 });
    expect(revealed.items).toContainEqual(
      expect.objectContaining({
        action: 'run.data-revealed',
        details: expect.objectContaining({ step: 'facts', reason: 'The bank asks' }),
      }),
    );
    const history = await payroll.call<{ notes: { kind: string; text: string }[] }>('GET', `/api/v1/tasks/${task.id}`);
    expect(history.json.notes).toContainEqual(expect.objectContaining({ kind: 'revealed', text: 'The bank asks' }));
  });

  it('can be replaced where a step failed, is kept when it is left alone, and is named in the audit log only', async () => {
    const exception = await exceptionOf(owner);
    expect(exception.description).not.toContain(secret);
    expect(exception.table).toEqual({ name: 'bands', key: { salary: '•••', grade: 'G7' } });
    expect(exception.fields).toContainEqual(expect.objectContaining({ path: 'key.salary', value: null, masked: true }));
    expect(exception.mayReveal).toBe(false);
    expect((await exceptionOf(payroll)).mayReveal).toBe(true);
    const shown = await payroll.call('POST', `/api/v1/exceptions/${exception.id}/reveal`, {
      body: { reason: 'Check' },
    });
    expect(shown.json).toMatchObject({ fields: [{ path: 'key.salary', value: Number(secret) }] });
    await engineer('PUT', '/api/v1/tables/bands', {
      body: {
        title: 'Bands',
        keyColumns: ['salary', 'grade'],
        columns: ['salary', 'grade'],
        rows: [{ validFrom: null, validTo: null, values: { salary: Number(secret), grade: 'G8' } }],
        revision: 1,
      },
    });
    const act = { act: 'fix', edits: [{ path: 'key.grade', value: 'G8' }] };
    const fixed = await owner.call('POST', `/api/v1/exceptions/${exception.id}/act`, {
      body: { seq: exception.seq, act },
    });
    expect(fixed.status).toBe(200);
    await runOf(failedId, 'succeeded');
  });

  it('keeps its value in a form and in edited data where it is left hidden', async () => {
    const task = await taskOf(owner);
    const decided = await owner.call('POST', `/api/v1/tasks/${task.id}/decision`, {
      body: { outcome: 'fixed', form: { note: 'Fine' } },
    });
    expect(decided.status).toBe(200);
    await runOf(runId, 'succeeded');
    const done = await payroll.call<StepData>('POST', `/api/v1/runs/${runId}/steps/done/reveal`, {
      body: { reason: 'Test' },
    });
    expect(done.json.output).toEqual({ salary: Number(secret) });

    const { json } = await engineer<StepData>('GET', `/api/v1/runs/${runId}/steps/start/data`);
    const input = json.input as { body: { person: object } };
    const edited = { ...input, body: { ...input.body, person: { ...input.body.person, name: 'Sofia Braun' } } };
    const body = { edited, reason: 'She married', effects: 'skip-confirmed', version: 'same' };
    const again = await engineer<{ id: string }>('POST', `/api/v1/runs/${runId}/replay`, { body });
    expect(again.status).toBe(200);
    await runOf(again.json.id, 'waiting');
    const facts = await payroll.call<StepData>('POST', `/api/v1/runs/${again.json.id}/steps/facts/reveal`, {
      body: { reason: 'Test' },
    });
    expect(facts.json.output).toEqual({ person: { ...employee, name: 'Sofia Braun' } });
    const stray = { ...input, body: { ...input.body, others: [{ salary: '•••' }] } };
    const refused = await engineer('POST', `/api/v1/runs/${runId}/replay`, { body: { ...body, edited: stray } });
    expect(refused.json).toMatchObject({
      code: 'REQUEST_INVALID',
      problems: [{ path: 'body.edited.body.others.0.salary' }],
    });
    const edit = await engineer('GET', `/api/v1/runs/${again.json.id}/replay/edit`);
    expect(edit.text).not.toContain(secret);
    const { json: log } = await payroll.call<{ items: { action: string }[] }>('GET', '/api/v1/audit?limit=200');
    // What somebody writes into a lookup table is not data of a run.
    const ofRuns = log.items.filter((one) => one.action !== 'table.changed');
    expect(ofRuns.some((one) => one.action === 'run.replay')).toBe(true);
    expect(JSON.stringify(ofRuns)).not.toContain(secret);
  });
});
