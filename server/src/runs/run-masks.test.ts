import type { EpochMs, TaskId } from '@waybill/flow-model';
import { maskKey } from '@waybill/flow-model';
import { expect, it } from 'vitest';
import { maskedOutcome, maskedRecord } from './run-masks.ts';

const names = new Set(['salary', 'iban'].map(maskKey));
const outcome = { key: 'E-1', column: null, what: null, fix: null, source: null };

it('hides fields of a record that went on, also where its key or its fault repeats them', () => {
  const source = JSON.stringify({ employee: 'E-1', iban: 'DE02120300000000202051' });
  const shown = maskedOutcome(
    { ...outcome, key: 'DE02120300000000202051', what: 'no employee is linked to DE02120300000000202051', source },
    null,
    names,
  );
  expect(JSON.stringify(shown)).not.toContain('DE0212');
  expect(shown.source).toContain('E-1');
});

it('hides a line that could not be read when the file has a hidden column, and the value of that column', () => {
  const refused = { ...outcome, column: 'salary', what: '"9x00" in salary is not a number', source: 'E-1;9x00' };
  expect(maskedOutcome(refused, ['employee', 'salary'], names)).toMatchObject({
    what: 'The value of "salary" cannot be used.',
    source: '•••',
  });
  expect(maskedOutcome({ ...outcome, source: 'E-1;7' }, ['employee', 'hours'], names).source).toBe('E-1;7');
});

it('hides what a person corrected in a hidden field, wherever in the input it stands', () => {
  const corrections = [
    { path: 'employee.salary', value: 91_000 },
    { path: 'employee.name', value: 'E-1' },
  ];
  const sent = [{ step: 'raise', to: 'check', taskId: 't1' as TaskId, round: 0, by: 'Anna', corrections }];
  const shown = JSON.stringify(maskedRecord({ at: 1 as EpochMs, type: 'went-back', to: 'check', sent }, names, []));
  expect(shown).not.toContain('91000');
  expect(shown).toContain('E-1');
});
