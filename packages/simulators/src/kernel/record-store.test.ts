import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { RecordStore } from './record-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'store-'));
const origin = { method: 'POST', path: '/x', correlationId: 'c-1' };
const open = () => new RecordStore(join(folder, 'sim.db'), () => 1_000);

afterEach(() => {
  for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `sim.db${end}`), { force: true });
});

it('writes record and audit row together, or neither', () => {
  const store = open();
  store.insert('thing', '1', { name: 'kept' }, origin);
  expect(() =>
    store.transaction(() => {
      store.insert('thing', '2', { name: 'lost' }, origin);
      throw new Error('stop');
    }),
  ).toThrow('stop');
  expect(store.list('thing').map(({ id }) => id)).toEqual(['1']);
  expect(store.audit({ object: 'thing' })).toMatchObject([
    { recordId: '1', operation: 'create', correlationId: 'c-1', at: '1970-01-01T00:00:01.000Z' },
  ]);
  store.close();
});

it('rolls an inner part back alone and tells only of what was committed', () => {
  const store = open();
  const told: string[] = [];
  store.transaction(() => {
    store.insert('thing', '1', {}, origin);
    store.afterCommit(() => told.push('outer'));
    expect(() =>
      store.transaction(() => {
        store.insert('thing', '2', {}, origin);
        store.afterCommit(() => told.push('inner'));
        throw new Error('inner');
      }),
    ).toThrow('inner');
    expect(told).toEqual([]);
  });
  expect([told, store.count('thing')]).toEqual([['outer'], 1]);
  store.close();
});

it('keeps every acknowledged write when its process is killed', async () => {
  const file = join(folder, 'sim.db');
  const script = `
    import { RecordStore } from ${JSON.stringify(new URL('./record-store.ts', import.meta.url).href)};
    const store = new RecordStore(${JSON.stringify(file)}, Date.now);
    for (let n = 1; ; n += 1) {
      store.insert('thing', String(n), { n }, { method: 'POST', path: '/x', correlationId: null });
      process.stdout.write(n + '\\n');
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  let acknowledged = '';
  for await (const chunk of child.stdout) {
    acknowledged += chunk;
    if (acknowledged.length > 500) child.kill('SIGKILL');
  }
  const last = Number(acknowledged.trimEnd().split('\n').at(-1));
  const store = open();
  expect(store.count('thing')).toBeGreaterThanOrEqual(last);
  expect(store.audit({ object: 'thing' })).toHaveLength(store.count('thing'));
  store.close();
});
