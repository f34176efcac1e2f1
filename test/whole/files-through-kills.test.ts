import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Flow, FlowNode } from '@waybill/flow-model';
import { edgeId, emptyFlow, toText } from '@waybill/flow-model';
import { expect, it } from 'vitest';
import { apiWithLink } from '../../packages/cli/src/api-session.ts';
import { freePort, startPlatformProcess } from '../support/platform-process.ts';
import { until } from '../support/until.ts';

const FILES = 24;

/** Wants every file, so that nothing but the file itself keeps it from a second run. */
function countFlow(): Flow {
  const flow = emptyFlow('count' as Flow['id'], 'Count');
  const node = (type: string, params: FlowNode['params'] = {}): FlowNode => ({ type, version: 1, params });
  flow.nodes = {
    arrived: node('core.file-arrived', { folder: 'hours', repeats: 'start' }),
    read: node('core.read-records', { path: { $: 'input.path' } }),
    total: node('core.total-records', { measures: [{ name: 'rows', kind: 'count', expression: '1' }] }),
  };
  for (const [from, port, to] of [
    ['arrived', 'arrived', 'read'],
    ['read', 'records', 'total'],
  ] as const) {
    const edge = { from: { node: from, port }, to: { node: to, port: 'in' } };
    flow.edges[edgeId(edge)] = edge;
  }
  return flow;
}

it('starts one run for every dropped file although the process is killed among them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-files-'));
  const dropDir = join(folder, 'drop');
  const hours = join(dropDir, 'hours');
  const done = () => (existsSync(join(hours, 'done')) ? readdirSync(join(hours, 'done')) : []);
  const options = { dataDir: join(folder, 'data'), port: await freePort(), env: { WAYBILL_DROP_DIR: dropDir } };
  let platform = await startPlatformProcess(options);
  try {
    let api = await apiWithLink(platform.signInLink);
    const { summary } = await api('importFlow', { body: { files: { ...toText(countFlow()) } } });
    await api('publishFlow', {
      params: { flowId: summary.id },
      body: { revision: summary.revision, note: 'test' },
    });
    mkdirSync(hours, { recursive: true });
    const names: string[] = [];
    const drop = (count: number) => {
      for (let dropped = 0; dropped < count; dropped += 1) {
        const name = `day-${String(names.length).padStart(3, '0')}.csv`;
        writeFileSync(join(hours, name), 'id,hours\n1,8\n2,7\n');
        names.push(name);
      }
    };
    // Counted by what was begun, so that one is half way when the process dies.
    const uploads = join(options.dataDir, 'files/uploads');
    const begun = () => (existsSync(uploads) ? readdirSync(uploads).length : 0);
    // On a busy machine it may be through before it is seen to be in the middle: then more files come, and another kill.
    let isCutOff = false;
    while (!isCutOff) {
      drop(FILES);
      await until('some files to be begun', async () => begun() >= names.length - FILES / 2, { everyMs: 2 });
      expect((await platform.kill()).signal).toBe('SIGKILL');
      isCutOff = done().length < names.length;
      platform = await startPlatformProcess(options);
      api = await apiWithLink(platform.signInLink);
    }
    await until('all files to be done', async () => done().length === names.length);
    expect(done().toSorted()).toEqual(names);
    expect(readdirSync(hours)).toEqual(['done']);
    const runs = await until('all runs to end', async () => {
      const { items } = await api('listRuns', { query: { flowId: summary.id, limit: 200 } });
      return items.every(({ finishedAt }) => finishedAt !== null) && items;
    });
    expect(runs.filter(({ status }) => status === 'succeeded')).toHaveLength(names.length);
    expect(runs).toHaveLength(names.length);
    const { items: files } = await api('listFiles', { query: { limit: 200 } });
    expect(files.map(({ name }) => name).toSorted()).toEqual(names);
    expect(files.every(({ runs }) => runs === 1)).toBe(true);
    expect(begun()).toBe(names.length);
  } finally {
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
