import { describe, expect, it } from 'vitest';
import { compileFilter } from './filter.ts';
import { type Doc, Long, ObjectId } from './mongo.ts';

const matches = (filter: Doc, doc: Doc) => compileFilter(filter)(doc);

const cases: [name: string, filter: Doc, hits: Doc[], misses: Doc[]][] = [
  [
    'equality reaches into arrays and their documents',
    { 'a.b': 1 },
    [{ a: { b: 1 } }, { a: [{ b: 1 }] }, { a: { b: [1] } }],
    [{ a: 1 }, { a: [[{ b: 1 }]] }],
  ],
  [
    'equality with an array is equality of the whole or of an element',
    { a: [1, 2] },
    [{ a: [1, 2] }, { a: [[1, 2]] }],
    [{ a: [2, 1] }],
  ],
  [
    'documents are equal only with fields in the same order',
    { a: { x: 1, y: 2 } },
    [{ a: { x: 1, y: 2 } }],
    [{ a: { y: 2, x: 1 } }, { a: { x: 1 } }],
  ],
  ['null matches a missing field', { a: null }, [{}, { a: null }], [{ a: 0 }, { a: [] }]],
  [
    'null at a nested path does not match an empty array',
    { 'a.b': null },
    [{ a: 5 }, { a: {} }, { a: [{}] }],
    [{ a: [] }, { a: [1] }],
  ],
  ['64-bit integers equal numbers', { a: Long.fromNumber(5) }, [{ a: 5 }], [{ a: 6 }]],
  [
    'comparisons stay within the type',
    { a: { $gt: 3 } },
    [{ a: 4 }, { a: [1, 9] }],
    [{ a: '9' }, { a: null }, {}, { a: new Date() }],
  ],
  ['two bounds may be met by two elements', { a: { $gt: 8, $lt: 2 } }, [{ a: [1, 9] }], [{ a: 5 }]],
  ['NaN equals only NaN and is not less than anything', { a: { $lt: 5 } }, [{ a: -1 }], [{ a: Number.NaN }]],
  ['$gte null matches null and missing', { a: { $gte: null } }, [{}, { a: null }], [{ a: 1 }]],
  ['$in accepts patterns and null', { a: { $in: [/^x/, null, 3] } }, [{ a: 'xy' }, {}, { a: [3] }], [{ a: 'y' }]],
  [
    '$nin and $ne look at every element',
    { a: { $nin: [1] }, b: { $ne: 2 } },
    [{ a: [2], b: [3] }, {}],
    [{ a: [1, 2] }, { b: [2] }],
  ],
  ['$not negates, missing included', { a: { $not: { $gt: 3 } } }, [{ a: 2 }, {}, { a: 'x' }], [{ a: 4 }]],
  ['$exists tells null from missing', { a: { $exists: true } }, [{ a: null }], [{}]],
  ['$all wants every value, on scalars too', { a: { $all: [1, 2] } }, [{ a: [2, 1, 3] }], [{ a: 1 }, { a: [1] }]],
  ['$all of one value matches a scalar', { a: { $all: [1] } }, [{ a: 1 }], [{ a: 2 }]],
  ['$size counts exactly', { a: { $size: 2 } }, [{ a: [1, 2] }], [{ a: [1] }, { a: 2 }]],
  [
    '$elemMatch holds on one element',
    { a: { $elemMatch: { x: 1, y: 2 } } },
    [{ a: [{ x: 1, y: 2 }] }],
    [{ a: [{ x: 1 }, { y: 2 }] }],
  ],
  ['$elemMatch compares values', { a: { $elemMatch: { $gt: 2, $lt: 5 } } }, [{ a: [1, 3] }], [{ a: [1, 9] }, { a: 3 }]],
  [
    '$elemMatch accepts $or',
    { a: { $elemMatch: { $or: [{ x: 1 }, { x: 2 }] } } },
    [{ a: [{ x: 2 }] }],
    [{ a: [{ x: 3 }] }],
  ],
  [
    '$type knows names and numbers',
    { a: { $type: ['objectId', 16] } },
    [{ a: new ObjectId() }, { a: 5 }],
    [{ a: '5' }, { a: 5.5 }],
  ],
  ['$mod divides whole numbers', { a: { $mod: [4, 1] } }, [{ a: 5 }], [{ a: 6 }, { a: 'x' }]],
  [
    '$regex takes options',
    { a: { $regex: '^AB', $options: 'i' } },
    [{ a: 'abc' }, { a: ['x', 'ABD'] }],
    [{ a: 'b' }, { a: 1 }],
  ],
  ['an index segment picks an element', { 'a.1': 7 }, [{ a: [0, 7] }, { a: { 1: 7 } }], [{ a: [7, 0] }]],
  [
    '$nor, $or and $and combine',
    { $or: [{ a: 1 }, { $and: [{ b: 1 }, { $nor: [{ c: 1 }] }] }] },
    [{ a: 1 }, { b: 1 }],
    [{ b: 1, c: 1 }],
  ],
  [
    '$expr compares two fields',
    { $expr: { $gt: ['$spent', '$budget'] } },
    [{ spent: 5, budget: 3 }],
    [{ spent: 1, budget: 3 }],
  ],
];

describe('filters', () => {
  it.each(cases)('%s', (_name, filter, hits, misses) => {
    for (const doc of hits) expect(matches(filter, doc), `should match ${JSON.stringify(doc)}`).toBe(true);
    for (const doc of misses) expect(matches(filter, doc), `should not match ${JSON.stringify(doc)}`).toBe(false);
  });

  it.each([
    ['$where', { $where: 'true' }],
    ['$text', { $text: { $search: 'x' } }],
    ['$near', { at: { $near: [0, 0] } }],
    ['$geoWithin', { at: { $geoWithin: {} } }],
    ['$jsonSchema', { $jsonSchema: {} }],
    ['$bitsAllSet', { a: { $bitsAllSet: 1 } }],
    ['$function', { $expr: { $function: { body: '', args: [], lang: 'js' } } }],
  ])('refuses %s by name', (name, filter) => {
    expect(() => compileFilter(filter)).toThrow(
      expect.objectContaining({ name: 'UnsupportedFeatureError', message: expect.stringContaining(name) }),
    );
  });

  it('refuses malformed operands', () => {
    for (const filter of [
      { $and: [] },
      { a: { $in: 1 } },
      { a: { $size: 'x' } },
      { a: { $mod: [0, 1] } },
      { a: { $regex: '(' } },
    ]) {
      expect(() => compileFilter(filter)).toThrow(expect.objectContaining({ code: 2 }));
    }
  });
});
