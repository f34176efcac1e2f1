import { expect, it } from 'vitest';
import { collectionOf, connect } from './database.ts';

async function sales() {
  const m = await connect();
  const { Decimal128 } = m.mongo.BSON;
  const c = collectionOf(m, 'sales');
  await c.insertMany([
    { _id: 1, who: 'a', n: 2, price: Decimal128.fromString('0.10'), tags: ['x', 'y'] },
    { _id: 2, who: 'b', n: 3, price: Decimal128.fromString('0.20'), tags: ['x'] },
    { _id: 3, who: 'a', n: 5, price: Decimal128.fromString('0.30'), tags: [] },
  ] as never);
  return { m, c };
}

it('matches, groups, sorts, projects and limits', async () => {
  const { c } = await sales();
  const rows = await c
    .aggregate([
      { $match: { n: { $gt: 1 } } },
      {
        $group: {
          _id: '$who',
          total: { $sum: '$n' },
          avg: { $avg: '$n' },
          most: { $max: '$n' },
          all: { $push: '$_id' },
          count: { $sum: 1 },
        },
      },
      { $sort: { total: -1 } },
      { $project: { total: 1, avg: 1, most: 1, all: 1, count: 1, double: { $multiply: ['$total', 2] } } },
      { $limit: 1 },
    ])
    .toArray();
  expect(rows).toEqual([{ _id: 'a', total: 7, avg: 3.5, most: 5, all: [1, 3], count: 2, double: 14 }]);
});

it('adds decimals exactly', async () => {
  const { c } = await sales();
  const [row] = (await c.aggregate([{ $group: { _id: null, sum: { $sum: '$price' } } }]).toArray()) as {
    sum: unknown;
  }[];
  expect(String(row!.sum)).toBe('0.60');
});

it('unwinds, counts, facets, adds fields and skips', async () => {
  const { c } = await sales();
  expect(await c.aggregate([{ $unwind: '$tags' }, { $sortByCount: '$tags' }]).toArray()).toEqual([
    { _id: 'x', count: 2 },
    { _id: 'y', count: 1 },
  ]);
  expect(await c.aggregate([{ $match: { who: 'a' } }, { $count: 'n' }]).toArray()).toEqual([{ n: 2 }]);
  const faceted = await c
    .aggregate([
      {
        $facet: {
          big: [{ $match: { n: { $gte: 3 } } }, { $count: 'n' }],
          first: [{ $sort: { n: 1 } }, { $skip: 1 }, { $limit: 1 }, { $project: { n: 1 } }],
        },
      },
    ])
    .toArray();
  expect(faceted).toEqual([{ big: [{ n: 2 }], first: [{ _id: 2, n: 3 }] }]);
  expect(
    await c
      .aggregate([{ $match: { _id: 1 } }, { $addFields: { size: { $size: '$tags' } } }, { $unset: ['price', 'tags'] }])
      .toArray(),
  ).toEqual([{ _id: 1, who: 'a', n: 2, size: 2 }]);
});

it('joins by equality and by pipeline', async () => {
  const { m, c } = await sales();
  await collectionOf(m, 'people').insertMany([
    { _id: 'a', city: 'Rome' },
    { _id: 'c', city: 'Oslo' },
  ] as never);
  const joined = await c
    .aggregate([
      { $lookup: { from: 'people', localField: 'who', foreignField: '_id', as: 'p' } },
      { $sort: { _id: 1 } },
      { $project: { p: 1 } },
    ])
    .toArray();
  expect(joined).toEqual([
    { _id: 1, p: [{ _id: 'a', city: 'Rome' }] },
    { _id: 2, p: [] },
    { _id: 3, p: [{ _id: 'a', city: 'Rome' }] },
  ]);
  const piped = await c
    .aggregate([
      { $match: { _id: 1 } },
      {
        $lookup: {
          from: 'people',
          let: { w: '$who' },
          pipeline: [{ $match: { $expr: { $eq: ['$_id', '$$w'] } } }],
          as: 'p',
        },
      },
      { $project: { p: 1 } },
    ])
    .toArray();
  expect(piped).toEqual([{ _id: 1, p: [{ _id: 'a', city: 'Rome' }] }]);
});

it('works through mongoose models', async () => {
  const { m } = await sales();
  const Sale = m.model('Sale', new m.Schema({ who: String, n: Number }), 'sales');
  expect(await Sale.aggregate().match({ who: 'b' }).project({ n: 1 })).toEqual([{ _id: 2, n: 3 }]);
});
