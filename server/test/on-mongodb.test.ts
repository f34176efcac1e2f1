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

  it('starts one run for each file that comes in, and none again after a restart', async () => {
    const database = new URL(uri ?? '');
    database.pathname = `/files_${process.pid}_${Date.now().toString(36)}`;
    const test = await startTestServer({ mongodbUri: database.href });
    const analyst = await test.as('analyst');
    const arrived = { type: 'core.file-arrived', params: { folder: 'hours', pattern: '*.csv' } };
    const read = { type: 'core.read-records', params: { path: { $: 'input.path' } } };
    const total = {
      type: 'core.total-records',
      params: { measures: [{ name: 'rows', kind: 'count', expression: '1' }] },
    };
    const edges = ['arrived.arrived>read.in', 'read.records>total.in'];
    await publish(analyst, flowOf('hours', { arrived, read, total }, edges));
    const headers = { 'content-type': 'text/csv' };
    const add = (name: string) =>
      analyst('POST', `/api/v1/files?folder=hours&name=${name}`, { raw: 'id,hours\n1,8\n', headers });
    expect((await add('monday.csv')).status).toBe(201);
    expect((await add('notes.txt')).status).toBe(201);
    const operator = await test.as('operator');
    const runs = () => operator<{ items: { status: string }[] }>('GET', '/api/v1/runs?flowId=hours');
    const ended = (count: number) =>
      eventually(runs, ({ json }) => json.items.filter(({ status }) => status === 'succeeded').length === count);
    await ended(1);
    await test.restart();
    expect((await add('tuesday.csv')).status).toBe(201);
    expect((await ended(2)).json.items).toHaveLength(2);
    await test.stop();
  });
});
