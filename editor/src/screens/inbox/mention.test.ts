import { expect, it } from 'vitest';
import { namedIn, nameTyped, withName } from './mention.ts';

it('knows a name that is being typed, and an address that is none', () => {
  expect(nameTyped('please @An', 10)).toEqual({ from: 7, name: 'An' });
  expect(nameTyped('@', 1)).toEqual({ from: 0, name: '' });
  expect(nameTyped('@Anna Lee', 9)).toEqual({ from: 0, name: 'Anna Lee' });
  expect(nameTyped('mail anna@example', 17)).toBeNull();
  expect(nameTyped('nobody', 6)).toBeNull();
});

it('puts the chosen person where the name was typed', () => {
  expect(withName('ask @an about it', { from: 4, name: 'an' }, 'Anna Lee')).toEqual(['ask @Anna Lee about it', 14]);
});

it('names whom the words still name, once', () => {
  const anna = { id: 'us_1', name: 'Anna Lee' };
  const ben = { id: 'us_2', name: 'Ben' };
  expect(namedIn('@Anna Lee and @Anna Lee', [anna, ben, anna])).toEqual(['us_1']);
});
