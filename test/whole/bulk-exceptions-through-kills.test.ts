import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiClient } from '@waybill/api-contract';
import { apiWithLink } from '@waybill/cli/platform';
import type { Flow } from '@waybill/flow-model';
import { edgeId, emptyFlow } from '@waybill/flow-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, type PlatformProcess, startPlatformProcess } from '../support/platform-process.ts';
import { until } from '../support/until.ts';

const EXCEPTIONS = 60;
/** A few a second, so that kills come in the middle. */
const slowly = 1_200;

const folder = mkdtempSync(join(tmpdir(), 'waybill-bulk-kill-'));
let options: { dataDir: string; port: number };
let platform: PlatformProcess;
let api: ApiClient;

/** Looks up a legal entity, which is missing as long as nobody adds its row. */
function entityFlow(id: string): Flow {
  const flow = emptyFlow(id as Flow['id'], id);
  flow.nodes = {
    start: { type: 'core.webhook', version: 1, params: { path: 'in' } },
    entity: {
      type: 'core.lookup',
      version: 1,
      params: { table: 'entities', key: { code: { $: 'trigger.body.code' } } },
    },
  };
  const edge = { from: { node: 'start', port: 'received' }, to: { node: 'entity', port: 'in' } };
  flow.edges[edgeId(edge)] = edge;
  flow.settings = { businessKey: { $: 'trigger.body.deal' }, errorOwner: 'admin' };
  return flow;
}

async function saveEntities(codes: string[]): Promise<void> {
  const { items } = await api('listTables', {});
  const revision = items.find(({ name }) => name === 'entities')?.revision ?? 0;
  const rows = codes.map((code) => ({ validFrom: null, validTo: null, values: { code, name: `Entity ${code}` } }));
  const body = { title: 'Entities', keyColumns: ['code'], columns: ['code', 'name'], rows, revision };
  await api('putTable', { params: { name: 'entities' }, body });
}

async function failedRuns(flowId: string): Promise<void> {
  const flow = entityFlow(flowId);
  const { summary } = await api('createFlow', { body: { name: flowId, flow } });
  await api('publishFlow', { params: { flowId: flow.id }, body: { revision: summary.revision, note: 'test' } });
  const sent = Array.from({ length: EXCEPTIONS }, (_, n) =>
    fetch(`${platform.url}/hooks/${flowId}/in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: flowId, deal: `${flowId}-${n}` }),
    }),
  );
  for (const reply of await Promise.all(sent)) expect(reply.status).toBe(202);
  await until('all exceptions', async () => (await exceptionsOf(flowId, 'open')).length === EXCEPTIONS);
}

const exceptionsOf = async (flowId: string, status: 'open' | 'decided') =>
  (await api('listExceptions', { query: { flowId, status, limit: 200 } })).items;

async function killed(): Promise<void> {
  expect((await platform.kill()).signal).toBe('SIGKILL');
  platform = await startPlatformProcess(options);
  api = await apiWithLink(platform.signInLink);
}

/** Kills the server among the items of a bulk action and sees it to its end. @returns its id and all that it acted on. */
async function cutOff(flowId: string, act: Parameters<typeof api<'createExceptionBulk'>>[1]['body']['act']) {
  const exceptions = (await exceptionsOf(flowId, 'open')).map(({ id, runId }) => ({ id, runId }));
  const made = await api('createExceptionBulk', {
    body: {
      ...{ act, filter: { flowId }, name: 'All of them', reason: 'the table is right now' },
      ...{ perMinute: slowly, expectedCount: EXCEPTIONS },
    },
  });
  const operation = () => api('getBulk', { params: { operationId: made.id } });
  await until('some to be done', async () => (await operation()).succeeded >= EXCEPTIONS / 4, { everyMs: 5 });
  await killed();
  const between = await operation();
  expect(between.succeeded, 'it is killed in the middle').toBeLessThan(EXCEPTIONS);
  expect(between.status).toBe('running');
  await until('it to go on by itself', async () => (await operation()).succeeded > between.succeeded, { everyMs: 5 });
  await api('steerBulk', { params: { operationId: made.id }, body: { to: 'pace', perMinute: 60_000 } });
  const over = await until('its end', async () => {
    const found = await operation();
    return found.status === 'finished' && found;
  });
  expect(over).toMatchObject({ total: EXCEPTIONS, succeeded: EXCEPTIONS, refused: 0, skipped: 0 });
  const params = { operationId: made.id };
  const { items } = await api('listBulkItems', { params, query: { limit: 200 } });
  expect(items.map(({ exceptionId }) => exceptionId).toSorted()).toEqual(exceptions.map(({ id }) => id).toSorted());
  expect(items.every(({ status, note }) => status === 'succeeded' && note === null)).toBe(true);
  return { id: made.id, exceptions };
}

/** How often each exception was acted on, by the audit log, which is read to its end. */
async function audited(action: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const query = { action, limit: 200, ...(cursor === undefined ? {} : { cursor }) };
    const page = await api('listAudit', { query });
    for (const { subject } of page.items) counts.set(subject, (counts.get(subject) ?? 0) + 1);
    cursor = page.nextCursor;
  }
  return counts;
}
const onceEach = (exceptions: { id: string }[]) => new Map(exceptions.map(({ id }) => [`exception:${id}`, 1]));
const sorted = (counts: Map<string, number>) => [...counts].toSorted();

beforeAll(async () => {
  options = { dataDir: join(folder, 'data'), port: await freePort() };
  platform = await startPlatformProcess(options);
  api = await apiWithLink(platform.signInLink);
  await saveEntities(['known']);
});
afterAll(async () => {
  await platform.kill();
  rmSync(folder, { recursive: true, force: true });
});

describe('a bulk act on exceptions that a kill -9 cuts off', () => {
  it('has each tried again once, and says and audits so once', async () => {
    await failedRuns('retried');
    await saveEntities(['known', 'retried']);
    const { id, exceptions } = await cutOff('retried', { act: 'retry' });
    await until('all to be resolved', async () => (await exceptionsOf('retried', 'open')).length === 0);
    const runs = await Promise.all(exceptions.map(({ runId }) => api('getRun', { params: { runId } })));
    for (const { run, steps } of runs) {
      expect(run.status).toBe('succeeded');
      // Failed once, tried again once.
      expect(steps.find(({ nodeId }) => nodeId === 'entity')?.attempts).toHaveLength(2);
    }
    expect(sorted(await audited('exception.retry'))).toEqual(sorted(onceEach(exceptions)));
    const { items } = await api('listAudit', { query: { subject: `bulk:${id}`, limit: 10 } });
    expect(items.map(({ action }) => action)).toEqual(['bulk.pace', 'bulk.created']);
  });

  it('closes each once as resolved elsewhere, with one line in its history', async () => {
    await failedRuns('outside');
    const { exceptions } = await cutOff('outside', {
      act: 'resolved-outside',
      reason: 'booked by hand',
      cancelRun: false,
    });
    expect(await exceptionsOf('outside', 'decided')).toHaveLength(EXCEPTIONS);
    const closed = await Promise.all(exceptions.map(({ id }) => api('getException', { params: { exceptionId: id } })));
    for (const { history } of closed) {
      expect(history.filter(({ kind }) => kind === 'resolved-outside')).toHaveLength(1);
    }
    expect(sorted(await audited('exception.resolved-outside'))).toEqual(sorted(onceEach(exceptions)));
  });
});
