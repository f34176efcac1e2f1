import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { JsonObject } from './json.ts';
import { migrateDocument, migrateFlow } from './migrate-flow.ts';

const recorded: unknown = JSON.parse(
  readFileSync(new URL('../test/fixtures/flow-format-1.json', import.meta.url), 'utf8'),
);

it('still reads a document of format version 1, every field of it', () => {
  expect(migrateFlow(recorded)).toEqual(recorded);
});

it('says that a document was made by a newer Waybill', () => {
  expect(() => migrateFlow({ formatVersion: 99 })).toThrow(/FLOW_FORMAT_NEWER: .*made by a newer Waybill/);
});

it.each([[null], [[]], [{}], [{ formatVersion: 'one' }], [{ formatVersion: 0 }]])(
  'refuses %j, which says no version',
  (input) => {
    expect(() => migrateFlow(input)).toThrow(/FLOW_FORMAT_UNKNOWN/);
  },
);

it('says what is wrong with a document of a known version', () => {
  expect(() => migrateFlow({ ...(recorded as JsonObject), name: 7 })).toThrow(
    /FLOW_MALFORMED: .*"name" must be a string/,
  );
});

it('runs the migrations in order from the version of the document', () => {
  const steps = {
    1: (document: JsonObject) => ({ ...document, trail: [1] }),
    2: (document: JsonObject) => ({ ...document, trail: [...(document['trail'] as number[]), 2] }),
  };
  expect(migrateDocument({ formatVersion: 1 }, steps, 3)).toEqual({ formatVersion: 3, trail: [1, 2] });
  expect(migrateDocument({ formatVersion: 2, trail: [] }, steps, 3)).toEqual({ formatVersion: 3, trail: [2] });
  expect(() => migrateDocument({ formatVersion: 1 }, {}, 2)).toThrow(/no migration/);
});
