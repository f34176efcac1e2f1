import { expect, it } from 'vitest';
import type { FoundFile } from './drop-look.ts';
import { lookAgain, nothingSeen } from './drop-look.ts';

const aFile = (name: string, mark: string, inode = '7'): FoundFile => ({
  folder: 'inbox',
  name,
  at: `/drop/${name}`,
  inode,
  sizeBytes: 5,
  mark,
});

it('takes a file for whole once it stood still long enough, and begins anew when it grows', () => {
  const first = lookAgain(nothingSeen, [aFile('a.csv', 'm1')], 0, 3_000);
  expect(first.whole).toEqual([]);
  const grown = lookAgain(first.looked, [aFile('a.csv', 'm2')], 3_000, 3_000);
  expect(grown.whole).toEqual([]);
  const still = lookAgain(grown.looked, [aFile('a.csv', 'm2')], 5_999, 3_000);
  expect(still.whole).toEqual([]);
  expect(lookAgain(still.looked, [aFile('a.csv', 'm2')], 6_000, 3_000).whole).toHaveLength(1);
});

it('never takes a part, and takes it at once under its final name', () => {
  const part = lookAgain(nothingSeen, [aFile('a.csv.part', 'm1')], 0, 3_000);
  const longAfter = lookAgain(part.looked, [aFile('a.csv.part', 'm1')], 60_000, 3_000);
  expect(longAfter.whole).toEqual([]);
  expect(lookAgain(longAfter.looked, [aFile('a.csv', 'm9')], 61_000, 3_000).whole).toHaveLength(1);
  expect(lookAgain(longAfter.looked, [aFile('b.csv', 'm9', '8')], 61_000, 3_000).whole).toEqual([]);
});
