import { createMongoose, setSqliteDriver } from '@waybill/mongoose-sqlite';
import mongoose from 'mongoose';
import { expect, it } from 'vitest';
import { connect, connectFile, temporaryFolder } from './database.ts';

it('reconnects models to the same file after a disconnect', async () => {
  const uri = `sqlite://${temporaryFolder()}/test.db`;
  const m = await connect(uri);
  const A = m.model('A', new m.Schema({ n: Number }));
  await A.create({ n: 1 });
  await m.disconnect();
  await m.connect(uri);
  expect(await A.countDocuments({ n: 1 })).toBe(1);
});

it('buffers operations until the connection is open', async () => {
  const m = createMongoose();
  const A = m.model('A', new m.Schema({ n: Number }));
  const early = A.create({ n: 1 });
  await m.connect('sqlite::memory:');
  expect((await early).n).toBe(1);
  await m.disconnect();
});

it('says why a file cannot be opened and stays disconnected', async () => {
  const m = createMongoose();
  await expect(m.connect('sqlite:///no/such/folder/x.db')).rejects.toThrow(/no such file/);
  expect(m.connection.readyState).toBe(0);
});

it('leaves the global mongoose and its MongoDB driver alone', () => {
  const own = setSqliteDriver(new mongoose.Mongoose());
  expect(own.Connection).not.toBe(mongoose.Connection);
  expect(own.Collection).toBe(mongoose.Collection);
});

it('undoes an unfinished transaction when its session ends, and lets the others go on', async () => {
  const folder = temporaryFolder();
  const [a, b] = [await connectFile('', folder), await connectFile('', folder)];
  const session = await a.startSession();
  session.startTransaction();
  await a.connection.collection('c').insertOne({ n: 1 }, { session });
  const waiting = b.connection.collection('c').insertOne({ n: 2 });
  await session.endSession();
  await waiting;
  expect(await b.connection.collection('c').distinct('n')).toEqual([2]);
});
