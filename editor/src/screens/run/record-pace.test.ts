import { expect, it } from 'vitest';
import { recordPace, refusedAsCsv } from './record-pace.ts';

const records = {
  rowsIn: 30_000,
  rowsOut: 29_000,
  errors: 2,
  refused: 0,
  bytesDone: 300,
  bytesTotal: 1_000,
  firstAt: 10_000,
  firstRows: 10_000,
  at: 12_000,
};

it('tells pace and remaining time from what was read since the first report', () => {
  expect(recordPace(records)).toEqual({ share: 0.3, perSecond: 10_000, leftMs: 7_000 });
});

it('says nothing of the time before it knows, nor where the size is unknown', () => {
  expect(recordPace({ ...records, at: 10_500 })).toMatchObject({ perSecond: null, leftMs: null });
  expect(recordPace({ ...records, bytesDone: null, bytesTotal: null })).toMatchObject({ share: null, leftMs: null });
});

it('writes refused records so that they can be corrected and read again', () => {
  const refused = [
    { row: 9, line: 10, column: null, step: null, what: 'it has 2 fields', fix: '', source: '9;b' },
    { row: 4, line: 5, column: 'n', step: null, what: '"x" is no number', fix: '', source: '4;x;c' },
  ];
  expect(refusedAsCsv(refused, { columns: ['id', 'n', 'c'], delimiter: ';' })).toBe(
    'id;n;c;error\r\n4;x;c;"row 4: ""x"" is no number"\r\n9;b;"row 9: it has 2 fields"\r\n',
  );
});
