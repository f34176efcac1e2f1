import type { AuditEntry, FlowDetail, FlowLive, RunSummaryView, SavedFilter } from '@waybill/api-contract';
import type { JsonValue } from '@waybill/flow-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller, TestServer } from './test-server.ts';
import { eventually, flowOf, publish, startTestServer } from './test-server.ts';

let test: TestServer;
let engineer: Caller;

/** A flow that waits for an event if told to, else fails. */
const orders = flowOf(
  'orders',
  {
    start: { type: 'core.manual' },
    pick: { type: 'core.if', params: { condition: 'input.wait' } },
    wait: { type: 'core.wait-for-event', title: 'Wait for stock', params: { event: 'stock', key: 'all' } },
    bad: { type: 'core.fail', title: 'Refuse', params: { code: 'ORDER_REFUSED', message: 'No.' } },
  },
  ['start.submitted>pick.in', 'pick.true>wait.in', 'pick.false>bad.in'],
);

async function start(call: Caller, flowId: string, input: JsonValue): Promise<string> {
  const run = await call<{ runId: string }>('POST', `/api/v1/flows/${flowId}/run`, {
    body: { of: 'published', input },
  });
  return run.json.runId;
}
const runs = async (query: string) => {
  const list = await engineer<{ items: RunSummaryView[] }>('GET', `/api/v1/runs?${query}`);
  const counted = await engineer<{ counts: Record<string, number> }>('GET', `/api/v1/runs/counts?${query}`);
  const total = Object.values(counted.json.counts).reduce((sum, count) => sum + count, 0);
  expect(total, query).toBe(list.json.items.length);
  return list.json.items.map((run) => run.id);
};

beforeAll(async () => {
  test = await startTestServer();
  engineer = await test.as('engineer');
});
afterAll(() => test.stop());

describe('the run list of an operator', () => {
  it('finds runs by error, starter, version and connection, and counts what it lists', async () => {
    await publish(engineer, orders);
    const ann = await test.person({ roles: ['operator'], name: 'Ann' });
    const waiting = await start(ann.call, 'orders', { wait: true });
    const failed = await start(engineer, 'orders', { wait: false });
    await eventually(
      () => engineer<{ items: unknown[] }>('GET', '/api/v1/runs?status=waiting,failed'),
      (reply) => reply.json.items.length === 2,
    );
    expect(await runs('errorCode=ORDER_REFUSED')).toEqual([failed]);
    expect(await runs('errorCode=OTHER,ORDER_REFUSED&flowId=orders')).toEqual([failed]);
    expect(await runs('errorClass=value,duplicate')).toEqual([failed]);
    expect(await runs('errorClass=duplicate')).toEqual([]);
    expect((await engineer('GET', '/api/v1/runs?errorClass=odd')).json).toMatchObject({ code: 'REQUEST_INVALID' });
    expect(await runs(`startedBy=${ann.id}`)).toEqual([waiting]);
    expect(await runs('flowId=orders&version=1')).toEqual([failed, waiting]);
    expect(await runs('flowId=orders&version=2')).toEqual([]);
    expect(await runs('connection=crm')).toEqual([]);

    const flow = flowOf(
      'reads',
      {
        start: { type: 'core.manual' },
        get: { type: 'http.read', params: { url: '/x' }, connections: { bearer: 'crm' } },
      },
      ['start.submitted>get.in'],
    );
    await publish(engineer, flow);
    const calling = await start(engineer, 'reads', {});
    expect(await runs('connection=crm')).toEqual([calling]);
    expect(await runs('connection=erp')).toEqual([]);
  });

  it('finds flows and their runs by a label that is set at any time and changes nothing of what is published', async () => {
    const sorted = flowOf('sorted', { start: { type: 'core.manual' } }, []);
    await publish(engineer, sorted);
    const run = await start(engineer, 'sorted', {});
    expect(await runs('label=Finance')).toEqual([]);
    const draft = (await engineer<FlowDetail>('GET', '/api/v1/flows/sorted')).json;
    const flow = { ...draft.flow, settings: { ...draft.flow.settings, labels: ['Finance', 'Month end'] } };
    const saved = await engineer<FlowDetail>('PUT', '/api/v1/flows/sorted/draft', {
      body: { revision: draft.summary.revision, flow },
    });
    expect(saved.json.summary).toMatchObject({ labels: ['Finance', 'Month end'], changed: false });
    expect((await engineer('GET', '/api/v1/flow-labels')).json).toEqual({ items: ['Finance', 'Month end'] });
    expect(await runs('label=Finance')).toEqual([run]);
    expect(await runs('label=Finance&flowId=orders')).toEqual([]);
    expect(await runs('label=Finance&connection=crm')).toEqual([]);
    const listed = await engineer<{ items: { id: string }[] }>('GET', '/api/v1/flows?label=Month%20end');
    expect(listed.json.items.map(({ id }) => id)).toEqual(['sorted']);
  });

  it('says what is wrong with a filter that means nothing', async () => {
    const reply = await engineer<{ code: string; fix: string }>('GET', '/api/v1/runs?version=3');
    expect(reply.status).toBe(400);
    expect(reply.json).toMatchObject({ code: 'REQUEST_INVALID', fix: 'Give flowId as well, or leave version out.' });
  });

  it('shows at which nodes of a flow runs stand, and since when', async () => {
    const live = await eventually(
      () => engineer<FlowLive>('GET', '/api/v1/flows/orders/live'),
      (reply) => reply.json.nodes?.length === 2,
    );
    const at = (nodeId: string) => live.json.nodes.find((node) => node.nodeId === nodeId);
    expect(at('wait')?.waiting.runs).toBe(1);
    expect(at('wait')?.waiting.oldestAt).toBeLessThanOrEqual(Date.now());
    expect(at('bad')?.failed.runs).toBe(1);
    expect((await engineer('GET', '/api/v1/flows/nothing/live')).status).toBe(404);
    expect(await runs('flowId=orders&node=wait&status=waiting')).toHaveLength(1);
    expect(await runs('flowId=orders&node=bad')).toHaveLength(1);
    expect(await runs('flowId=orders&node=nothing')).toEqual([]);
  });
});

describe('a run that waits at several steps', () => {
  it('counts at each of them, also while it is busy elsewhere and after a restart, and the list of a badge has what it counts', async () => {
    const event = (name: string, more = {}) => ({
      type: 'core.wait-for-event',
      params: { event: name, key: 'all' },
      ...more,
    });
    const called = flowOf('stock', { start: { type: 'core.manual' }, hold: event('never') }, [
      'start.submitted>hold.in',
    ]);
    await publish(engineer, called);
    const branches = flowOf(
      'branches',
      {
        start: { type: 'core.manual' },
        paid: event('paid'),
        each: { type: 'core.for-each', params: { items: 'input.lines', concurrency: 5 } },
        line: event('line', { parent: 'each' }),
        call: { type: 'core.call-flow', params: { flow: 'stock', input: { $: 'input' } } },
      },
      ['start.submitted>paid.in', 'start.submitted>each.in', 'start.submitted>call.in'],
    );
    await publish(engineer, branches);
    const one = await start(engineer, 'branches', { lines: [1, 2, 3] });
    const two = await start(engineer, 'branches', { lines: [] });
    const counted = async () => {
      const { json } = await engineer<FlowLive>('GET', '/api/v1/flows/branches/live');
      return Object.fromEntries(json.nodes.map(({ nodeId, waiting }) => [nodeId, [waiting.runs, waiting.waits]]));
    };
    const all = { paid: [2, 2], line: [1, 3], call: [2, 2] };
    await expect.poll(counted, { timeout: 20_000 }).toEqual(all);
    const at = (node: string, as = 'waiting') => runs(`flowId=branches&node=${node}&as=${as}`);
    expect([await at('paid'), await at('line'), await at('call')]).toEqual([[two, one], [one], [two, one]]);
    expect([await at('line', 'failed'), await at('line', 'parked'), await at('start')]).toEqual([[], [], []]);
    await test.restart();
    expect(await counted()).toEqual(all);

    await engineer('POST', `/api/v1/runs/${one}/cancel`, { body: { reason: 'Enough' } });
    await expect.poll(counted, { timeout: 20_000 }).toEqual({ paid: [1, 1], call: [1, 1] });
    expect(await at('line')).toEqual([]);
    expect((await engineer('GET', '/api/v1/runs?node=paid&as=asleep')).status).toBe(400);
  });
});

describe('saved filters', () => {
  const filters = (call: Caller) => call<{ items: SavedFilter[] }>('GET', '/api/v1/saved-filters?list=runs');
  const failedToday = { list: 'runs', name: 'Failed today', search: 'status=failed&range=24h' };

  it('are kept for one person, or for everybody by those who may share', async () => {
    const ann = await test.person({ roles: ['operator'], name: 'Ann' });
    const bob = await test.person({ roles: ['viewer'], name: 'Bob' });
    const own = await ann.call<SavedFilter>('POST', '/api/v1/saved-filters', { body: failedToday });
    expect(own.status).toBe(201);
    expect((await filters(bob.call)).json.items).toEqual([]);

    await ann.call('PATCH', `/api/v1/saved-filters/${own.json.id}`, { body: { shared: true, name: 'Failed' } });
    expect((await filters(bob.call)).json.items).toMatchObject([
      { name: 'Failed', search: failedToday.search, own: false, shared: true, ownerName: 'Ann' },
    ]);
    const refused = await bob.call('POST', '/api/v1/saved-filters', { body: { ...failedToday, shared: true } });
    expect(refused.status).toBe(403);
    expect((await bob.call('DELETE', `/api/v1/saved-filters/${own.json.id}`)).status).toBe(403);
  });

  it('cannot be seen or touched by others while they are private', async () => {
    const ann = await test.person({ roles: ['operator'] });
    const own = await ann.call<SavedFilter>('POST', '/api/v1/saved-filters', { body: failedToday });
    expect((await engineer('PATCH', `/api/v1/saved-filters/${own.json.id}`, { body: { name: 'x' } })).status).toBe(404);
    expect((await ann.call('DELETE', `/api/v1/saved-filters/${own.json.id}`)).status).toBe(200);
    expect((await ann.call('DELETE', `/api/v1/saved-filters/${own.json.id}`)).status).toBe(404);
  });

  it('leave a trace of every change in the audit log', async () => {
    const admin = await test.person({ roles: ['admin'] });
    const own = await admin.call<SavedFilter>('POST', '/api/v1/saved-filters', { body: failedToday });
    await admin.call('PATCH', `/api/v1/saved-filters/${own.json.id}`, { body: { name: 'Broken today' } });
    await admin.call('DELETE', `/api/v1/saved-filters/${own.json.id}`);
    const log = await admin.call<{ items: AuditEntry[] }>('GET', `/api/v1/audit?subject=filter:${own.json.id}`);
    expect(log.json.items.map((entry) => entry.action)).toEqual(['filter.removed', 'filter.changed', 'filter.saved']);
    expect(log.json.items[1]?.details).toMatchObject({
      before: { name: 'Failed today' },
      after: { name: 'Broken today' },
    });
  });
});
