import { createHmac } from 'node:crypto';
import type { RunDetail, StepData } from '@waybill/api-contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Caller, TestServer } from './test-server.ts';
import { eventually, flowOf, publish, startTestServer } from './test-server.ts';

let test: TestServer;
let engineer: Caller;

beforeAll(async () => {
  test = await startTestServer();
  engineer = await test.as('engineer');
  await publish(
    engineer,
    flowOf(
      'deals',
      {
        hook: { type: 'core.webhook', params: { path: 'won', eventIdFrom: 'body', eventId: 'eventId' } },
        double: { type: 'core.set', params: { fields: { amount: { $: 'input.body.amount * 2' } } } },
      },
      ['hook.received>double.in'],
    ),
  );
  await publish(
    engineer,
    flowOf(
      'asking',
      {
        hook: { type: 'core.webhook', params: { path: 'ask', respond: 'whenResponds' } },
        reply: {
          type: 'core.respond',
          params: { status: 201, headers: { 'x-answer': 'yes' }, body: { sum: { $: '$sum(input.body.values)' } } },
        },
      },
      ['hook.received>reply.in'],
    ),
  );
});
afterAll(() => test.stop());

const finished = (runId: string) =>
  eventually(
    () => engineer<RunDetail>('GET', `/api/v1/runs/${runId}`),
    (reply) => ['succeeded', 'failed', 'ignored'].includes(reply.json.run?.status),
  );

it('takes a call, runs the published flow and shows run, steps and data', async () => {
  const call = await test.anonymous<{ runId: string }>('POST', '/hooks/deals/won', {
    body: { eventId: 'e1', amount: 21 },
    headers: { authorization: 'Bearer secret-of-sender' },
  });
  expect(call.status).toBe(202);
  const { json } = await finished(call.json.runId);
  expect(json.run).toMatchObject({ status: 'succeeded', flowName: 'deals', versionNumber: 1, startedBy: 'webhook' });
  expect(json.steps.map(({ step, status }) => [step, status])).toEqual([
    ['hook', 'succeeded'],
    ['double', 'succeeded'],
  ]);
  const data = await engineer<StepData>('GET', `/api/v1/runs/${call.json.runId}/steps/double/data`);
  expect(data.json.output).toMatchObject({ amount: 42 });
  const hook = await engineer<StepData>('GET', `/api/v1/runs/${call.json.runId}/steps/hook/data`);
  expect(hook.json.input).toMatchObject({ method: 'POST', body: { eventId: 'e1' } });
  expect(JSON.stringify(hook.json)).not.toContain('secret-of-sender');
});

it('starts one run for one event however often it is sent, also after a restart', async () => {
  const send = () =>
    test.anonymous<{ runId: string }>('POST', '/hooks/deals/won', { body: { eventId: 'e2', amount: 1 } });
  const replies = await Promise.all(Array.from({ length: 10 }, send));
  expect(new Set(replies.map((reply) => reply.json.runId)).size).toBe(1);
  expect(replies.filter((reply) => reply.status === 202)).toHaveLength(1);
  await test.restart();
  const again = await send();
  expect(again).toMatchObject({ status: 200, json: { runId: replies[0]?.json.runId, duplicate: true } });
});

it('gives the caller the answer of the flow', async () => {
  const reply = await test.anonymous('POST', '/hooks/asking/ask', { body: { values: [1, 2, 3] } });
  expect(reply.status).toBe(201);
  expect(reply.headers['x-answer']).toBe('yes');
  expect(reply.json).toEqual({ sum: 6 });
});

it('takes calls only from the sender that signs them', async () => {
  const connection = await engineer<{ id: string }>('POST', '/api/v1/connections', {
    body: { name: 'Sender', type: 'inbound-hmac', fields: { secret: 'shared-secret' } },
  });
  await publish(
    engineer,
    flowOf('signed', {
      hook: {
        type: 'core.webhook',
        params: { path: 'in', verify: 'hmac-sha256', signaturePrefix: 'sha256=' },
        connections: { inbound: connection.json.id },
      },
    }),
  );
  const raw = '{"n":1}';
  const signature = createHmac('sha256', 'shared-secret').update(raw).digest('hex');
  const send = (value: string | null, body = raw) =>
    test.anonymous('POST', '/hooks/signed/in', {
      raw: body,
      ...(value === null ? {} : { headers: { 'x-signature': value } }),
    });
  expect((await send(`sha256=${signature}`)).status).toBe(202);
  for (const [value, body] of [
    [null, raw],
    ['sha256=', raw],
    [`sha256=${signature.replace(/^./, '0')}x`, raw],
    [`sha256=${signature}`, '{"n":2}'],
  ] as const)
    expect((await send(value, body)).json).toMatchObject({ status: 401, code: 'SIGNATURE_INVALID' });
});

it('knows no webhook of a draft, a retired flow or another path', async () => {
  expect((await test.anonymous('POST', '/hooks/deals/other', { body: {} })).status).toBe(404);
  expect((await test.anonymous('POST', '/hooks/nothing/won', { body: {} })).status).toBe(404);
  expect((await test.anonymous('DELETE', '/hooks/deals/won')).status).toBe(405);
  await engineer('POST', '/api/v1/flows/asking/retire');
  expect((await test.anonymous('POST', '/hooks/asking/ask', { body: { values: [] } })).status).toBe(404);
  await engineer('POST', '/api/v1/flows/asking/restore');
  expect((await test.anonymous('POST', '/hooks/asking/ask', { body: { values: [4] } })).json).toEqual({ sum: 4 });
});

it('takes a call although the flow can make no key of it, and asks the owner of the flow about it', async () => {
  const flow = flowOf('keyless', { hook: { type: 'core.webhook', params: { path: 'in' } } });
  flow.settings = { businessKey: { $: '$uppercase(trigger.body.deal)' }, errorOwner: 'deal-desk' };
  await publish(engineer, flow);
  const taken = await test.anonymous<{ runId: string }>('POST', '/hooks/keyless/in', { body: { deal: { id: 4711 } } });
  expect(taken.status).toBe(202);
  expect((await finished(taken.json.runId)).json.run).toMatchObject({ status: 'failed', errorCode: 'SETTING_FAILED' });
  const owner = await test.person({ roles: ['finance'], groups: ['deal-desk'] });
  const found = await eventually(
    () => owner.call<{ items: { runId: string; step: string }[] }>('GET', '/api/v1/exceptions'),
    (reply) => reply.json.items.length > 0,
  );
  expect(found.json.items).toMatchObject([{ runId: taken.json.runId, step: 'hook', owners: ['deal-desk'] }]);
});
