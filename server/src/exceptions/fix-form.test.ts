import type { ErrorRecord, NodeManifest, ParamSpec } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { editedParams, editFaults, fixFields } from './fix-form.ts';

const specs: Record<string, ParamSpec> = {
  name: { kind: 'text', label: 'Name', maxLength: 20 },
  taxId: { kind: 'text', label: 'Tax id', pattern: '^[A-Z]{2}\\d+$', optional: true },
  days: { kind: 'integer', label: 'Days', min: 0, max: 90, default: 30 },
  kind: {
    kind: 'choice',
    label: 'Kind',
    options: [
      { value: 'a', label: 'A' },
      { value: 'b', label: 'B' },
    ],
  },
  fields: { kind: 'mapping', label: 'Fields', fields: [{ name: 'subsidiary', label: 'Subsidiary' }] },
  lines: { kind: 'expression', label: 'Lines' },
};
const manifest = { params: specs } as unknown as NodeManifest;
const error: ErrorRecord = {
  code: 'NETSUITE_REFUSED',
  what: 'Invalid value DE99 for field subsidiary.',
  fix: 'Correct it.',
  owner: 'user',
  engine: 'stop',
};
const params = {
  name: 'ACME',
  days: 30,
  kind: 'a',
  fields: { subsidiary: 'DE99', deep: { isPerson: false } },
  lines: [1],
};
const fields = fixFields(manifest, params, error);

describe('the form', () => {
  it('shows every value a person can change, in the words of the node, and marks what the error speaks of', () => {
    expect(fields.map(({ path, label, kind }) => [path, label, kind])).toEqual([
      ['name', 'Name', 'text'],
      ['days', 'Days', 'number'],
      ['kind', 'Kind', 'choice'],
      ['fields.subsidiary', 'Fields › Subsidiary', 'text'],
      ['fields.deep.isPerson', 'Fields › Deep › Is person', 'boolean'],
      ['taxId', 'Tax id', 'text'],
    ]);
    expect(fields.filter((field) => field.suspect).map((field) => field.path)).toEqual(['fields.subsidiary']);
    expect(fields.filter((field) => field.required).map((field) => field.path)).toEqual(['name', 'kind']);
  });

  it('offers no program text, however it is named', () => {
    expect(fields.some((field) => field.path.startsWith('lines'))).toBe(false);
    const odd = fixFields(manifest, { fields: { $: 'x', 'a.b': 1 } }, error);
    expect(odd.filter((field) => field.path.startsWith('fields'))).toEqual([]);
  });
});

it('refuses what does not fit, each with its field', () => {
  const faults = editFaults(manifest, fields, [
    { path: 'name', value: '' },
    { path: 'name', value: 'x'.repeat(21) },
    { path: 'taxId', value: 'de1' },
    { path: 'days', value: 91 },
    { path: 'days', value: 1.5 },
    { path: 'days', value: 'soon' },
    { path: 'kind', value: 'c' },
    { path: 'fields.deep.isPerson', value: 'no' },
    { path: 'fields.subsidiary', value: { $: '1' } },
    { path: 'lines', value: 'x' },
  ]);
  expect(faults.map((fault) => fault.path)).toEqual([
    'edits.name',
    'edits.name',
    'edits.taxId',
    'edits.days',
    'edits.days',
    'edits.days',
    'edits.kind',
    'edits.fields.deep.isPerson',
    'edits.fields.subsidiary',
    'edits.lines',
  ]);
  expect(
    editFaults(manifest, fields, [
      { path: 'taxId', value: 'DE811907980' },
      { path: 'taxId', value: null },
      { path: 'days', value: 0 },
      { path: 'kind', value: 'b' },
    ]),
  ).toEqual([]);
});

it('sends each changed field whole, and nothing else', () => {
  const edits = [
    { path: 'fields.subsidiary', value: 'DE01' },
    { path: 'fields.deep.isPerson', value: true },
    { path: 'days', value: 14 },
  ];
  expect(editedParams(params, edits)).toEqual({
    days: 14,
    fields: { subsidiary: 'DE01', deep: { isPerson: true } },
  });
  expect(params.fields.subsidiary).toBe('DE99');
});
