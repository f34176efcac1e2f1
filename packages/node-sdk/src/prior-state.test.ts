import { expect, it } from 'vitest';
import { priorState, restorationOf } from './prior-state.ts';

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'nothing thrown';
};

it('remembers the fields that are about to be set, and no others', () => {
  const found = { name: 'Old', phone: '1', city: 'Bonn' };
  expect(priorState(found, { name: 'New', fax: '2' }, 1)).toEqual({ was: 'there', fields: { name: 'Old', fax: null } });
  expect(priorState(null, { name: 'New' }, 1)).toEqual({ was: 'absent' });
});

it('does not take what an earlier attempt may have written for what was there before', () => {
  expect(priorState({ name: 'New' }, { name: 'New' }, 2)).toEqual({ was: 'unknown', why: 'repeated' });
  expect(priorState({ name: 'Old' }, { name: 'New' }, 2)).toEqual({ was: 'there', fields: { name: 'Old' } });
  expect(priorState({ name: 'New' }, { name: 'New' }, 1)).toEqual({ was: 'there', fields: { name: 'New' } });
});

it('puts back what was there and deletes what was not', () => {
  const written = { name: 'New', owner: { id: '7' }, amount: 100 };
  const current = { name: 'New', owner: { id: '7', refName: 'Ada' }, amount: '100.00', city: 'Bonn' };
  const fields = { name: 'Old', owner: { id: '6' }, amount: '100' };
  expect(restorationOf({ was: 'there', fields }, written, current)).toEqual({
    do: 'restore',
    fields: { name: 'Old', owner: { id: '6' } },
  });
  expect(restorationOf({ was: 'absent' }, written, current)).toEqual({ do: 'delete' });
});

it('takes what is gone, or as it was, for taken back', () => {
  expect(restorationOf({ was: 'absent' }, { name: 'New' }, null)).toEqual({ do: 'nothing' });
  expect(restorationOf({ was: 'unknown', why: 'repeated' }, { name: 'New' }, null)).toEqual({ do: 'nothing' });
  const prior = { was: 'there' as const, fields: { name: 'Old', note: null } };
  expect(restorationOf(prior, { name: 'New', note: 'x' }, { name: 'Old' })).toEqual({ do: 'nothing' });
});

it('refuses when somebody changed a field since, or nobody knows what was there', () => {
  const prior = { was: 'there' as const, fields: { name: 'Old' } };
  expect(codeOf(() => restorationOf(prior, { name: 'New' }, { name: 'Newer' }))).toBe('UNDO_CHANGED_SINCE');
  expect(codeOf(() => restorationOf({ was: 'absent' }, { name: 'New' }, {}))).toBe('UNDO_CHANGED_SINCE');
  const unknown = { was: 'unknown' as const, why: 'not-kept' as const };
  expect(codeOf(() => restorationOf(unknown, { name: 'New' }, { name: 'New' }))).toBe('UNDO_BEFORE_UNKNOWN');
});

it('reads lists and moments the way systems write them back', () => {
  const written = { lines: { items: [{ rate: 5 }] }, at: '2026-12-01T00:00:00Z' };
  const current = { lines: { items: [{ rate: '5.0', line: 1 }] }, at: '2026-12-01T00:00:00.000+0000' };
  expect(restorationOf({ was: 'absent' }, written, current)).toEqual({ do: 'delete' });
  const more = { ...current, lines: { items: [{ rate: 5 }, { rate: 6 }] } };
  expect(codeOf(() => restorationOf({ was: 'absent' }, written, more))).toBe('UNDO_CHANGED_SINCE');
});
