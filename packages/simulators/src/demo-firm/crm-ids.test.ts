import { expect, it } from 'vitest';
import { normalizedId, recordId, withSuffix } from './crm-ids.ts';

it('adds the checksum that tells upper from lower case', () => {
  // Bits of the upper-case letters, lowest first, in each group of five.
  expect(withSuffix('001000000000001')).toBe('001000000000001AAA');
  expect(withSuffix('00DAB0000000Abc')).toBe('00DAB0000000Abc2AE');
  expect(recordId('006', 1)).toBe('0068d0000000001AAA');
});

it('takes 15 or 18 characters and refuses a wrong checksum or prefix', () => {
  expect(normalizedId('0068d0000000001')).toBe('0068d0000000001AAA');
  expect(normalizedId('0068d0000000001AAB')).toBeNull();
  expect(normalizedId('0068d0000000001', '001')).toBeNull();
  expect(normalizedId("1' OR 1=1")).toBeNull();
});
