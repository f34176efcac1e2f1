import type { FixField } from '@waybill/api-contract';
import { expect, it } from 'vitest';
import {
  cameBackWords,
  editsOf,
  fixFaults,
  isFiltered,
  refusalWords,
  startFixValues,
  valuesWords,
} from './exception-words.ts';

const aField = (path: string, field: Partial<FixField> = {}): FixField => ({
  path,
  label: path,
  help: null,
  kind: 'text',
  required: false,
  value: null,
  suspect: false,
  ...field,
});
const fields = [
  aField('name', { value: 'ACME', required: true }),
  aField('days', { kind: 'number', value: 30 }),
  aField('person', { kind: 'boolean', value: false }),
  aField('note'),
];

it('sends what was changed and nothing else', () => {
  const start = startFixValues(fields);
  expect(editsOf(fields, start)).toEqual([]);
  expect(editsOf(fields, { ...start, days: '1 250,5', person: true, name: '' })).toEqual([
    { path: 'name', value: '' },
    { path: 'days', value: 1250.5 },
    { path: 'person', value: true },
  ]);
});

it('says what is wrong before anything is sent', () => {
  const start = startFixValues(fields);
  expect(fixFaults(fields, start)).toEqual({});
  expect(Object.keys(fixFaults(fields, { ...start, name: ' ', days: 'soon' }))).toEqual(['name', 'days']);
});

it('keeps currencies apart and knows a filter from none', () => {
  const values = [
    { amount: 1200, currency: 'EUR' },
    { amount: 5, currency: 'USD' },
  ];
  expect(valuesWords(values, 'en-US')).toBe('€1,200 + $5');
  expect(isFiltered({ status: 'open' })).toBe(false);
  expect(isFiltered({ status: 'open', owner: 'billing' })).toBe(true);
});

it('takes lists and objects as JSON, and keeps what is hidden when it is left alone', () => {
  const fields = [
    aField('entries', { kind: 'json', value: [{ account: '4000' }] }),
    aField('salary', { kind: 'number', required: true, value: null, masked: true }),
  ];
  const start = startFixValues(fields);
  expect(start['entries']).toContain('"account": "4000"');
  expect(fixFaults(fields, start)).toEqual({});
  expect(editsOf(fields, start)).toEqual([]);
  expect(editsOf(fields, { ...start, entries: '[]', salary: '9000' })).toEqual([
    { path: 'entries', value: [] },
    { path: 'salary', value: 9000 },
  ]);
  expect(Object.keys(fixFaults(fields, { ...start, entries: '[{' }))).toEqual(['entries']);
});

it('says of an act on many what would be refused, and how far it looked', () => {
  expect(refusalWords({ lookedAt: 25, refused: 0, whyNot: null, count: 300 })).toBeNull();
  expect(refusalWords({ lookedAt: 25, refused: 2, whyNot: 'It is claimed.', count: 300 })).toBe(
    'Of the oldest 25 of these, 2 would be refused: It is claimed.',
  );
  expect(refusalWords({ lookedAt: 3, refused: 3, whyNot: 'It is closed.', count: 3 })).toBe(
    '3 would be refused: It is closed.',
  );
});

it('counts how often a fix did not help', () => {
  expect([0, 1, 3].map(cameBackWords)).toEqual([null, 'Came back once', 'Came back 3 times']);
});
