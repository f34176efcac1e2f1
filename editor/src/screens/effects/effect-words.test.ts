import type { Effect } from '@waybill/api-contract';
import { describe, expect, it } from 'vitest';
import { inOrder, noteWords, systemWords } from './effect-words.ts';

const effect = (effectKey: string, firstAt: number): Effect => ({ effectKey, firstAt }) as Effect;

describe('an effect in words', () => {
  it('names the connection, or the role as long as nothing is bound to it', () => {
    expect(systemWords({ connection: { binding: 'crm', id: 'c1', name: 'Salesforce EU' } })).toBe('Salesforce EU');
    expect(systemWords({ connection: { binding: 'crm', id: null, name: null } })).toBe('crm');
    expect(systemWords({ connection: null })).toBe('No connection');
  });

  it('tells the note without markup, else what the state means', () => {
    expect(noteWords({ state: 'refused', note: '<p>Period <b>closed</b></p>', connection: null })).toBe(
      'Period closed',
    );
    expect(noteWords({ state: 'reused', note: null, connection: null })).toContain('nothing was sent again');
    expect(noteWords({ state: 'confirmed', note: null, connection: null })).toBe('Kept in Waybill.');
  });

  it('tells the story of an object from its beginning', () => {
    const story = inOrder([effect('b', 20), effect('c', 10), effect('a', 20)]);
    expect(story.map((one) => one.effectKey)).toEqual(['c', 'a', 'b']);
  });
});
