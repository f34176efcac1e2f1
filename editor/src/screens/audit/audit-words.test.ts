import { describe, expect, it } from 'vitest';
import { subjectName, subjectOf, wordsOfAction } from './audit-words.ts';

describe('audit entries in words', () => {
  it('shows an action nobody has put into words as it is', () => {
    expect(wordsOfAction('flow.published')).toBe('published a flow');
    expect(wordsOfAction('kiln.fired')).toBe('kiln.fired');
  });

  it('leads from a subject to its screen', () => {
    expect(subjectOf('flow:order-to-cash')).toEqual({
      kind: 'flow',
      id: 'order-to-cash',
      href: '/flows/order-to-cash',
    });
    expect(subjectOf('run:a/b').href).toBe('/runs/a%2Fb');
    expect(subjectOf('kiln:7').href).toBeNull();
    expect(subjectOf('everything').href).toBeNull();
  });

  it('calls a subject by its name, its address, or else its id', () => {
    expect(subjectName('connection:cn_1', { name: 'NetSuite' })).toBe('NetSuite');
    expect(subjectName('user:us_1', { email: 'mira@example.com' })).toBe('mira@example.com');
    expect(subjectName('user:us_1', { after: { name: 'Mira' } })).toBe('Mira');
    expect(subjectName('role:crm', {})).toBe('crm');
  });
});
