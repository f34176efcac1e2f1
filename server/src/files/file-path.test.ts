import { expect, it } from 'vitest';
import { filesNamedIn, pathOf } from './file-path.ts';

it('finds the files that the input of a run names, wherever they stand in it', () => {
  const [a, b] = ['f_0123456789abcdef01234567', 'f_aaaaaaaaaaaaaaaaaaaaaaaa'];
  expect(
    filesNamedIn({ file: pathOf(a, 'x.csv'), more: [{ path: `./${pathOf(b, 'y (2).csv')}` }, pathOf(a, 'x.csv')] }),
  ).toEqual([a, b]);
  expect(filesNamedIn(['uploads/other/x.csv', `see ${pathOf(a, 'x.csv')}`, 5, null])).toEqual([]);
});
