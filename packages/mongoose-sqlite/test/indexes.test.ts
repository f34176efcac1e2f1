import { describe, expect, it } from 'vitest';
import { clientOf, collectionOf, connect } from './database.ts';

const collection = async (name = 'c') => collectionOf(await connect(), name);
const E11000 = { code: 11000 };

describe('unique indexes', () => {
  it('name the index, its pattern and the value', async () => {
    const c = await collection();
    await c.createIndex({ 'a.b': 1, n: -1 }, { unique: true });
    await c.insertOne({ a: { b: 'x' }, n: 1 });
    await expect(c.insertOne({ a: { b: 'x' }, n: 1 })).rejects.toMatchObject({
      code: 11000,
      keyPattern: { 'a.b': 1, n: -1 },
      keyValue: { 'a.b': 'x', n: 1 },
      message: 'E11000 duplicate key error collection: memory.c index: a.b_1_n_-1 dup key: { a.b: "x", n: 1 }',
    });
    await c.insertOne({ a: { b: 'x' }, n: 2 });
    await expect(c.updateOne({ n: 2 }, { $set: { n: 1 } })).rejects.toMatchObject(E11000);
    await expect(c.insertOne({ _id: ((await c.findOne()) as { _id: unknown })._id })).rejects.toMatchObject({
      keyPattern: { _id: 1 },
    });
  });

  it('count a missing value and null as one value, unless sparse', async () => {
    const c = await collection();
    await c.createIndex('a', { unique: true });
    await c.createIndex('s', { unique: true, sparse: true });
    await c.insertOne({ a: 1 });
    await c.insertOne({ a: null });
    await expect(c.insertOne({})).rejects.toMatchObject(E11000);
    await c.insertOne({ a: 2, s: null });
    await expect(c.insertOne({ a: 3, s: null })).rejects.toMatchObject({ keyPattern: { s: 1 } });
  });

  it('bind only what a partial filter selects', async () => {
    const c = await collection();
    await c.createIndex({ mail: 1 }, { unique: true, partialFilterExpression: { live: true } });
    await c.insertMany([{ mail: 'x', live: false }, { mail: 'x' }, { mail: 'x', live: true }]);
    await expect(c.insertOne({ mail: 'x', live: true })).rejects.toMatchObject(E11000);
    await expect(c.updateMany({}, { $set: { live: true } })).rejects.toMatchObject(E11000);
  });

  it('hold over the elements of arrays, per element in compound ones', async () => {
    const c = await collection();
    await c.createIndex({ tags: 1 }, { unique: true });
    await c.insertMany([{ tags: ['a', 'a'] }, { tags: 'b' }]);
    await expect(c.insertOne({ tags: ['c', 'b'] })).rejects.toMatchObject(E11000);
    await c.updateOne({ tags: 'b' }, { $set: { tags: ['c'] } });
    await c.insertOne({ tags: ['b'] });
    await c.deleteOne({ tags: 'a' });
    await c.insertOne({ tags: 'a' });
    const d = collectionOf(await connect(), 'd');
    await d.createIndex({ 'l.x': 1, 'l.y': 1 }, { unique: true });
    await d.insertOne({
      l: [
        { x: 1, y: 1 },
        { x: 2, y: 2 },
      ],
    });
    await d.insertOne({ l: [{ x: 1, y: 2 }] });
    await expect(d.insertOne({ l: [{ x: 2, y: 2 }] })).rejects.toMatchObject(E11000);
  });

  it('cannot be built over duplicates, and leave nothing behind', async () => {
    const c = await collection();
    await c.insertMany([{ a: 1 }, { a: 1 }]);
    await expect(c.createIndex({ a: 1 }, { unique: true })).rejects.toMatchObject({ code: 11000, keyValue: { a: 1 } });
    expect(await c.indexes()).toHaveLength(1);
    await c.insertOne({ a: 1 });
    await c.createIndex({ a: 1 });
  });
});

describe('index use', () => {
  it('serves equality, ranges, prefixes, array members and sorts', async () => {
    const c = await collection();
    await c.createIndexes([{ key: { s: 1, n: -1 } }, { key: { tags: 1 } }, { key: { opt: 1 }, sparse: true }]);
    await c.insertMany(
      Array.from({ length: 300 }, (_, n) => ({
        s: `s${n % 10}`,
        n,
        tags: [`t${n}`, 'all'],
        ...(n % 9 === 0 ? { opt: n } : {}),
      })),
    );
    expect(await c.explainQuery({ s: 's1', n: { $lt: 50 } }, { sort: { n: -1 } })).toEqual([
      expect.stringMatching(/SEARCH .* INDEX/),
    ]);
    expect((await c.explainQuery({ s: /^s1/ }))[0]).toMatch(/SEARCH/);
    expect((await c.explainQuery({ tags: 't5' })).join()).toMatch(/SEARCH .*PRIMARY KEY \(path=\? AND key=\?\)/);
    expect((await c.explainQuery({ opt: 18 })).join()).toMatch(/SEARCH .* INDEX/);
    expect(await c.countDocuments({ tags: { $in: ['t5', 't7'] } })).toBe(2);
    expect(await c.countDocuments({ s: { $regex: '^s1' } })).toBe(30);
    expect(
      (await c.find({ s: 's3' }, { sort: { n: -1 }, limit: 2 }).toArray()).map((d) => (d as { n: number }).n),
    ).toEqual([293, 283]);
  });

  it('gives the same answers with and without an index, for values of every type', async () => {
    const plain = await collection();
    const indexed = collectionOf(await connect(), 'c');
    await indexed.createIndex({ v: 1 });
    const { ObjectId, Long, Decimal128, MinKey, MaxKey, Binary } = await import('mongoose').then(
      (m) => m.default.mongo.BSON,
    );
    const id = new ObjectId();
    const values = [
      null,
      undefined,
      0,
      -1,
      1.5,
      5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Long.fromString('9007199254740993'),
      Long.fromString('9007199254740992'),
      Decimal128.fromString('0.1'),
      '',
      'a',
      'b',
      'Z',
      '\u{1F600}',
      '\uFFFD',
      { x: 1 },
      { x: 2 },
      {},
      [],
      [1, 5],
      ['a'],
      [[1]],
      new Binary(Buffer.from('x')),
      id,
      true,
      false,
      new Date(0),
      new Date(5),
      /a/i,
      new MinKey(),
      new MaxKey(),
    ];
    for (const c of [plain, indexed]) {
      for (const [n, v] of values.entries()) await c.insertOne({ _id: n, ...(v === undefined ? {} : { v }) } as never);
    }
    for (const operand of values.filter((v) => v !== undefined && !(v instanceof RegExp))) {
      for (const operator of ['$eq', '$ne', '$gt', '$gte', '$lt', '$lte', '$in', '$nin', '$not']) {
        const wrapped =
          operator === '$in' || operator === '$nin' ? [operand, 1] : operator === '$not' ? { $gte: operand } : operand;
        const ids = async (c: typeof plain) =>
          (await c.find({ v: { [operator]: wrapped } }, { sort: { _id: 1 } }).toArray()).map(
            (d) => (d as { _id: number })._id,
          );
        expect(await ids(indexed), `${operator} ${String(operand)}`).toEqual(await ids(plain));
      }
    }
    await indexed.deleteMany({ $or: [{ v: { $type: 'array' } }, { v: { $type: 'object' } }] });
    await plain.deleteMany({ $or: [{ v: { $type: 'array' } }, { v: { $type: 'object' } }] });
    const order = async (c: typeof plain) =>
      (await c.find({}, { sort: { v: 1, _id: 1 } }).toArray()).map((d) => (d as { _id: number })._id);
    expect(await order(indexed)).toEqual(await order(plain));
  });
});

describe('index housekeeping', () => {
  it('lists, drops by name and key, and is idempotent', async () => {
    const c = await collection();
    expect(await c.createIndex({ a: 1, b: -1 })).toBe('a_1_b_-1');
    await c.createIndex({ a: 1, b: -1 });
    await c.createIndex([['z', 1]], { name: 'zed', sparse: true });
    expect((await c.indexes()) as object[]).toHaveLength(3);
    await c.dropIndex('zed');
    await c.dropIndex({ a: 1, b: -1 });
    await expect(c.dropIndex('none')).rejects.toMatchObject({ code: 27 });
    await c.insertOne({ a: 1, z: [1] });
    expect(await c.indexInformation()).toEqual({ _id_: [['_id', 1]] });
  });

  it('refuses other options under one name', async () => {
    const c = await collection();
    await c.createIndex({ a: 1 });
    await expect(c.createIndex({ a: 1 }, { unique: true })).rejects.toMatchObject({ code: 86 });
    await expect(c.createIndex({ a: 1 }, { name: 'other' })).rejects.toMatchObject({ code: 85 });
  });

  it('removes expired documents, dates only', async () => {
    const m = await connect();
    const c = collectionOf(m, 'sessions');
    await c.createIndex({ at: 1 }, { expireAfterSeconds: 60 });
    const now = Date.UTC(2026, 0, 1);
    await c.insertMany([
      { at: new Date(now - 61_000) },
      { at: new Date(now - 59_000) },
      { at: 'never' },
      {},
      { at: [new Date(now), new Date(0)] },
    ]);
    expect(await clientOf(m).sweepExpired(now)).toBe(2);
    expect(await c.countDocuments()).toBe(3);
  });
});
