import { describe, expect, it } from 'vitest';
import { parseJson } from './parse-json.ts';

describe('typed JSON', () => {
  it('is read', () => {
    expect(parseJson('{"a":[1]}')).toEqual({ ok: true, value: { a: [1] } });
  });
  it('is refused with the place of the fault', () => {
    expect(parseJson('{\n  "a": 1\n  "b": 2\n}')).toEqual({
      ok: false,
      what: 'This is no JSON: look at line 3, column 3.',
    });
  });
  it('is refused with the character that is wrong, where the place is not known', () => {
    expect(parseJson('{ "a": x }')).toEqual({ ok: false, what: expect.stringContaining('“x”') });
  });
  it('is refused when its end is missing', () => {
    expect(parseJson('{"a": ')).toEqual({ ok: false, what: expect.stringContaining('at the end') });
  });
});
