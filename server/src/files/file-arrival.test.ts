import type { ArmedTriggerRecord, FileRecord } from '@waybill/store';
import { expect, it } from 'vitest';
import { arrivalKey, foldersWith, nameFits, waitsFor } from './file-arrival.ts';

const aTrigger = (params: ArmedTriggerRecord['params']): ArmedTriggerRecord => ({
  flowId: 'f',
  nodeId: 'arrived',
  versionId: 'f:v1',
  how: 'file',
  nodeType: 'core.file-arrived',
  nodeVersion: 1,
  title: 'File arrived',
  params,
  connections: {},
});
const aFile = (id: string, sha256: string): FileRecord => ({
  id,
  folder: 'Expenses',
  name: 'March.csv',
  path: `uploads/${id}/March.csv`,
  sizeBytes: 3,
  mediaType: 'text/csv',
  sha256,
  by: 'us_1',
  byName: 'Anna',
  came: 'upload',
  arrivedAt: 1,
  announcedAt: null,
  removedAt: null,
});

it('takes a star for any signs, a question mark for one, and everything else as it stands', () => {
  expect(nameFits('hours-2026.CSV', '*.csv')).toBe(true);
  expect(nameFits('hours.csv.bak', '*.csv')).toBe(false);
  expect(nameFits('h1.csv', 'h?.csv')).toBe(true);
  expect(nameFits('hXcsv', 'h.csv')).toBe(false);
  expect(nameFits('a(1)+.csv', 'a(1)+.csv')).toBe(true);
});

it('waits for the files of its folder and pattern, or for all when neither is given', () => {
  const file = aFile('f_1', 'a');
  expect(waitsFor(aTrigger({}), file)).toBe(true);
  expect(waitsFor(aTrigger({ folder: 'expenses', pattern: '*.txt, *.csv' }), file)).toBe(true);
  expect(waitsFor(aTrigger({ folder: 'hours' }), file)).toBe(false);
  expect(waitsFor(aTrigger({ folder: 'expenses', pattern: '*.txt' }), file)).toBe(false);
  expect(waitsFor({ ...aTrigger({}), how: 'webhook' }, file)).toBe(false);
});

it('takes the same content under the same name for one arrival, unless the flow wants every file', () => {
  const once = aTrigger({ repeats: 'ignore' });
  expect(arrivalKey(once, aFile('f_1', 'a'))).toBe(arrivalKey(once, aFile('f_2', 'a')));
  expect(arrivalKey(once, aFile('f_1', 'a'))).not.toBe(arrivalKey(once, aFile('f_1', 'b')));
  const every = aTrigger({ repeats: 'start' });
  expect(arrivalKey(every, aFile('f_1', 'a'))).not.toBe(arrivalKey(every, aFile('f_2', 'a')));
});

it('names each folder once, however it is written, with the flows that wait there or everywhere', () => {
  const waiting = [
    { flowId: 'cards', folder: 'expenses' },
    { flowId: 'archive', folder: null },
    { flowId: 'hours', folder: 'Hours' },
  ];
  expect(foldersWith(['Expenses', 'notes'], waiting)).toEqual([
    { name: 'Expenses', flowIds: ['cards', 'archive'] },
    { name: 'Hours', flowIds: ['archive', 'hours'] },
    { name: 'notes', flowIds: ['archive'] },
  ]);
});
