import { expect, it } from 'vitest';
import { matchPath } from '../../app/route-match.ts';
import { aboutAddress } from './about-address.ts';

it('brings any business key through the address and back', () => {
  const keys = ['P-1042', 'a/b?c#d&e=f', '100 % ü 漢字 🚢', '../x', 'INV.2026', 'k'.repeat(200)];
  for (const key of keys) {
    const { pathname, search } = new URL(aboutAddress(key), 'http://waybill.example');
    expect([matchPath('/about/:key', pathname), search]).toEqual([{ key }, '']);
  }
});

it('never looks like a file, which the server would not answer with a page', () => {
  expect(aboutAddress('INV.2026')).not.toMatch(/\.[a-z0-9]{2,5}$/i);
});

it('has an address even for a key that is no well-formed text', () => {
  expect(aboutAddress('P-\ud800')).toBe('/about/P-%EF%BF%BD');
});
