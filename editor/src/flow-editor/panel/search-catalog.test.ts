import { describe, expect, it } from 'vitest';
import { manifests } from '../testing.ts';
import { groupByApp, searchCatalog } from './search-catalog.ts';

const titles = (typed: string) => searchCatalog(manifests, typed).map((manifest) => manifest.title);

describe('the node panel', () => {
  it('finds steps by title, synonym and app, title first', () => {
    expect(titles('work')[0]).toBe('Do the work');
    expect(titles('labour')).toEqual(['Do the work']);
    expect(titles('flow control')).toContain('Branch');
  });

  it('wants every typed word', () => {
    expect(titles('work decision')).toEqual([]);
  });

  it('shows triggers first while nothing is typed', () => {
    expect(groupByApp(manifests, false).map((group) => group.app)).toEqual(['Triggers', 'Flow control', 'Data']);
  });
});
