import { expect, it } from 'vitest';
import { commentMissing, formFaults } from './task-form.ts';
import { aTask } from './testing.ts';

it('asks for a comment where the task does', () => {
  expect(commentMissing(aTask().content, 'approved', undefined)).toBe(false);
  expect(commentMissing(aTask().content, 'rejected', '  ')).toBe(true);
  expect(commentMissing(aTask().content, 'rejected', 'too dear')).toBe(false);
  expect(commentMissing(aTask({}, { commentRequired: 'always' }).content, 'approved', '')).toBe(true);
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
