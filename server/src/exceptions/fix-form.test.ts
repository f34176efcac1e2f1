import type { ErrorRecord, NodeManifest, ParamSpec } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { editFaults } from './fix-faults.ts';
import type { FixSources } from './fix-form.ts';
import { editedParams, fixFields } from './fix-form.ts';

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
  source: { kind: 'code', label: 'Code', language: 'typescript' },
  entries: {
    kind: 'list',
    label: 'Entries',
    item: {
      account: { kind: 'text', label: 'Account' },
      amount: { kind: 'number', label: 'Amount', min: 0 },
      side: { kind: 'choice', label: 'Side', options: [{ value: 'debit', label: 'Debit' }], optional: true },
    },
    optional: true,
  },
  extra: { kind: 'json', label: 'Extra', optional: true },
  owner: { kind: 'text', label: 'Owner', optional: true },
  every: { kind: 'cron', label: 'Every', optional: true },
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
  entries: [{ account: '4000', amount: 10 }],
};
const written = {
  ...params,
  fields: { $: 'steps.terms' },
  lines: 'steps.terms.lines[amount > 0]',
  source: 'return input.total;',
  extra: { $: 'steps.gone.value' },
};
const sources: FixSources = { manifest, params, written, error, names: new Set(), hidden: [] };
const fields = fixFields(sources);

describe('the form', () => {
  it('shows every value a person can change, in the words of the node, and marks what the error speaks of', () => {
    expect(fields.map(({ path, label, kind }) => [path, label, kind])).toEqual([
      ['name', 'Name', 'text'],
      ['days', 'Days', 'number'],
      ['kind', 'Kind', 'choice'],
      ['fields.subsidiary', 'Fields › Subsidiary', 'text'],
      ['fields.deep.isPerson', 'Fields › Deep › Is person', 'boolean'],
      ['lines', 'Lines', 'expression'],
      ['source', 'Code', 'code'],
      ['entries', 'Entries', 'json'],
      ['extra', 'Extra', 'expression'],
      ['taxId', 'Tax id', 'text'],
      ['owner', 'Owner', 'text'],
    ]);
    expect(fields.filter((field) => field.suspect).map((field) => field.path)).toEqual(['fields.subsidiary']);
    expect(fields.filter((field) => field.required).map((field) => field.path)).toEqual([
      'name',
      'kind',
      'lines',
      'source',
    ]);
  });

  it('shows the text of programs as the flow has it, and of what could not be worked out its expression', () => {
    const values = Object.fromEntries(fields.map(({ path, value }) => [path, value]));
    expect(values).toMatchObject({
      lines: 'steps.terms.lines[amount > 0]',
      source: 'return input.total;',
      extra: 'steps.gone.value',
      entries: [{ account: '4000', amount: 10 }],
    });
  });

  it('offers whole what has names that could not be told from a level or would be computed', () => {
    const odd = fixFields({ ...sources, params: { fields: { $: 'x', 'a.b': 1 } } });
    expect(odd.filter((field) => field.path.startsWith('fields'))).toMatchObject([{ path: 'fields', kind: 'json' }]);
  });

  it('hides what is masked, and lets it be replaced', () => {
    const hidden = fixFields({ ...sources, names: new Set(['name', 'deep']) });
    const shown = hidden.filter((field) => field.masked);
    expect(shown.map(({ path, value }) => [path, value])).toEqual([
      ['name', null],
      ['fields.deep.isPerson', null],
    ]);
    const moved = fixFields({ ...sources, names: new Set(['pay']), hidden: ['DE99'] });
    expect(moved.filter((field) => field.masked).map((field) => field.path)).toEqual(['fields.subsidiary']);
    expect(editFaults(manifest, hidden, [{ path: 'name', value: 'ACME GmbH' }])).toEqual([]);
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
    { path: 'nowhere', value: 'x' },
    { path: 'lines', value: 'steps.terms.[' },
    { path: 'extra', value: 'a b c' },
    { path: 'source', value: 'return input.;' },
    { path: 'entries', value: { account: '4000' } },
    {
      path: 'entries',
      value: [
        { account: '4000', amount: 1 },
        { account: '', amount: 1 },
      ],
    },
    { path: 'entries', value: [{ account: '4000', amount: -1 }] },
    { path: 'entries', value: [{ account: '4000', amount: 1, colour: 'red' }] },
    { path: 'entries', value: [{ account: { $: 'vars.secret' }, amount: 1 }] },
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
    'edits.nowhere',
    'edits.lines',
    'edits.extra',
    'edits.source',
    'edits.entries',
    'edits.entries',
    'edits.entries',
    'edits.entries',
    'edits.entries',
  ]);
  expect(faults.find((one) => one.path === 'edits.lines')?.what).toMatch(/"Lines".*line 1, column/);
  expect(faults.slice(-4).map((one) => one.what)).toEqual([
    'Row 2 of "Entries": "Account" may not be empty.',
    'Row 1 of "Entries": "Amount" is less than 0.',
    'Row 1 of "Entries" has no field "colour".',
    '"Entries" has a member "$", which would be computed.',
  ]);
  expect(
    editFaults(manifest, fields, [
      { path: 'taxId', value: 'DE811907980' },
      { path: 'taxId', value: null },
      { path: 'days', value: 0 },
      { path: 'kind', value: 'b' },
      { path: 'lines', value: 'steps.terms.lines' },
      { path: 'source', value: 'const total: number = input.total;\nreturn total * 2;' },
      { path: 'entries', value: [{ account: '4000', amount: 10, side: 'debit' }] },
    ]),
  ).toEqual([]);
});

it('sends each changed field whole, and nothing else', () => {
  const edits = [
    { path: 'fields.subsidiary', value: 'DE01' },
    { path: 'fields.deep.isPerson', value: true },
    { path: 'days', value: 14 },
    { path: 'lines', value: 'steps.lines' },
    { path: 'extra', value: 'steps.there.value' },
    { path: 'entries', value: [] },
  ];
  expect(editedParams(sources, edits)).toEqual({
    days: 14,
    lines: 'steps.lines',
    extra: { $: 'steps.there.value' },
    entries: [],
    fields: { subsidiary: 'DE01', deep: { isPerson: true } },
  });
  expect(params.fields.subsidiary).toBe('DE99');
});
