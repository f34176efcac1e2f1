import { expect, it } from 'vitest';
import type { JsonSchema } from './json.ts';
import { isAssignable, schemaMismatch } from './schema-match.ts';

const text: JsonSchema = { type: 'string' };
const object = (properties: JsonSchema, required: string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  required,
});

it.each<[string, JsonSchema, JsonSchema, boolean]>([
  ['anything from anything', {}, {}, true],
  ['text where nothing is said', text, {}, true],
  ['anything where text is asked', {}, text, true],
  ['a number where text is asked', { type: 'number' }, text, false],
  ['an integer where a number is asked', { type: 'integer' }, { type: 'number' }, true],
  ['one of two types that fits', { type: ['string', 'null'] }, text, true],
  ['a list of the wrong items', { type: 'array', items: { type: 'number' } }, { type: 'array', items: text }, false],
  [
    'a deep field of the wrong type',
    object({ a: object({ b: text }) }),
    object({ a: object({ b: { type: 'boolean' } }) }),
    false,
  ],
  ['a choice without a common value', { enum: ['a', 'b'] }, { enum: ['c'] }, false],
  ['a choice with a common value', { enum: ['a', 'b'] }, { enum: ['b', 'c'] }, true],
  ['a constant of the wrong type', { const: 5 }, text, false],
  ['a union with one branch that fits', { anyOf: [text, { type: 'number' }] }, text, true],
  ['a value for one branch of a union', text, { oneOf: [{ type: 'number' }, text] }, true],
  ['a value for no branch of a union', { type: 'boolean' }, { anyOf: [{ type: 'number' }, text] }, false],
  [
    'a closed object without a required field',
    { ...object({}), additionalProperties: false },
    object({ a: text }, ['a']),
    false,
  ],
])('judges %s', (_name, from, to, fits) => {
  expect(isAssignable(from, to)).toBe(fits);
});

it('only doubts a field that is required but not declared', () => {
  expect(schemaMismatch(object({ b: text }), object({ a: text }, ['a']))).toMatchObject({ path: 'a', certain: false });
});

it('names the path of the field that does not fit', () => {
  const from = object({ lines: { type: 'array', items: object({ n: text }) } });
  const to = object({ lines: { type: 'array', items: object({ n: { type: 'number' } }) } });
  expect(schemaMismatch(from, to)?.path).toBe('lines[].n');
});
