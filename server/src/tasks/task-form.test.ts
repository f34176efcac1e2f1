import { expect, it } from 'vitest';
import { commentMissing, formFaults } from './task-form.ts';
import { aTask } from './testing.ts';

it('asks for a comment where the task does', () => {
  expect(commentMissing(aTask().content, 'approved', undefined)).toBe(false);
  expect(commentMissing(aTask().content, 'rejected', '  ')).toBe(true);
  expect(commentMissing(aTask().content, 'rejected', 'too dear')).toBe(false);
  expect(commentMissing(aTask({}, { commentRequired: 'always' }).content, 'approved', '')).toBe(true);
});

it('takes dates of the calendar only, with a time or without', () => {
  const fields = [{ name: 'from', label: 'From', kind: 'date' as const }];
  for (const from of ['2028-02-29', '2026-11-20T08:30', '2026-11-20T08:30:00Z', '2026-11-20T08:30:00.000+01:00'])
    expect(formFaults(fields, { from }), from).toEqual([]);
  for (const from of ['2026-02-29', '2026-11-31', '2026-11-20 (<b>)', '2026-11-20T25:00', '2026-11-200'])
    expect(formFaults(fields, { from }), from).toHaveLength(1);
});

it('lets a field be called like something that every object has', () => {
  const fields = [
    { name: 'constructor', label: 'Builder', kind: 'text' as const },
    { name: 'toString', label: 'Text', kind: 'text' as const, required: true },
  ];
  expect(formFaults(fields, { toString: 'x' })).toEqual([]);
  expect(formFaults(fields, {}).map((fault) => fault.path)).toEqual(['form.toString']);
});

it('lists everything wrong with a form', () => {
  const fields = [
    { name: 'entity', label: 'Entity', kind: 'choice' as const, options: ['DE', 'UK'], required: true },
    { name: 'amount', label: 'Amount', kind: 'number' as const },
    { name: 'from', label: 'From', kind: 'date' as const },
  ];
  expect(formFaults(fields, { entity: 'DE', amount: 3, from: '2026-11-20' })).toEqual([]);
  const faults = formFaults(fields, { entity: 'FR', amount: 'many', from: '20.11.', stray: 1 });
  expect(faults.map((fault) => fault.path).sort()).toEqual(['form.amount', 'form.entity', 'form.from', 'form.stray']);
  expect(formFaults(fields, {})).toHaveLength(1);
  expect(formFaults(fields, {}, true)).toEqual([]);
  expect(formFaults(fields, { amount: 'many' }, true)).toHaveLength(1);
});
