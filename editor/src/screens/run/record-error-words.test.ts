import { expect, it } from 'vitest';
import { recordErrorsOf, recordErrorWords } from './record-error-words.ts';
import { aStep } from './run-samples.ts';

const records = (errors: number, refused: number) => ({
  ...{ rowsIn: 10, rowsOut: 9, errors, refused, bytesDone: null, bytesTotal: null },
  ...{ firstAt: 0, firstRows: 0, at: 0 },
});

it('says that there are no record errors only where no record was refused either', () => {
  expect(recordErrorWords(records(0, 0))).toBe('no record errors');
  expect(recordErrorWords(records(2, 0))).toBe('2 record errors');
  expect(recordErrorWords(records(0, 1))).toBe('1 record error, refused by the system');
  expect(recordErrorWords(records(2, 1))).toBe('3 record errors: 2 not usable, 1 refused by the system');
});

it('counts a refused record of a run once, wherever it was sent from', () => {
  const sent = { records: 5, refused: 2 };
  const steps = [
    aStep('each', { records: records(1, 2) }),
    aStep('each[0]/upsert', { sent }),
    aStep('single', { sent }),
  ];
  expect(recordErrorsOf(steps)).toBe(5);
});
