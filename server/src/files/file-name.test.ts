import { expect, it } from 'vitest';
import { fileName, folderNameOf } from './file-name.ts';

it('keeps a name a person would give and takes away what leads elsewhere or hides', () => {
  expect(fileName('Stunden März (2).csv')).toBe('Stunden März (2).csv');
  expect(fileName('../../etc/passwd')).toBe('passwd');
  expect(fileName('C:\\exports\\hours.csv')).toBe('hours.csv');
  expect(fileName('.waybill-draft-1')).toBe('waybill-draft-1');
  expect(fileName('hours\u202Evsc.exe\u0000')).toBe('hoursvsc.exe');
  expect(fileName('a<b>:c?.csv')).toBe('a_b__c_.csv');
  expect(fileName('..')).toBe('file');
});

it('shortens a long name in any script to what a disk takes and keeps its ending', () => {
  const name = fileName(`${'経費'.repeat(200)}.csv`);
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
  expect(name).toMatch(/^経費.*\.csv$/);
});

it('takes a folder of one level only', () => {
  expect(folderNameOf(' Card expenses ')).toBe('Card expenses');
  expect(folderNameOf('frais-2026')).toBe('frais-2026');
  for (const wrong of ['..', 'a/b', 'a\\b', '', '.hidden', 'x'.repeat(65), 'dot.'])
    expect(folderNameOf(wrong)).toBeNull();
});
