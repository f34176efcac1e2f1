import type { Flow } from '@waybill/flow-model';
import { edgeId, flowIdSchema } from '@waybill/flow-model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DemoPlatform, startDemoPlatform } from '../support/demo-platform.ts';
import { until } from '../support/until.ts';

const calls = 200;
let demo: DemoPlatform;
beforeAll(async () => {
  demo = await startDemoPlatform();
});
afterAll(() => demo.close());

/** One write, and no second attempt for it: one that is lost fails its run. */
function upsertFlow(): Flow {
  const start = { node: 'start', port: 'submitted' };
  const save = { node: 'save', port: 'in' };
  return {
    formatVersion: 1,
    id: flowIdSchema.parse('upserts'),
    name: 'Upserts',
    nodes: {
      start: { type: 'core.manual', version: 1, params: {} },
      save: {
        type: 'netsuite.upsert-record',
        version: 1,
        params: {
          recordType: 'customer',
          externalId: { $: '"THROTTLED-" & $string(input.n)' },
          fields: { companyName: { $: '"Client " & $string(input.n)' }, subsidiary: { id: '1' } },
        },
        connections: { account: 'erp' },
        retry: { attempts: 1, firstDelayMs: 100, maxDelayMs: 100 },
      },
    },
    edges: { [edgeId({ from: start, to: save })]: { from: start, to: save } },
    settings: {},
    notes: {},
    layout: {},
    pins: {},
  };
}

it('takes 200 writes from runs of one attempt, each once, at the pace it bears itself', {
  timeout: 180_000,
}, async () => {
  const netsuite = demo.simulators.get('netsuite');
  const { baseUrl } = netsuite.info;
  await fetch(`${baseUrl}/__sim/settings/concurrencyLimit`, { method: 'PUT', body: JSON.stringify({ value: 3 }) });
  // Long beside what a busy machine needs for a call, so that calls overlap in the system and not before it.
  netsuite.addFault({ match: { path: '/record/' }, fault: 'slow:80' });
  const { items } = await demo.api('listConnections', { query: {} });
  const erp = items.find(({ roles }) => roles.includes('erp'))!;
  await demo.api('updateConnection', {
    params: { connectionId: erp.id },
    body: { limits: { concurrency: 12, rates: [], breaker: null } },
  });
  const flow = upsertFlow();
  const { summary } = await demo.api('createFlow', { body: { name: flow.name, flow } });
  await demo.api('publishFlow', {
    params: { flowId: flow.id },
    body: { revision: summary.revision, note: 'First version' },
  });

  await Promise.all(
    Array.from({ length: calls }, (_, n) =>
      demo.api('runFlow', { params: { flowId: flow.id }, body: { of: 'published', input: { n } } }),
    ),
  );
  const counts = await until(
    'every run to end',
    async () => {
      const { counts: found } = await demo.api('countRuns', { query: { flowId: flow.id } });
      const over = ['succeeded', 'failed', 'cancelled', 'quarantined'] as const;
      return over.reduce((sum, status) => sum + (found[status] ?? 0), 0) === calls && found;
    },
    { withinMs: 120_000 },
  );
  expect(counts).toMatchObject({ succeeded: calls });
  const created = netsuite.audit({ object: 'customer' }).filter((row) => row.externalKey?.startsWith('THROTTLED-'));
  expect(new Set(created.map((row) => row.externalKey)).size).toBe(calls);
  expect(created).toHaveLength(calls);
  const gauges = await demo.api('connectionGauges', {});
  const gauge = gauges.items.find(({ connectionId }) => connectionId === erp.id);
  expect(gauge?.throttledLastHour).toBeGreaterThan(0);
  // It found out by itself what the system takes, and stayed near it.
  expect(gauge?.limit).toBeLessThanOrEqual(6);
});
