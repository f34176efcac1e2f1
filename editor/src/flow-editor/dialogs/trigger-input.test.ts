import { describe, expect, it } from 'vitest';
import { aFlow, aNode } from '../testing.ts';
import { formFieldsOf, formInput } from './trigger-input.ts';

describe('the form of a manual trigger', () => {
  const fields = [
    { name: 'customer', label: 'Customer', kind: 'text', required: true },
    { name: 'amount', label: 'Amount', kind: 'number' },
    { name: 'urgent', label: 'Urgent', kind: 'boolean' },
    { name: 'type', label: 'Type', kind: 'choice', options: 'Fixed, Retainer' },
    { name: 'hours', label: 'Hours', kind: 'file' },
  ];
  const read = formFieldsOf(aFlow({ start: aNode('test.start', { params: { fields } }) }), 'start');

  it('is read from its params', () => {
    expect(read.map((field) => field.kind)).toEqual(['text', 'number', 'boolean', 'choice', 'file']);
    expect(read[3]?.options).toEqual(['Fixed', 'Retainer']);
  });

  it('sends numbers as numbers and leaves empty fields out', () => {
    expect(formInput(read, { customer: 'Acme', amount: '120.5', hours: 'uploads/f_1/hours.csv' })).toEqual({
      customer: 'Acme',
      amount: 120.5,
      urgent: false,
      hours: 'uploads/f_1/hours.csv',
    });
  });
});
