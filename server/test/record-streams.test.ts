import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Problem, RunDetail, StepView } from '@waybill/api-contract';
import type { FlowNode } from '@waybill/flow-model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Caller, TestServer } from './test-server.ts';
import { eventually, flowOf, publish, startTestServer } from './test-server.ts';

let test: TestServer;
let engineer: Caller;
let files: string;

beforeAll(async () => {
  test = await startTestServer();
  engineer = await test.as('engineer');
  files = join(test.dataDir, 'files');
  mkdirSync(files, { recursive: true });
});
afterAll(() => test.stop());

type Nodes = Record<string, Omit<FlowNode, 'version' | 'params'> & Partial<FlowNode>>;
const chained = (names: string[]): string[] =>
  names.slice(1).map((name, at) => {
    const from = names[at] ?? '';
    return `${from}.${from === 'start' ? 'submitted' : 'records'}>${name}.in`;
  });

/** Publishes a chain of record nodes, runs it and waits for its end. */
async function run(id: string, nodes: Nodes, wanted: string): Promise<RunDetail> {
  const chain = Object.keys(nodes).filter((name) => nodes[name]?.parent === undefined);
  await publish(engineer, flowOf(id, { start: { type: 'core.manual' }, ...nodes }, chained(['start', ...chain])));
  return ended(await start(id), wanted);
}
async function start(flowId: string): Promise<string> {
  const { json } = await engineer<{ runId: string }>('POST', `/api/v1/flows/${flowId}/run`, {
    body: { of: 'published', input: {} },
  });
  return json.runId;
}
const detail = async (runId: string) => (await engineer<RunDetail>('GET', `/api/v1/runs/${runId}`)).json;
const ended = (runId: string, wanted: string) =>
  eventually(
    () => detail(runId),
    (reply) => reply.run?.status === wanted,
  );
const stepOf = (reply: RunDetail, key: string): StepView | undefined => reply.steps.find((step) => step.step === key);
async function outputOf(reply: RunDetail, step: string): Promise<unknown> {
  const { json } = await engineer<{ output: unknown }>('GET', `/api/v1/runs/${reply.run.id}/steps/${step}/data`);
  return json.output;
}

const hours = (rows: number): string =>
  `id,employee,centre,hours\n${Array.from({ length: rows }, (_, row) => `${row},E-${row % 9},${row % 2 ? 'DE01' : 'FR01'},${row % 8}`).join('\n')}\n`;
const read = (path: string, params: FlowNode['params'] = {}) => ({
  type: 'core.read-records',
  params: { path, ...params },
});
const total = {
  type: 'core.total-records',
  params: {
    groupBy: [{ name: 'centre', expression: 'record.centre' }],
    measures: [
      { name: 'hours', kind: 'sum', expression: 'record.hours' },
      { name: 'entries', kind: 'count' },
    ],
  },
};
const map = {
  type: 'core.map-records',
  params: { keepOthers: true, fields: [{ name: 'hours', expression: '$number(record.hours)' }] },
};

it('totals a file, keeps what could not be used for a person to see, and shows how far it came', async () => {
  writeFileSync(join(files, 'hours.csv'), `${hours(2_000)}x,E-1,DE01,many\n2001,E-2\n`);
  const reply = await run('totals', { read: read('hours.csv'), map, total }, 'succeeded');
  expect(await outputOf(reply, 'total')).toEqual({
    records: { read: 2_002, used: 2_000, leftOut: 0, refused: 2 },
    groups: [
      { centre: 'FR01', hours: 3_000, entries: 1_000 },
      { centre: 'DE01', hours: 4_000, entries: 1_000 },
    ],
  });
  expect(stepOf(reply, 'total')?.records).toMatchObject({ rowsIn: 2_002, rowsOut: 2_000, errors: 2 });
  const url = `/api/v1/runs/${reply.run.id}/steps/total/records`;
  const refused = await engineer<{ items: { row: number; what: string; step: string | null }[] }>('GET', url);
  expect(refused.json).toMatchObject({
    counts: { read: 2_002, used: 2_000, refused: 2, states: null },
    file: { columns: ['id', 'employee', 'centre', 'hours'], delimiter: ',' },
    items: [
      { row: 2_002, line: 2_003, step: null, what: 'it has 2 fields where 4 are expected', source: '2001,E-2' },
      { row: 2_001, line: 2_002, step: 'map', source: 'x,E-1,DE01,many' },
    ],
  });
  expect(refused.json.items[1]?.what).toContain('many');
  const found = await engineer<{ items: unknown[] }>('GET', `${url}?text=fields&limit=1`);
  expect(found.json.items).toHaveLength(1);
  expect((await engineer('GET', `${url}?cursor=nonsense`)).status).toBe(400);
  expect((await engineer('GET', `/api/v1/runs/${reply.run.id}/steps/read/records`)).status).toBe(404);
});

it('writes a file that appears when it is complete, once, although the server was restarted in its middle', async () => {
  const rows = 240_000;
  writeFileSync(join(files, 'long.csv'), hours(rows));
  const write = { type: 'core.write-records', params: { path: 'out/long.csv' } };
  const slow = { type: 'core.code-records', params: { source: 'return { ...record, seen: row };' } };
  await publish(
    engineer,
    flowOf(
      'long',
      { start: { type: 'core.manual' }, read: read('long.csv'), slow, write },
      chained(['start', 'read', 'slow', 'write']),
    ),
  );
  const runId = await start('long');
  const begun = await eventually(
    () => detail(runId),
    (reply) => (stepOf(reply, 'write')?.records?.rowsIn ?? 0) > 0,
  );
  expect(begun.run.status).toBe('running');
  expect(readdirSync(join(files, 'out')).filter((name) => name === 'long.csv')).toEqual([]);
  await test.restart();
  await ended(runId, 'succeeded');
  const lines = readFileSync(join(files, 'out/long.csv'), 'utf8').trimEnd().split('\r\n');
  expect(lines[0]).toBe('id,employee,centre,hours,seen');
  expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(
    Array.from({ length: rows }, (_, row) => String(row)),
  );
  expect(lines.at(-1)?.endsWith(`,${rows}`)).toBe(true);
  expect(readdirSync(join(files, 'out'))).toEqual(['long.csv']);
});

it('shows the records for which it gave a file up', async () => {
  writeFileSync(join(files, 'bad.csv'), `id,employee,centre,hours\n${'x,E-1,DE01,many\n'.repeat(30)}`);
  const write = { type: 'core.write-records', params: { path: 'out/bad.csv', maxErrors: 10 } };
  const reply = await run('given-up', { read: read('bad.csv'), map, write }, 'failed');
  expect(stepOf(reply, 'write')?.error?.code).toBe('RECORDS_TOO_MANY_ERRORS');
  expect(stepOf(reply, 'write')?.records).toMatchObject({ rowsIn: 30, errors: 30 });
  const refused = await engineer<{ items: unknown[] }>('GET', `/api/v1/runs/${reply.run.id}/steps/write/records`);
  expect(refused.json.items).toHaveLength(30);
  writeFileSync(join(files, 'bad.csv'), hours(3));
  await engineer('POST', `/api/v1/runs/${reply.run.id}/steps/write/retry`, { body: {} });
  const corrected = await ended(reply.run.id, 'succeeded');
  expect(await outputOf(corrected, 'write')).toMatchObject({ records: { read: 3, used: 3, refused: 0 } });
});

it('refuses to overwrite a file unless that is asked for', async () => {
  writeFileSync(join(files, 'there.csv'), 'mine');
  const write = { type: 'core.write-records', params: { path: 'there.csv' } };
  const reply = await run('careful', { read: read('', { from: 'text', text: 'a\n1\n' }), write }, 'failed');
  expect(stepOf(reply, 'write')?.error?.code).toBe('FILE_EXISTS');
  expect(readFileSync(join(files, 'there.csv'), 'utf8')).toBe('mine');
});

it('runs the steps inside once per batch, each with its records', async () => {
  const reply = await run(
    'batches',
    {
      read: read('', { from: 'text', text: hours(25) }),
      each: { type: 'core.for-each-batch', params: { size: 10 } },
      sum: { type: 'core.set', params: { fields: { n: { $: '$count(item.records)' } } }, parent: 'each' },
    },
    'succeeded',
  );
  expect(stepOf(reply, 'each')).toMatchObject({ iterations: { total: 3, finished: 3, failed: 0 } });
  expect(await outputOf(reply, 'each')).toEqual([{ n: 10 }, { n: 10 }, { n: 5 }]);
});

it('tells of each record of a batch what became of it, to be searched and taken away', async () => {
  const text = `invoice,amount\n${Array.from({ length: 25 }, (_, row) => (row === 3 ? 'F-3' : `F-${row},${row}`)).join('\n')}\n`;
  const reply = await run(
    'outcomes',
    {
      read: read('', { from: 'text', text }),
      each: { type: 'core.for-each-batch', params: { size: 10, key: 'record.invoice', onItemError: 'continue' } },
      check: {
        type: 'core.fail',
        params: { code: 'PERIOD_CLOSED', message: 'The period is closed.' },
        parent: 'each',
      },
    },
    'succeeded',
  );
  const url = `/api/v1/runs/${reply.run.id}/steps/each/records`;
  const all = await engineer<{ items: { key: string; state: string; row: number; what: string }[]; counts: object }>(
    'GET',
    url,
  );
  expect(all.json.counts).toMatchObject({
    read: 25,
    used: 24,
    refused: 1,
    states: { refused: 1, failed: 24, written: 0 },
  });
  expect(all.json.items.slice(0, 2)).toMatchObject([
    { row: 4, state: 'refused', line: 5 },
    { row: 25, key: 'F-24', state: 'failed', batch: 3, what: 'The period is closed.' },
  ]);
  const found = await engineer<{ items: unknown[]; nextCursor: string | null }>('GET', `${url}?text=f-17&state=failed`);
  expect(found.json).toMatchObject({ items: [{ key: 'F-17', row: 18, batch: 2 }], nextCursor: null });
  const seen: number[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { json: { items: { row: number }[]; nextCursor: string | null } } = await engineer(
      'GET',
      `${url}?limit=7${cursor ? `&cursor=${cursor}` : ''}`,
    );
    seen.push(...page.json.items.map(({ row }) => row));
    cursor = page.json.nextCursor;
  }
  expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_, row) => row + 1));
  const csv = await engineer<string>('GET', `${url}.csv?state=failed`);
  expect(csv.status).toBe(200);
});

it('writes only what is new when a run is repeated with a changed file', async () => {
  const file = (invoices: readonly string[]) =>
    writeFileSync(join(files, 'cards.csv'), `invoice,amount\n${invoices.map((name) => `${name},5`).join('\n')}\n`);
  file(['F-1', 'F-2', 'F-3']);
  const first = await run(
    'cards',
    {
      read: read('cards.csv'),
      each: { type: 'core.for-each-batch', params: { size: 1, concurrency: 1, key: 'record.invoice' } },
      link: {
        type: 'core.crosswalk-link',
        params: {
          ...{ entity: 'invoice', systemA: 'card', idA: { $: 'item.keys[0]' } },
          ...{ systemB: 'erp', idB: { $: '"erp-" & item.keys[0]' } },
        },
        parent: 'each',
      },
    },
    'succeeded',
  );
  file(['F-new', 'F-3', 'F-1']);
  const { json } = await engineer<{ id: string }>('POST', `/api/v1/runs/${first.run.id}/replay`, {
    body: { effects: 'skip-confirmed', reason: 'the statement was corrected' },
  });
  await ended(json.id, 'succeeded');
  const { json: listed } = await engineer<{
    items: { key: string; row: number; state: string; what: string | null }[];
  }>('GET', `/api/v1/runs/${json.id}/steps/each/records`);
  const earlier = `Run ${first.run.id} wrote it; nothing was sent.`;
  expect(listed.items.map(({ key, state, what }) => [key, state, what])).toEqual([
    ['F-new', 'written', null],
    ['F-3', 'written', earlier],
    ['F-2', 'written', earlier],
    ['F-1', 'written', earlier],
  ]);
});

it.each([
  ['../waybill.db', 'FILE_NOT_ALLOWED'],
  ['/etc/passwd', 'FILE_NOT_ALLOWED'],
  ['link/passwd', 'FILE_NOT_ALLOWED'],
  ['missing.csv', 'FILE_NOT_FOUND'],
])('does not read %s', async (path, code) => {
  if (path.startsWith('link')) symlinkSync('/etc', join(files, 'link'));
  const id = `path-${path.replace(/[^a-z]+/g, '-')}x`;
  const reply = await run(id, { read: read(path), first: { type: 'core.first-records' } }, 'failed');
  expect(stepOf(reply, 'first')?.error?.code).toBe(code);
});

it('does not open a folder that the operator has not allowed', async () => {
  const made = await engineer<{ id: string }>('POST', '/api/v1/connections', {
    body: { name: 'System', type: 'core-folder', fields: { path: '/etc' } },
  });
  expect(made.status).toBe(201);
  await publish(
    engineer,
    flowOf(
      'folders',
      {
        start: { type: 'core.manual' },
        read: { ...read('passwd'), connections: { folder: made.json.id } },
        first: { type: 'core.first-records' },
      },
      chained(['start', 'read', 'first']),
    ),
  );
  const reply = await ended(await start('folders'), 'paused');
  expect(stepOf(reply, 'first')?.error?.code).toBe('FOLDER_NOT_ALLOWED');
});

it('stops code that never ends and names the step', async () => {
  const loop = { type: 'core.code-records', params: { source: 'for (;;) {}' } };
  const first = { type: 'core.first-records', timeoutMs: 300, retry: { attempts: 1, firstDelayMs: 1, maxDelayMs: 1 } };
  const reply = await run('endless', { read: read('', { from: 'text', text: 'a\n1\n' }), loop, first }, 'failed');
  expect(stepOf(reply, 'first')).toMatchObject({ status: 'failed', error: { code: 'SANDBOX_TIMEOUT' } });
});

it('tells when an expression over records reads a name that does not exist', async () => {
  const { json } = await engineer<{ problems: Problem['problems'] }>('POST', '/api/v1/flows/validate', {
    body: {
      flow: flowOf(
        'names',
        {
          start: { type: 'core.manual' },
          read: read('a.csv'),
          keep: { type: 'core.filter-records', params: { keep: 'recrod.hours > 0' } },
          first: { type: 'core.first-records' },
        },
        chained(['start', 'read', 'keep', 'first']),
      ),
    },
  });
  expect(JSON.stringify(json.problems)).toContain('did you mean \\"record\\"?');
});

it('reads a stream in the flow it is handed to, through the folder of the step that named it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-handed-'));
  writeFileSync(join(folder, 'hours.csv'), hours(40));
  const server = await startTestServer({ folders: [folder] });
  try {
    const caller = await server.as('engineer');
    const made = await caller<{ id: string }>('POST', '/api/v1/connections', {
      body: { name: 'Payroll exchange', type: 'core-folder', fields: { path: folder } },
    });
    expect(made.status).toBe(201);
    const rows = { name: 'rows', kind: 'count' };
    await publish(
      caller,
      flowOf(
        'count-handed',
        {
          start: { type: 'core.manual' },
          given: { type: 'core.map', params: { expression: 'input.rows' } },
          // Bears the name of the calling flow's step, and has no folder.
          read: { type: 'core.total-records', params: { measures: [rows] } },
        },
        ['start.submitted>given.in', 'given.done>read.in'],
      ),
    );
    await publish(
      caller,
      flowOf(
        'hands-on',
        {
          start: { type: 'core.manual' },
          read: { ...read('hours.csv'), connections: { folder: made.json.id } },
          call: { type: 'core.call-flow', params: { flow: 'count-handed', input: { $: '{ "rows": input }' } } },
        },
        ['start.submitted>read.in', 'read.records>call.in'],
      ),
    );
    const { json } = await caller<{ runId: string; status: string; output: unknown }>(
      'POST',
      '/api/v1/flows/hands-on/run',
      { body: { of: 'published', input: {}, waitMs: 20_000 } },
    );
    expect(json).toMatchObject({
      status: 'succeeded',
      output: { records: { read: 40, used: 40, leftOut: 0, refused: 0 }, totals: { rows: 40 } },
    });
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
