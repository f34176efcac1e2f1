import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Flow, FlowNode } from '@waybill/flow-model';
import { edgeId, emptyFlow, toText } from '@waybill/flow-model';
import { expect, it } from 'vitest';
import { apiWithLink } from '../../packages/cli/src/api-session.ts';
import { freePort, type PlatformProcess, startPlatformProcess } from '../support/platform-process.ts';
import { until } from '../support/until.ts';

const ROWS = 300_000;
const KILLS = 2;
/** Long rows and some work on each, so that there is a middle to be killed in. */
const note = (row: number): string => `note ${row} `.padEnd(90, 'x');
const SLOW = 'let n = 0; for (let i = 0; i < 8_000; i += 1) n += i; return { ...record, row };';
/** Printed with a failure, so that the same moments can be asked for again. */
const seed = Number(process.env['WAYBILL_TEST_SEED'] ?? Date.now() % 100_000);

function copyFlow(): Flow {
  const flow = emptyFlow('copy' as Flow['id'], 'Copy');
  const node = (type: string, params: FlowNode['params'] = {}): FlowNode => ({ type, version: 1, params });
  flow.nodes = {
    start: node('core.manual'),
    read: node('core.read-records', { path: 'in.csv' }),
    code: node('core.code-records', { source: SLOW }),
    write: node('core.write-records', { path: 'out.csv', ifExists: 'replace' }),
  };
  for (const [from, port, to] of [
    ['start', 'submitted', 'read'],
    ['read', 'records', 'code'],
    ['code', 'records', 'write'],
  ] as const) {
    const edge = { from: { node: from, port }, to: { node: to, port: 'in' } };
    flow.edges[edgeId(edge)] = edge;
  }
  return flow;
}

it(`writes every row once although the process is killed in the middle (seed ${seed})`, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'waybill-kills-'));
  const files = join(dataDir, 'files');
  mkdirSync(files);
  const lines = Array.from({ length: ROWS }, (_, row) =>
    row % 1_000 === 7 ? `${row},broken,row` : `${row},${note(row)}`,
  );
  writeFileSync(join(files, 'in.csv'), `id,note\n${lines.join('\n')}\n`);
  const options = { dataDir, port: await freePort() };
  let platform: PlatformProcess = await startPlatformProcess(options);
  try {
    const first = await apiWithLink(platform.signInLink);
    const { summary } = await first('importFlow', { body: { files: { ...toText(copyFlow()) } } });
    const at = { params: { flowId: summary.id } };
    await first('publishFlow', { ...at, body: { revision: summary.revision, note: 'test' } });
    const { runId } = await first('runFlow', { ...at, body: { of: 'published', input: {} } });
    const rowsRead = async (api: typeof first): Promise<number> => {
      const { steps } = await api('getRun', { params: { runId } });
      return steps.find(({ step }) => step === 'write')?.records?.rowsIn ?? 0;
    };
    let api = first;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const wanted = ROWS * ((kill + 0.2 + ((seed * (kill + 1)) % 100) / 400) / (KILLS + 1));
      const read = await until(
        'some rows',
        async () => {
          const rows = await rowsRead(api);
          return rows >= wanted ? rows : null;
        },
        { everyMs: 10 },
      );
      expect(read, 'it is killed in the middle').toBeLessThan(ROWS);
      expect((await platform.kill()).signal).toBe('SIGKILL');
      expect(readdirSync(files), 'nobody sees half a file').not.toContain('out.csv');
      platform = await startPlatformProcess(options);
      api = await apiWithLink(platform.signInLink);
    }
    await until(
      'the end of the run',
      async () => (await api('getRun', { params: { runId } })).run.status === 'succeeded',
    );
    const written = readFileSync(join(files, 'out.csv'), 'utf8').trimEnd().split('\r\n');
    const expected = lines.flatMap((line, row) => (row % 1_000 === 7 ? [] : [`${line},${row + 1}`]));
    expect(written.length).toBe(1 + expected.length);
    expect(written.slice(1).findIndex((line, row) => line !== expected[row])).toBe(-1);
    const { counts } = await api('getStepRecords', { params: { runId, step: 'write' }, query: {} });
    const states = { written: ROWS - ROWS / 1_000, refused: ROWS / 1_000, waiting: 0 };
    expect(counts).toMatchObject({ read: ROWS, used: states.written, refused: states.refused, states });
  } finally {
    await platform.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
