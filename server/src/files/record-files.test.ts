import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { recordFiles } from './record-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'waybill-record-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const files = recordFiles({
  workspaceFolder: folder,
  allowed: [],
  connections: {
    byBinding: async () => {
      throw new Error('no connection is named');
    },
  },
  onRead: async () => {},
});

/** A file of two pieces, opened, and its first piece read. */
async function halfRead(name: string) {
  const path = join(folder, name);
  writeFileSync(path, 'first second');
  utimesSync(path, 1_000, 1_000);
  const file = await files.open({ connection: null, path: name }, 'run-1');
  const piece = Buffer.alloc(6);
  expect(await file.read(0, piece)).toBe(6);
  const rest = async () => {
    const count = await file.read(6, piece);
    return piece.toString('utf8', 0, count);
  };
  return { path, rest };
}

it.each([
  ['cut short', (path: string) => truncateSync(path, 3)],
  ['emptied', (path: string) => truncateSync(path, 0)],
  ['written over with as many bytes', (path: string) => writeFileSync(path, 'other things')],
  ['written on', (path: string) => appendFileSync(path, ' third')],
])(
  'says so when a file is %s while it is read, and neither waits for ever nor mixes old and new',
  async (what, act) => {
    const { path, rest } = await halfRead(`${what}.csv`);
    act(path);
    await expect(rest()).rejects.toMatchObject({ code: 'RECORDS_SOURCE_CHANGED' });
  },
);

it.each([
  [
    'replaced by another',
    (path: string) => {
      writeFileSync(`${path}.new`, 'another file');
      renameSync(`${path}.new`, path);
    },
  ],
  ['removed', (path: string) => rmSync(path)],
])('reads a file to its end as it was opened when it is %s', async (what, act) => {
  const { path, rest } = await halfRead(`${what}.csv`);
  act(path);
  expect(await rest()).toBe('second');
});

it('knows another content of the same size in a file whose time was set back', async () => {
  const path = join(folder, 'set-back.csv');
  const versionOf = async () => {
    const file = await files.open({ connection: null, path: 'set-back.csv' }, 'run-1');
    await file.close();
    return file.version;
  };
  writeFileSync(path, 'id\n1\n');
  utimesSync(path, 1_000, 1_000);
  const before = await versionOf();
  expect(await versionOf()).toBe(before);
  writeFileSync(path, 'id\n2\n');
  utimesSync(path, 1_000, 1_000);
  expect(await versionOf()).not.toBe(before);
});
