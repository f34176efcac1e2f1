import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { collectionOf, connect, connectFile, temporaryFolder } from './database.ts';

describe.each(['memory', 'file'])('mongoose models on a %s database', (kind) => {
  const open = () => (kind === 'memory' ? connect() : connectFile());

  it('creates, validates, finds, changes and deletes documents', async () => {
    const m = await open();
    const Person = m.model(
      'Person',
      new m.Schema({ name: { type: String, required: true }, age: Number }, { timestamps: true }),
    );
    await expect(Person.create({ age: 3 })).rejects.toThrow(/`name` is required/);
    const ada = await Person.create({ name: 'Ada', age: 36 });
    ada.age = 37;
    await ada.save();
    expect(
      await Person.findOne({ age: { $gt: 36 } })
        .select('name -_id')
        .lean(),
    ).toEqual({ name: 'Ada' });
    expect((await Person.findById(ada._id))?.updatedAt).toBeInstanceOf(Date);
    expect(await Person.deleteOne({ name: 'Ada' })).toEqual({ acknowledged: true, deletedCount: 1 });
    expect(await Person.countDocuments()).toBe(0);
  });

  it('gives back every type as it was stored', async () => {
    const m = await open();
    const { Decimal128, Long, UUID } = m.mongo.BSON;
    const Thing = m.model(
      'Thing',
      new m.Schema(
        {
          at: Date,
          raw: Buffer,
          ref: m.Schema.Types.ObjectId,
          price: m.Schema.Types.Decimal128,
          id: m.Schema.Types.UUID,
          big: BigInt,
          map: { type: Map, of: Number },
          any: {},
          list: [[Number]],
        },
        { id: false },
      ),
    );
    const given = {
      at: new Date(5),
      raw: Buffer.from('hi'),
      ref: new m.Types.ObjectId(),
      price: Decimal128.fromString('1.10'),
      id: new UUID(),
      big: 9007199254740993n,
      map: { a: 1 },
      any: { deep: [null, true] },
      list: [[1], [2, 3]],
    };
    await Thing.create(given);
    const found = await Thing.findOne({ ref: given.ref });
    expect(found?.at).toEqual(given.at);
    expect(found?.raw?.toString()).toBe('hi');
    expect(found?.price?.toString()).toBe('1.10');
    expect(String(found?.id)).toBe(String(given.id));
    expect(found?.big).toBe(given.big);
    expect(found?.map?.get('a')).toBe(1);
    expect(found?.any).toEqual(given.any);
    expect(found?.toObject().list).toEqual(given.list);
    expect(await collectionOf(m, 'things').countDocuments({ big: Long.fromBigInt(given.big) })).toBe(1);
  });

  it('populates references and virtuals', async () => {
    const m = await open();
    const authorSchema = new m.Schema({ name: String }, { toObject: { virtuals: true } });
    authorSchema.virtual('books', { ref: 'Book', localField: '_id', foreignField: 'author' });
    const Author = m.model('Author', authorSchema);
    const Book = m.model(
      'Book',
      new m.Schema({ title: String, author: { type: m.Schema.Types.ObjectId, ref: 'Author' } }),
    );
    const author = await Author.create({ name: 'Le Guin' });
    await Book.create([
      { title: 'A', author: author._id },
      { title: 'B', author: author._id },
    ]);
    const book = await Book.findOne({ title: 'A' }).populate<{ author: { name: string } }>('author');
    expect(book?.author.name).toBe('Le Guin');
    const populated = await Author.findOne().populate<{ books: { title: string }[] }>('books');
    expect(populated?.books.map((b) => b.title).sort()).toEqual(['A', 'B']);
  });

  it('detects concurrent changes by version', async () => {
    const m = await open();
    const Doc = m.model('Doc', new m.Schema({ n: Number }, { optimisticConcurrency: true }));
    const { _id } = await Doc.create({ n: 0 });
    const [first, second] = await Promise.all([Doc.findById(_id), Doc.findById(_id)]);
    first!.n = 1;
    second!.n = 2;
    await first!.save();
    await expect(second!.save()).rejects.toThrow(expect.objectContaining({ name: 'VersionError' }));
  });

  it('keeps discriminators, subdocument arrays and their atomics', async () => {
    const m = await open();
    const Event = m.model('Event', new m.Schema({ lines: [{ sku: String, n: Number }] }));
    const Sale = Event.discriminator('Sale', new m.Schema({ total: Number }));
    const sale = await Sale.create({ total: 5, lines: [{ sku: 'a', n: 1 }] });
    sale.lines.push({ sku: 'b', n: 2 });
    sale.lines[0]!.n = 9;
    await sale.save();
    sale.lines.pull(sale.lines[0]!._id);
    await sale.save();
    expect((await Sale.findOne())?.lines.map((l) => l.sku)).toEqual(['b']);
    expect(await Event.countDocuments({ __t: 'Sale' })).toBe(1);
  });

  it('updates atomically: find-and-change before and after, upsert, replace, delete', async () => {
    const m = await open();
    const Seq = m.model('Seq', new m.Schema({ name: String, n: Number }));
    expect(await Seq.findOneAndUpdate({ name: 'x' }, { $inc: { n: 1 } }, { upsert: true })).toBeNull();
    expect((await Seq.findOneAndUpdate({ name: 'x' }, { $inc: { n: 1 } }))?.n).toBe(1);
    expect((await Seq.findOneAndUpdate({ name: 'x' }, { $inc: { n: 1 } }, { returnDocument: 'after' }))?.n).toBe(3);
    const raw = await Seq.findOneAndUpdate({ name: 'y' }, { n: 1 }, { upsert: true, includeResultMetadata: true });
    expect(raw.lastErrorObject).toMatchObject({ n: 1, updatedExisting: false, upserted: expect.anything() });
    expect((await Seq.findOneAndReplace({ name: 'x' }, { name: 'z' }, { returnDocument: 'after' }))?.n).toBeUndefined();
    expect((await Seq.findOneAndDelete({}, { sort: { name: -1 } }))?.name).toBe('z');
    expect(await Seq.updateOne({ name: 'q' }, { n: 1 }, { upsert: true })).toMatchObject({
      matchedCount: 0,
      upsertedCount: 1,
    });
    expect(await Seq.updateMany({}, { n: 1 })).toMatchObject({ matchedCount: 2, modifiedCount: 0 });
  });

  it('writes in bulk, ordered up to the first error, unordered past it', async () => {
    const m = await open();
    const U = m.model('U', new m.Schema({ k: { type: Number, unique: true }, n: Number }));
    await U.init();
    const result = await U.bulkWrite([
      { insertOne: { document: { k: 1 } } },
      { updateOne: { filter: { k: 1 }, update: { $set: { n: 1 } } } },
      { updateOne: { filter: { k: 2 }, update: { $set: { n: 2 } }, upsert: true } },
      { replaceOne: { filter: { k: 2 }, replacement: { k: 3 } } },
      { deleteOne: { filter: { k: 1 } } },
    ]);
    expect(result).toMatchObject({
      insertedCount: 1,
      matchedCount: 2,
      modifiedCount: 2,
      upsertedCount: 1,
      deletedCount: 1,
    });
    await expect(U.insertMany([{ k: 4 }, { k: 3 }, { k: 5 }])).rejects.toMatchObject({
      code: 11000,
      name: 'MongoBulkWriteError',
    });
    expect(await U.distinct('k')).toEqual([3, 4]);
    const error = await U.insertMany([{ k: 3 }, { k: 6 }, { k: 4 }], { ordered: false }).catch((e: unknown) => e);
    expect(error).toMatchObject({
      writeErrors: [
        { index: 0, code: 11000 },
        { index: 2, code: 11000 },
      ],
    });
    expect(await U.distinct('k')).toEqual([3, 4, 6]);
  });

  it('iterates, sorts, skips, limits and projects', async () => {
    const m = await open();
    const N = m.model('N', new m.Schema({ n: Number, s: String, a: [Number] }));
    await N.insertMany(Array.from({ length: 1203 }, (_, n) => ({ n, s: `k${n % 3}`, a: [n, n + 1, n + 2] })));
    let sum = 0;
    for await (const doc of N.find().lean().cursor()) sum += doc.n!;
    expect(sum).toBe((1202 * 1203) / 2);
    expect((await N.find({ s: 'k1' }).sort({ n: -1 }).skip(1).limit(2).lean()).map((d) => d.n)).toEqual([1198, 1195]);
    expect(
      await N.findOne({ a: 5 }, { _id: 0, a: { $slice: 1 }, n: 1 })
        .sort('n')
        .lean(),
    ).toEqual({ n: 3, a: [3] });
    expect(await N.findOne({ a: 5 }, { _id: 0, 'a.$': 1 }).sort('n').lean()).toEqual({ a: [5] });
    expect((await N.distinct('s')).sort()).toEqual(['k0', 'k1', 'k2']);
    expect(await N.countDocuments({ n: { $gte: 1200 } })).toBe(3);
  });

  it('loses none of 200 concurrent increments', async () => {
    const m = await open();
    const C = m.model('C', new m.Schema({ n: Number }));
    const { _id } = await C.create({ n: 0 });
    await Promise.all(Array.from({ length: 200 }, () => C.updateOne({ _id }, { $inc: { n: 1 } })));
    expect((await C.findById(_id))?.n).toBe(200);
  });

  it('hands each of 50 jobs to exactly one of 80 workers', async () => {
    const m = await open();
    const Job = m.model('Job', new m.Schema({ no: Number, owner: Number }).index({ owner: 1, no: 1 }));
    await Job.insertMany(Array.from({ length: 50 }, (_, no) => ({ no, owner: null })));
    const claimed = await Promise.all(
      Array.from({ length: 80 }, (_, w) =>
        Job.findOneAndUpdate({ owner: null }, { $set: { owner: w } }, { sort: { no: 1 } }),
      ),
    );
    const jobs = claimed.filter((job) => job !== null).map((job) => job.no);
    expect(jobs).toHaveLength(50);
    expect(new Set(jobs).size).toBe(50);
  });
});

it('finds everything again after reopening, indexes included', async () => {
  const folder = temporaryFolder();
  const first = await connectFile('', folder);
  const schema = { k: { type: String, unique: true }, tags: { type: [String], index: true } };
  const A = first.model('A', new first.Schema(schema));
  await A.init();
  await A.create({ k: 'one', tags: ['x', 'y'] });
  await first.disconnect();
  const second = await connectFile('', folder);
  const B = second.model('A', new second.Schema(schema));
  await B.init();
  expect((await B.findOne({ tags: 'y' }))?.k).toBe('one');
  await expect(B.create({ k: 'one' })).rejects.toMatchObject({ code: 11000 });
  expect(await B.diffIndexes()).toEqual({ toCreate: [], toDrop: [] });
});

it('keeps two databases of one file apart', async () => {
  const m = await connectFile();
  const other = m.connection.useDb('other');
  await m.connection.collection('c').insertOne({ a: 1 });
  await other.collection('c').insertOne({ a: 2 });
  expect(await other.collection('c').countDocuments()).toBe(1);
  await other.dropDatabase();
  expect(await m.connection.collection('c').countDocuments()).toBe(1);
  expect((await m.connection.listCollections()).map((c) => c.name)).toEqual(['c']);
});

it('lets two connections of one process share a file', async () => {
  const folder = temporaryFolder();
  const [a, b] = await Promise.all([connectFile('', folder), connectFile('', folder)]);
  await Promise.all([a, b, a, b].map((m, n) => m.connection.collection('c').insertOne({ n })));
  expect(await collectionOf(a!, 'c').countDocuments()).toBe(4);
  await a!.disconnect();
  expect(await collectionOf(b!, 'c').countDocuments()).toBe(4);
});
