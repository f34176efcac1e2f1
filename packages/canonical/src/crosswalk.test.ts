import { expect, it } from 'vitest';
import { findLinked, linkDecision } from './crosswalk.ts';

const ref = (text: string) => {
  const [system = '', id = ''] = text.split(':');
  return { system, id };
};
const link = (a: string, b: string) => ({ a: ref(a), b: ref(b) });
const links = [link('crm:1', 'psa:A'), link('psa:A', 'erp:X'), link('crm:2', 'psa:B')];

it('creates a link that contradicts nothing', () => {
  expect(linkDecision([], link('crm:1', 'psa:A'))).toEqual({ decision: 'create' });
  expect(linkDecision(links, link('crm:2', 'erp:Y'))).toEqual({ decision: 'create' });
  expect(linkDecision(links, link('crm:1', 'erp:X'))).toEqual({ decision: 'create' });
});

it('knows a link again from either side', () => {
  expect(linkDecision(links, link('crm:1', 'psa:A'))).toEqual({ decision: 'same' });
  expect(linkDecision(links, link('psa:A', 'crm:1'))).toEqual({ decision: 'same' });
});

it('refuses a second record of one system for the same thing', () => {
  expect(linkDecision(links, link('crm:1', 'psa:B'))).toEqual({ decision: 'conflict', system: 'psa', ids: ['A', 'B'] });
  expect(linkDecision(links, link('crm:3', 'crm:4'))).toEqual({ decision: 'conflict', system: 'crm', ids: ['3', '4'] });
});

it('sees a contradiction through other links', () => {
  expect(linkDecision(links, link('crm:1', 'erp:Z'))).toMatchObject({ decision: 'conflict', system: 'erp' });
  expect(linkDecision(links, link('erp:X', 'psa:B'))).toMatchObject({ decision: 'conflict' });
});

it('finds a record through a chain of links', () => {
  expect(findLinked(links, ref('crm:1'), 'erp')).toBe('X');
  expect(findLinked(links, ref('erp:X'), 'crm')).toBe('1');
  expect(findLinked(links, ref('crm:2'), 'erp')).toBeNull();
  expect(findLinked(links, ref('crm:2'), 'crm')).toBeNull();
});
