import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { DiskFullError } from '@waybill/mongoose-sqlite';
import { expect, it } from 'vitest';
import { collectionOf, connect, connectFile, temporaryFolder } from './database.ts';

/** Starts the writer, kills it hard once it has acknowledged `enough` writes. @returns the acknowledged numbers. */
async function writeUntilKilled(uri: string, enough: number): Promise<number[]> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('crash-writer.ts', import.meta.url)), uri], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const acknowledged: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(Number(line));
    if (acknowledged.length === enough) child.kill('SIGKILL');
  }
  const [, signal] = await exited;
  expect(signal).toBe('SIGKILL');
  return acknowledged;
}

it('loses no acknowledged write when the writer is killed, again and again', async () => {
  const folder = temporaryFolder();
  const uri = `sqlite://${folder}/test.db`;
  const acknowledged: number[] = [];
  for (const enough of [1, 137, 500]) acknowledged.push(...(await writeUntilKilled(uri, enough)));
  const m = await connect(uri);
  const c = collectionOf(m, 'c');
  const stored = new Set(await c.distinct('n'));
  expect(acknowledged.filter((n) => !stored.has(n))).toEqual([]);
  expect(await c.countDocuments({ tags: 'all' })).toBe(stored.size);
  const db = new DatabaseSync(`${folder}/test.db`, { readOnly: true });
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  db.close();
});

it('uses WAL and full synchronisation unless told otherwise', async () => {
  const folder = temporaryFolder();
  const m = await connectFile('', folder);
  await m.connection.collection('c').insertOne({ a: 1 });
  expect(statSync(`${folder}/test.db-wal`).size).toBeGreaterThan(0);
  await expect(connectFile('?synchronous=NORMAL', folder)).rejects.toThrow(/other options/);
});

it('reports a full disk, stores nothing of what failed, and works on once there is room', async () => {
  const m = await connectFile(`?maxSizeBytes=${400 * 1024}`);
  const c = collectionOf(m, 'c');
  await c.createIndex({ tags: 1 });
  await c.insertOne({ _id: 'kept', tags: ['a', 'b'] } as never);
  const big = (n: number) => ({ _id: `big${n}`, tags: ['a'], filler: 'x'.repeat(100_000) }) as never;
  const results = await Promise.allSettled(Array.from({ length: 6 }, (_, n) => c.insertOne(big(n))));
  // Those that shared the failing commit are gone together; later ones found room again.
  const rejected = results.filter((result) => result.status === 'rejected');
  expect(rejected.length).toBeGreaterThanOrEqual(4);
  for (const { reason } of rejected) {
    expect(reason).toMatchObject({ name: 'DiskFullError', code: 'DISK_FULL' });
    expect(reason).toBeInstanceOf(DiskFullError);
  }
  const stored = results.flatMap((result, n) => (result.status === 'fulfilled' ? [`big${n}`] : []));
  expect(await c.distinct('_id')).toEqual([...stored, 'kept']);
  expect(await c.countDocuments({ tags: 'a' })).toBe(stored.length + 1);
  await c.deleteMany({ filler: { $exists: true } });
  await c.insertOne(big(1));
  await expect(
    m.connection.transaction(async (session) => {
      for (let n = 2; n < 8; n++) await c.insertOne(big(n), { session });
    }),
  ).rejects.toMatchObject({ code: 'DISK_FULL' });
  expect(await c.distinct('_id')).toEqual(['big1', 'kept']);
});

it('answers a read that saw an uncommitted write only after the commit', async () => {
  const m = await connectFile();
  const c = collectionOf(m, 'c');
  const order: string[] = [];
  const write = c.insertOne({ a: 1 }).then(() => order.push('written'));
  const read = c.countDocuments().then((count) => order.push(`read ${count}`));
  await Promise.all([write, read]);
  expect(order).toEqual(['written', 'read 1']);
});

it('keeps neighbours in one commit when one of them breaks a unique index', async () => {
  const m = await connectFile();
  const c = collectionOf(m, 'c');
  await c.createIndex({ k: 1 }, { unique: true });
  const results = await Promise.allSettled([1, 2, 1, 3].map((k) => c.insertOne({ k })));
  expect(results.map((r) => r.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(await c.distinct('k')).toEqual([1, 2, 3]);
});

it('sees collections and indexes that another process adds', async () => {
  const folder = temporaryFolder();
  const m = await connectFile('', folder);
  const c = collectionOf(m, 'c');
  expect(await c.countDocuments()).toBe(0);
  const acknowledged = await writeUntilKilled(`sqlite://${folder}/test.db`, 50);
  expect(await c.countDocuments({ n: { $in: acknowledged } })).toBe(acknowledged.length);
  await expect(c.insertOne({ n: acknowledged[0] })).rejects.toMatchObject({ code: 11000 });
});

it('refuses work after closing instead of hanging', async () => {
  const m = await connectFile();
  const c = collectionOf(m, 'c');
  await m.disconnect();
  await expect(c.insertOne({ a: 1 })).rejects.toMatchObject({ code: 91 });
  await expect(c.countDocuments()).rejects.toMatchObject({ code: 91 });
});

it('stops a query at its time limit', async () => {
  const m = await connect();
  const c = collectionOf(m, 'c');
  await c.insertMany(Array.from({ length: 20_000 }, (_, n) => ({ n, text: 'x'.repeat(50) })));
  await expect(c.find({ text: /y$/ }, { maxTimeMS: 1 }).toArray()).rejects.toMatchObject({ code: 50 });
});
