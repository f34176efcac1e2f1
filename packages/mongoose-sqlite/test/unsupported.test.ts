import { expect, it } from 'vitest';
import { parseSqliteUri } from '../src/uri.ts';
import { collectionOf, connect } from './database.ts';

const c = async () => collectionOf(await connect(), 'c');
const refusal = (name: string) =>
  expect.objectContaining({ name: 'UnsupportedFeatureError', code: 115, message: expect.stringContaining(name) });
type Collection = Awaited<ReturnType<typeof c>>;

const refused: [name: string, operation: (c: Collection) => unknown][] = [
  ['$bit', (c) => c.updateOne({}, { $bit: { a: { and: 1 } } })],
  ['pipeline', (c) => c.updateOne({}, [{ $set: { a: 1 } }])],
  ['$near', (c) => c.find({ at: { $near: [1, 2] } }).toArray()],
  ['$where', (c) => c.find({ $where: () => true }).toArray()],
  ['$where', (c) => c.find({ $and: [{ $where: 'true' }] }).toArray()],
  ['collation', (c) => c.find({}, { collation: { locale: 'de' } }).toArray()],
  ['let', (c) => c.updateOne({}, { $set: { a: 1 } }, { let: { x: 1 } })],
  ['explain', (c) => c.find().explain()],
  ['$out', (c) => c.aggregate([{ $out: 'x' }]).toArray()],
  ['$merge', (c) => c.aggregate([{ $merge: 'x' }]).toArray()],
  ['$geoNear', (c) => c.aggregate([{ $geoNear: {} }]).toArray()],
  ['$graphLookup', (c) => c.aggregate([{ $facet: { x: [{ $graphLookup: {} }] } }]).toArray()],
  [
    '$function',
    (c) => c.aggregate([{ $project: { x: { $function: { body: 'return 1', args: [], lang: 'js' } } } }]).toArray(),
  ],
  ['$accumulator', (c) => c.aggregate([{ $group: { _id: 1, x: { $accumulator: {} } } }]).toArray()],
  ["'text'", (c) => c.createIndex({ a: 'text' })],
  ["'2dsphere'", (c) => c.createIndex({ a: '2dsphere' })],
  ["'hashed'", (c) => c.createIndex({ a: 'hashed' })],
  ['Wildcard', (c) => c.createIndex({ '$**': 1 })],
  ['collation', (c) => c.createIndex({ a: 1 }, { collation: { locale: 'de' } })],
  ['hidden', (c) => c.createIndex({ a: 1 }, { hidden: true })],
  ['$meta', (c) => c.find({}, { projection: { s: { $meta: 'textScore' } } }).toArray()],
  ['$natural', (c) => c.find({}, { sort: { $natural: -1 } }).toArray()],
  ['tailable', (c) => c.find().addCursorFlag('tailable')],
  ['watch', (c) => (c as unknown as { watch(): unknown }).watch()],
];

it.each(refused)('refuses %s by name, with data or without', async (name, operation) => {
  const empty = await c();
  await expect((async () => operation(empty))()).rejects.toThrow(refusal(name));
  await empty.insertOne({ a: 1 });
  await expect((async () => operation(empty))()).rejects.toThrow(refusal(name));
});

it('refuses capped and time-series collections and unknown commands', async () => {
  const m = await connect();
  await expect(m.connection.createCollection('x', { capped: true, size: 1 })).rejects.toThrow(refusal('capped'));
  await expect(m.connection.createCollection('x', { timeseries: { timeField: 'at' } })).rejects.toThrow(
    refusal('timeseries'),
  );
  await expect(m.connection.db!.command({ serverStatus: 1 })).rejects.toThrow(refusal('serverStatus'));
});

it('refuses documents above 16 MB and hints at no index', async () => {
  const empty = await c();
  await expect(empty.insertOne({ a: 'x'.repeat(16 * 1024 * 1024) })).rejects.toMatchObject({ code: 10334 });
  await empty.insertOne({ a: 'x'.repeat(9 * 1024 * 1024) });
  await expect(empty.updateOne({}, { $set: { b: 'x'.repeat(9 * 1024 * 1024) } })).rejects.toMatchObject({
    code: 10334,
  });
  await expect(empty.find({}, { hint: 'none' }).toArray()).rejects.toThrow(/hint/);
});

it('reads connection strings and names what is wrong with one', () => {
  expect(parseSqliteUri('sqlite:///a/b%20c.db?synchronous=normal')).toMatchObject({
    path: '/a/b c.db',
    synchronous: 'NORMAL',
  });
  expect(parseSqliteUri('sqlite::memory:')).toMatchObject({ path: ':memory:', synchronous: 'FULL' });
  for (const [uri, message] of [
    ['sqlite:relative.db', /absolute/],
    ['sqlite:///a?x=1', /'x'/],
    ['sqlite:///a?synchronous=OFF', /FULL or NORMAL/],
    ['sqlite:///a?maxSizeBytes=-1', /whole number/],
  ] as const) {
    expect(() => parseSqliteUri(uri)).toThrow(message);
  }
});
