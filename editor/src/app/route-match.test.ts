import { describe, expect, it } from 'vitest';
import { matchPath } from './route-match.ts';

describe('routes', () => {
  it('reads parameters out of a path', () => {
    expect(matchPath('/flows/:id/versions', '/flows/a%20b/versions/')).toEqual({ id: 'a b' });
  });

  it('does not match a longer or a different path', () => {
    expect(matchPath('/flows/:id', '/flows/a/versions')).toBeNull();
    expect(matchPath('/flows', '/runs')).toBeNull();
  });

  it('takes a malformed escape for no route', () => {
    expect(matchPath('/flows/:id', '/flows/%E0%A4')).toBeNull();
  });
});
