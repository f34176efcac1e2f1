import { describe, expect, it } from 'vitest';
import { normalise } from './bson.ts';
import type { Doc } from './mongo.ts';
import { Decimal128, Long } from './mongo.ts';
import { applyUpdate, documentForUpsert, validateUpdate } from './update.ts';

const noon = Date.UTC(2026, 0, 1, 12);

function after(doc: Doc, update: Record<string, Doc>, options: { filter?: Doc; arrayFilters?: Doc[] } = {}): Doc {
  const copy = normalise(doc);
  validateUpdate(update);
  applyUpdate(copy, update, { filter: {}, isInsert: false, nowMs: noon, ...options });
  return copy;
}

describe('field operators', () => {
  it('sets nested fields and creates the documents between', () => {
    expect(after({ a: 1 }, { $set: { 'b.c.d': 2, a: 3 } })).toEqual({ a: 3, b: { c: { d: 2 } } });
  });
  it('pads an array with nulls when an index lies beyond its end', () => {
    expect(after({ a: [1] }, { $set: { 'a.3': 4 } })).toEqual({ a: [1, null, null, 4] });
  });
  it('refuses to create a field inside a scalar', () => {
    expect(() => after({ a: 1 }, { $set: { 'a.b': 1 } })).toThrow(expect.objectContaining({ code: 28 }));
  });
  it('removes fields, and blanks array elements instead of shifting them', () => {
    expect(after({ a: 1, b: [1, 2], c: { d: 1, e: 2 } }, { $unset: { a: '', 'b.0': '', 'c.d': '', x: '' } })).toEqual({
      b: [null, 2],
      c: { e: 2 },
    });
  });
  it('increments and multiplies, starting from nothing', () => {
    expect(after({ a: 1, b: 3 }, { $inc: { a: 2, x: 5 }, $mul: { b: 4, y: 9 } })).toEqual({ a: 3, b: 12, x: 5, y: 0 });
  });
  it('keeps 64-bit integers and decimals exact', () => {
    const sums = after(
      { big: Long.fromString('9007199254740993'), money: Decimal128.fromString('0.10') },
      { $inc: { big: 2, money: Decimal128.fromString('0.20') } },
    );
    expect(String(sums['big'])).toBe('9007199254740995');
    expect(String(sums['money'])).toBe('0.30');
  });
  it('refuses to increment what is not a number', () => {
    expect(() => after({ a: 'x' }, { $inc: { a: 1 } })).toThrow(expect.objectContaining({ code: 14 }));
    expect(() => after({ a: null }, { $inc: { a: 1 } })).toThrow(expect.objectContaining({ code: 14 }));
  });
  it('keeps the smaller or larger value across types', () => {
    expect(after({ a: 5, b: 5, c: 5 }, { $min: { a: 3, x: 1 }, $max: { b: 9, c: 'text' } })).toEqual({
      a: 3,
      b: 9,
      c: 'text',
      x: 1,
    });
  });
  it('renames fields and leaves absent ones alone', () => {
    expect(after({ a: 1, b: { c: 2 } }, { $rename: { a: 'z', 'b.c': 'y.x', none: 'q' } })).toEqual({
      b: {},
      z: 1,
      y: { x: 2 },
    });
  });
  it('stamps the current date', () => {
    const stamped = after({}, { $currentDate: { at: true, also: { $type: 'date' }, ts: { $type: 'timestamp' } } });
    expect(stamped['at']).toEqual(new Date(noon));
    expect(stamped['also']).toEqual(new Date(noon));
    expect(String((stamped['ts'] as { t: number }).t)).toBe(String(noon / 1000));
  });
  it('applies $setOnInsert only to an insert', () => {
    expect(after({ a: 1 }, { $setOnInsert: { b: 2 } })).toEqual({ a: 1 });
  });
});

describe('array operators', () => {
  it('pushes one value, creating the array', () => {
    expect(after({ a: [1] }, { $push: { a: [2], b: 3 } })).toEqual({ a: [1, [2]], b: [3] });
  });
  it('pushes several at a position, sorts, then slices', () => {
    expect(after({ a: [1, 2] }, { $push: { a: { $each: [8, 9], $position: 1 } } })).toEqual({ a: [1, 8, 9, 2] });
    expect(after({ a: [1, 2] }, { $push: { a: { $each: [8], $position: -1 } } })).toEqual({ a: [1, 8, 2] });
    expect(after({}, { $push: { a: { $each: [3, 1, 2], $sort: -1, $slice: 2 } } })).toEqual({ a: [3, 2] });
    expect(after({ a: [{ n: 2 }] }, { $push: { a: { $each: [{ n: 1 }], $sort: { n: 1 }, $slice: -1 } } })).toEqual({
      a: [{ n: 2 }],
    });
    expect(after({ a: [1] }, { $push: { a: { $each: [2], $slice: 0 } } })).toEqual({ a: [] });
  });
  it('refuses to push to what is no array, and unknown modifiers', () => {
    expect(() => after({ a: 1 }, { $push: { a: 1 } })).toThrow(/must be an array/);
    expect(() => after({ a: [] }, { $push: { a: { $each: [1], $top: 1 } } })).toThrow(/Unrecognized clause/);
  });
  it('adds to a set by value, documents by field order', () => {
    expect(
      after({ a: [1, { x: 1, y: 2 }] }, { $addToSet: { a: { $each: [1, 2, { x: 1, y: 2 }, { y: 2, x: 1 }] } } }),
    ).toEqual({
      a: [1, { x: 1, y: 2 }, 2, { y: 2, x: 1 }],
    });
  });
  it('pulls by value, by operator, by fields, and with $or', () => {
    expect(after({ a: [1, 2, 3] }, { $pull: { a: 2 } })).toEqual({ a: [1, 3] });
    expect(after({ a: [1, 2, 3] }, { $pull: { a: { $gte: 2 } } })).toEqual({ a: [1] });
    expect(after({ a: [{ x: 1, y: 1 }, { x: 2 }] }, { $pull: { a: { x: 1 } } })).toEqual({ a: [{ x: 2 }] });
    expect(after({ a: [{ x: 1 }, { x: 2 }, { x: 3 }] }, { $pull: { a: { $or: [{ x: 1 }, { x: 3 }] } } })).toEqual({
      a: [{ x: 2 }],
    });
    expect(after({ a: ['ab', 'cd'] }, { $pull: { a: /^a/ } as Doc })).toEqual({ a: ['cd'] });
    expect(after({}, { $pull: { a: 1 } })).toEqual({});
  });
  it('pulls all listed values and pops from either end', () => {
    expect(after({ a: [1, 2, 1, 3] }, { $pullAll: { a: [1, 3] } })).toEqual({ a: [2] });
    expect(after({ a: [1, 2, 3], b: [1, 2, 3] }, { $pop: { a: 1, b: -1 } })).toEqual({ a: [1, 2], b: [2, 3] });
  });
});

describe('positional paths', () => {
  const order = {
    items: [
      { sku: 'a', n: 1 },
      { sku: 'b', n: 2 },
      { sku: 'c', n: 3 },
    ],
  };
  it('changes the matched element, two fields of it at once', () => {
    expect(
      after(order, { $set: { 'items.$.n': 9, 'items.$.x': 1 } }, { filter: { 'items.sku': 'b' } })['items'],
    ).toEqual([
      { sku: 'a', n: 1 },
      { sku: 'b', n: 9, x: 1 },
      { sku: 'c', n: 3 },
    ]);
  });
  it('finds the element of an $elemMatch and inside $and', () => {
    const filter = { $and: [{ items: { $elemMatch: { n: { $gt: 1 }, sku: 'c' } } }] };
    expect((after(order, { $inc: { 'items.$.n': 1 } }, { filter })['items'] as Doc[])[2]).toEqual({ sku: 'c', n: 4 });
  });
  it('changes every element with $[]', () => {
    expect(after({ a: [1, 2] }, { $inc: { 'a.$[]': 10 } })).toEqual({ a: [11, 12] });
  });
  it('changes the elements an array filter selects, nested ones too', () => {
    const nested = { g: [{ v: [1, 5] }, { v: [7] }] };
    expect(after(nested, { $set: { 'g.$[].v.$[big]': 0 } }, { arrayFilters: [{ big: { $gte: 5 } }] })).toEqual({
      g: [{ v: [1, 0] }, { v: [0] }],
    });
    expect(
      (after(order, { $set: { 'items.$[i].n': 0 } }, { arrayFilters: [{ 'i.sku': 'a' }] })['items'] as Doc[])[0],
    ).toEqual({
      sku: 'a',
      n: 0,
    });
  });
  it('refuses $ without a match, unknown and unused array filters', () => {
    expect(() => after(order, { $set: { 'items.$.n': 1 } })).toThrow(/positional operator/);
    expect(() => after(order, { $set: { 'items.$[x].n': 1 } })).toThrow(/No array filter/);
    expect(() => after(order, { $set: { y: 1 } }, { arrayFilters: [{ x: 1 }] })).toThrow(/was not used/);
  });
});

describe('whole updates', () => {
  it('refuses two writes that meet', () => {
    expect(() => validateUpdate({ $set: { 'a.b': 1 }, $inc: { a: 1 } })).toThrow(expect.objectContaining({ code: 40 }));
    expect(() => validateUpdate({ $set: { a: 1 }, $rename: { b: 'a' } })).toThrow(
      expect.objectContaining({ code: 40 }),
    );
  });
  it('refuses to change _id but accepts the same value', () => {
    expect(() => after({ _id: 1 }, { $set: { _id: 2 } })).toThrow(expect.objectContaining({ code: 66 }));
    expect(after({ _id: 1 }, { $set: { _id: 1, a: 1 } })).toEqual({ _id: 1, a: 1 });
  });
  it('does not share one argument between two places', () => {
    const changed = after({ a: [{}, {}] }, { $set: { 'a.$[].x': { y: 1 } } });
    const [first, second] = changed['a'] as { x: object }[];
    expect(first!.x).not.toBe(second!.x);
  });
  it('seeds an upsert with the equalities of its filter', () => {
    const created = documentForUpsert(
      { a: 1, b: { $gt: 3 }, $and: [{ 'c.d': { $eq: 2 } }], e: { $in: [7] }, f: /x/ },
      (seed) => seed,
    );
    expect(created).toEqual({ _id: expect.anything(), a: 1, c: { d: 2 }, e: 7 });
    expect(Object.keys(created)[0]).toBe('_id');
  });
  it('never touches the prototype of objects', () => {
    after({}, { $set: { '__proto__.polluted': 1, 'constructor.prototype.polluted': 1 } });
    expect(({} as Doc)['polluted']).toBeUndefined();
  });
});
