import { describe, expect, it } from 'vitest';
import type { FormField } from './decision-form.ts';
import { decisionMeans, fieldFault, formFaults, formToSend, needsComment, startValues } from './decision-form.ts';

const fields: FormField[] = [
  { name: 'rate', label: 'Rate', kind: 'number', required: true },
  { name: 'from', label: 'From', kind: 'date' },
  { name: 'unit', label: 'Unit', kind: 'choice', options: ['DE', 'US'], default: 'DE' },
  { name: 'rush', label: 'Rush', kind: 'boolean' },
];
const outcomes = [
  { name: 'approved', label: 'Approve', tone: 'positive' as const },
  { name: 'rejected', label: 'Reject', tone: 'negative' as const },
];
const decision = { for: null, by: 'u1', byName: 'Anna', comment: null, at: 1 };

describe('the decision form', () => {
  it('starts with the defaults', () => {
    expect(startValues(fields)).toEqual({ rate: '', from: '', unit: 'DE', rush: false });
  });
  it('asks for required fields and for numbers that are numbers', () => {
    expect(formFaults(fields, startValues(fields))).toEqual({ rate: 'Fill this in.' });
    expect(formFaults(fields, { ...startValues(fields), rate: 'a lot' })).toHaveProperty('rate');
    expect(formFaults(fields, { ...startValues(fields), rate: '1 250.5' })).toEqual({});
  });
  it('refuses a date or a choice that does not exist', () => {
    expect(fieldFault(fields[1] as FormField, '2026-13-45')).not.toBeNull();
    expect(fieldFault(fields[2] as FormField, 'FR')).not.toBeNull();
  });
  it('sends numbers as numbers and leaves empty fields out', () => {
    expect(formToSend(fields, { rate: '1 250.5', from: '', unit: 'US', rush: true })).toEqual({
      rate: 1250.5,
      unit: 'US',
      rush: true,
    });
  });
});

describe('the comment rule', () => {
  it('asks for a comment on rejection only, when so ruled', () => {
    const task = { commentRequired: 'on-reject' as const, outcomes };
    expect(needsComment(task, 'rejected')).toBe(true);
    expect(needsComment(task, 'approved')).toBe(false);
  });
  it('always or never asks, when so ruled', () => {
    expect(needsComment({ commentRequired: 'always', outcomes }, 'approved')).toBe(true);
    expect(needsComment({ commentRequired: 'never', outcomes }, 'rejected')).toBe(false);
  });
});

describe('what a decision means', () => {
  it('says how many are still missing', () => {
    expect(
      decisionMeans({ needed: 3, outcomes, decisions: [{ ...decision, outcome: 'approved' }] }, 'approved'),
    ).toContain('2 of 3');
  });
  it('says that the last one settles it', () => {
    expect(decisionMeans({ needed: 1, outcomes, decisions: [] }, 'approved')).toContain('at once');
  });
  it('says that one rejection settles it', () => {
    expect(decisionMeans({ needed: 3, outcomes, decisions: [] }, 'rejected')).toContain('settles');
  });
});
