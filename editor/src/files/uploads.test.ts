import { expect, it } from 'vitest';
import { refusalOf } from './uploads.ts';

it('refuses an empty file and one that is too large before anything is sent', () => {
  expect(refusalOf({ name: 'a.csv', size: 0 }, 100)?.what).toBe('It is empty.');
  expect(refusalOf({ name: 'a.csv', size: 2_500_000_000 }, 2_000_000_000)?.what).toBe(
    'It has 2.5 GB; up to 2 GB are taken.',
  );
  expect(refusalOf({ name: 'a.csv', size: 100 }, 100)).toBeNull();
  expect(refusalOf({ name: 'a.csv', size: 100 }, null)).toBeNull();
});
