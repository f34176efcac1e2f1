import { expect, it } from 'vitest';
import { connect, connectFile } from './database.ts';

it('commits all or nothing', async () => {
  const m = await connectFile();
  const A = m.model('A', new m.Schema({ n: Number }));
  await m.connection.transaction(async (session) => {
    await A.create([{ n: 1 }, { n: 2 }], { session, ordered: true });
    expect(await A.countDocuments().session(session)).toBe(2);
  });
  await expect(
    m.connection.transaction(async (session) => {
      await A.updateMany({}, { $inc: { n: 10 } }, { session });
      throw new Error('changed my mind');
    }),
  ).rejects.toThrow('changed my mind');
  expect((await A.find().sort('n').lean()).map((d) => d.n)).toEqual([1, 2]);
});

it('makes other operations wait, so they see all or nothing', async () => {
  const m = await connect();
  const c = m.connection.collection('c');
  let outside: Promise<number> | undefined;
  await m.connection.transaction(async (session) => {
    await c.insertOne({ n: 1 }, { session });
    outside = c.countDocuments();
    await c.insertOne({ n: 2 }, { session });
  });
  expect(await outside).toBe(2);
});

it('runs concurrent transactions one after the other', async () => {
  const m = await connect();
  const c = m.connection.collection<{ _id: number; n: number }>('c');
  await c.insertOne({ _id: 1, n: 0 });
  await Promise.all(
    Array.from({ length: 20 }, () =>
      m.connection.transaction(async (session) => {
        const found = await c.findOne({ _id: 1 }, { session });
        await c.updateOne({ _id: 1 }, { $set: { n: found!.n + 1 } }, { session });
      }),
    ),
  );
  expect((await c.findOne({ _id: 1 }))?.n).toBe(20);
});

it('aborts on an error inside, as MongoDB does', async () => {
  const m = await connect();
  const c = m.connection.collection<{ _id: number }>('c');
  const session = await m.startSession();
  session.startTransaction();
  await c.insertOne({ _id: 1 }, { session });
  await expect(c.insertOne({ _id: 1 }, { session })).rejects.toMatchObject({ code: 11000 });
  await expect(c.insertOne({ _id: 2 }, { session })).rejects.toMatchObject({ code: 251 });
  await session.abortTransaction();
  await session.endSession();
  expect(await c.countDocuments()).toBe(0);
});

it('undoes new collections and indexes with the transaction', async () => {
  const m = await connect();
  await m.connection
    .transaction(async (session) => {
      await m.connection.collection('fresh').insertOne({ tags: ['x'] }, { session });
      throw new Error('no');
    })
    .catch(() => {});
  expect(await m.connection.listCollections()).toEqual([]);
  await m.connection.collection('fresh').insertOne({ n: 1 });
  expect(await m.connection.collection('fresh').countDocuments()).toBe(1);
});
