import type { RunDetail } from '@waybill/api-contract';
import { describe, expect, it } from 'vitest';
import { eventually, flowOf, publish, startTestServer } from './test-server.ts';

const uri = process.env['MONGODB_URI'];

describe.skipIf(!uri)('the server on MongoDB (needs MONGODB_URI)', () => {
  it('runs a flow and remembers its events over a restart', async () => {
    const database = new URL(uri ?? '');
    database.pathname = `/server_${process.pid}_${Date.now().toString(36)}`;
    const test = await startTestServer({ mongodbUri: database.href });
    const engineer = await test.as('engineer');
    const hook = { type: 'core.webhook', params: { path: 'in', eventIdFrom: 'body', eventId: 'id' } };
    const set = { type: 'core.set', params: { fields: { double: { $: 'input.body.n * 2' } } } };
    await publish(engineer, flowOf('mongo', { hook, set }, ['hook.received>set.in']));
    const send = () => test.anonymous<{ runId: string }>('POST', '/hooks/mongo/in', { body: { id: 'e1', n: 4 } });
    const first = await send();
    expect(first.status).toBe(202);
    await eventually(
      () => engineer<RunDetail>('GET', `/api/v1/runs/${first.json.runId}`),
      (reply) => reply.json.run?.status === 'succeeded',
    );
    await test.restart();
    expect(await send()).toMatchObject({ status: 200, json: { runId: first.json.runId, duplicate: true } });
    const data = await engineer('GET', `/api/v1/runs/${first.json.runId}/steps/set/data`);
    expect(data.json).toMatchObject({ output: { double: 8 } });
    await test.stop();
  });
});
