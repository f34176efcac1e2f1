import { describe, expect, it } from 'vitest';
import { plainWords } from './plain-words.ts';

describe('messages of other systems', () => {
  it('lose their tags, styles and scripts', () => {
    const page =
      '<!DOCTYPE html><html><head><title>x</title><style>p{}</style></head><body><h1>502 Bad Gateway</h1><script>alert(1)</script><p>nginx &amp; co</p></body></html>';
    expect(plainWords(`Acme answered 502: ${page}`)).toBe('Acme answered 502: 502 Bad Gateway nginx & co');
  });
  it('stay as they are without tags', () => {
    expect(plainWords('The amount is < 5 & must be > 10.')).toBe('The amount is < 5 & must be > 10.');
  });
  it('keep the sentence around a tag', () => {
    expect(plainWords('Field <b>owner</b>, and <i>amount</i>.')).toBe('Field owner, and amount.');
  });
  it('never turn an entity into a tag', () => {
    expect(plainWords('<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>')).toBe('<script>alert(1)</script>');
  });
});
