import type { RunDetail, StepData, Task } from '@waybill/api-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller, TestServer } from './test-server.ts';
import { eventually, flowOf, publish, publishNext, startTestServer } from './test-server.ts';

let test: TestServer;
let engineer: Caller;
type Person = Awaited<ReturnType<TestServer['person']>>;
let owner: Person;

/** Never to be seen, searched for or worked out by somebody who may not see it. */
const secret = 'Oakmount-7731-K';
const person = { name: 'Sofia Keller', bank: { account: secret } };
const says = (words: string) => ({ $: `"${words} " & trigger.body.person.bank.account` });

beforeAll(async () => {
  test = await startTestServer();
  engineer = await test.as('engineer');
  owner = await test.person({ roles: ['operator'], groups: ['pay-desk'], name: 'Olaf' });
});
afterAll(() => test.stop());

const start = async (flow: string, body: object = { person }) =>
  (await test.anonymous<{ runId: string }>('POST', `/hooks/${flow}/in`, { body })).json.runId;
const runOf = (id: string, status: string) =>
  eventually(
    () => engineer<RunDetail>('GET', `/api/v1/runs/${id}`),
    (reply) => reply.json.run?.status === status,
  );

describe('a masked value', () => {
  it('is in no words of a task, and nobody finds the task by it', async () => {
    const raise = {
      type: 'core.raise-exception',
      params: {
        problem: says('The pay could not go to'),
        details: says('The bank refused'),
        subject: says('Sofia Keller at'),
        likelyCause: says('No such account'),
        afterFix: says('It is paid to'),
        groups: [{ name: 'pay-desk' }],
        facts: { Account: { $: 'trigger.body.person.bank.account' }, Note: says('Goes to') },
        links: [{ label: says('Record of'), url: says('https://hr.example/?of=') }],
        form: [{ name: 'why', label: 'Why', kind: 'text', default: says('Refused was') }],
      },
    };
    const flow = flowOf('pay', { start: { type: 'core.webhook', params: { path: 'in' } }, raise }, [
      'start.received>raise.in',
    ]);
    flow.settings = { masked: ['account'] };
    await publish(engineer, flow);
    const runId = await start('pay');
    await runOf(runId, 'waiting');
    const tasks = await eventually(
      () => owner.call<{ items: Task[] }>('GET', '/api/v1/tasks?view=all'),
      (reply) => reply.json.items.length > 0,
    );
    const [task] = tasks.json.items;
    const found = async (path: string) => (await owner.call<{ items: unknown[] }>('GET', path)).json.items.length;
    for (const route of [
      '/tasks?view=all',
      `/tasks/${task?.id}`,
      '/exceptions',
      '/exceptions/groups',
      `/exceptions/${task?.id}`,
      `/runs/${runId}`,
      `/runs/${runId}/journal`,
      `/runs/${runId}/steps/raise/data`,
    ]) {
      const { status, text } = await owner.call('GET', `/api/v1${route}`);
      expect(status, route).toBe(200);
      expect(text.toLowerCase(), route).not.toContain(secret.toLowerCase());
    }
    for (const list of ['tasks?view=all&', 'exceptions?']) {
      expect(await found(`/api/v1/${list}text=${secret}`), list).toBe(0);
      expect(await found(`/api/v1/${list}text=could%20not%20go`), list).toBe(1);
    }
    // Left as it is, the form keeps what it holds; what it held is in no history.
    const decided = await owner.call('POST', `/api/v1/tasks/${task?.id}/decision`, {
      body: { outcome: 'fixed', form: {} },
    });
    expect(decided.status, decided.text).toBe(200);
    await runOf(runId, 'succeeded');
    expect((await owner.call('GET', `/api/v1/tasks/${task?.id}`)).text).not.toContain(secret);
    const auditor = await test.person({ roles: ['finance'] });
    expect((await auditor.call('GET', '/api/v1/audit?limit=200')).text).not.toContain(secret);
    const step = await auditor.call<StepData>('POST', `/api/v1/runs/${runId}/steps/raise/reveal`, {
      body: { reason: 'Test' },
    });
    expect(step.json.output).toMatchObject({ form: { why: `Refused was ${secret}` } });
  });

  it('stays hidden in what a run puts out for whoever waits for it, and in what is given for a step', async () => {
    const flow = flowOf(
      'out',
      {
        start: { type: 'core.manual' },
        look: { type: 'core.set', params: { fields: { account: { $: 'input.given' } } } },
      },
      ['start.submitted>look.in'],
    );
    const failing = flowOf(
      'failing',
      { start: { type: 'core.manual' }, fail: { type: 'core.fail', params: { code: 'NO_PAY', message: 'No pay.' } } },
      ['start.submitted>fail.in'],
    );
    for (const one of [flow, failing]) {
      one.settings = { masked: ['account'] };
      await publish(engineer, one);
    }
    const body = { of: 'published', input: { given: secret }, waitMs: 20_000 };
    const run = await owner.call<{ runId: string }>('POST', '/api/v1/flows/out/run', { body });
    expect(run.status).toBe(202);
    expect(run.text).not.toContain(secret);
    expect(run.text).toContain('•••');
    const waiting = { of: 'published', waitMs: 20_000 };
    const { runId } = (await owner.call<{ runId: string }>('POST', '/api/v1/flows/failing/run', { body: waiting }))
      .json;
    await runOf(runId, 'failed');
    const skip = { reason: 'Known', value: { account: secret } };
    expect((await owner.call('POST', `/api/v1/runs/${runId}/steps/fail/skip`, { body: skip })).status).toBe(200);
    const auditor = await test.person({ roles: ['finance'] });
    expect((await auditor.call('GET', '/api/v1/audit?limit=200')).text).not.toContain(secret);
  });

  it('is told to a caller where the flow answers with it, and not where it is merely left at the end', async () => {
    const hook = { type: 'core.webhook', params: { path: 'in', respond: 'whenResponds' } };
    const keep = { type: 'core.set', params: { fields: { account: { $: 'trigger.body.person.bank.account' } } } };
    const left = flowOf('left', { start: hook, keep }, ['start.received>keep.in']);
    const said = flowOf(
      'said',
      { start: hook, keep, answer: { type: 'core.respond', params: { body: { $: 'input' } } } },
      ['start.received>keep.in', 'keep.done>answer.in'],
    );
    for (const flow of [left, said]) {
      flow.settings = { masked: ['account'] };
      await publish(engineer, flow);
    }
    const call = async (flow: string) => (await test.anonymous('POST', `/hooks/${flow}/in`, { body: { person } })).text;
    expect(await call('said')).toContain(secret);
    const ended = await call('left');
    expect(ended).toContain('"account":"•••"');
    expect(ended).not.toContain(secret);
  });

  it('is not told by the error of a key that it should have been', async () => {
    const flow = flowOf('keyed', { start: { type: 'core.webhook', params: { path: 'in' } } });
    flow.settings = { masked: ['account'], orderingKey: { $: '$number(trigger.body.person.bank.account)' } };
    await publish(engineer, flow);
    const failed = await runOf(await start('keyed'), 'failed');
    expect(failed.text).toContain('ordering key could not be evaluated');
    expect(failed.text).not.toContain(secret);
    expect((await owner.call('GET', '/api/v1/runs?flowId=keyed')).text).not.toContain(secret);
  });

  it('stays hidden where a flow hands it to another, gets it from another, or is published without the mask', async () => {
    const child = flowOf(
      'child',
      {
        start: { type: 'core.manual' },
        keep: { type: 'core.set', params: { fields: { at: { $: 'input' }, pin: 'Secret-4711-X' } } },
      },
      ['start.submitted>keep.in'],
    );
    child.settings = { masked: ['pin'] };
    await publish(engineer, child);
    const parent = flowOf(
      'parent',
      {
        start: { type: 'core.webhook', params: { path: 'in' } },
        call: { type: 'core.call-flow', params: { flow: 'child', input: { $: 'trigger.body.person' } } },
      },
      ['start.received>call.in'],
    );
    parent.settings = { masked: ['account'] };
    await publish(engineer, parent);
    const runId = await start('parent');
    await runOf(runId, 'succeeded');
    const { items } = (await engineer<{ items: { id: string }[] }>('GET', `/api/v1/runs?flowId=child`)).json;
    const [called] = items;
    const data = async (run: string | undefined, step: string) =>
      (await owner.call('GET', `/api/v1/runs/${run}/steps/${step}/data`)).text;
    expect(await data(called?.id, 'keep')).toContain('Sofia Keller');
    expect(await data(called?.id, 'keep')).not.toContain(secret);
    expect(await data(runId, 'call')).toContain('Sofia Keller');
    expect(await data(runId, 'call')).not.toContain('Secret-4711-X');
    await publishNext(engineer, { ...parent, settings: {} });
    const again = await engineer<{ id: string }>('POST', `/api/v1/runs/${runId}/replay`, {
      body: { reason: 'Look', effects: 'skip-confirmed', version: 'newest' },
    });
    await runOf(again.json.id, 'succeeded');
    expect(await data(again.json.id, 'start')).toContain('Sofia Keller');
    expect(await data(again.json.id, 'start')).not.toContain(secret);
  });
});
