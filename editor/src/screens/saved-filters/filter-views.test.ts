import type { SavedFilter } from '@waybill/api-contract';
import { describe, expect, it } from 'vitest';
import { changesFor, filterText, shownView, viewsOf } from './filter-views.ts';

const members = ['status', 'range', 'by'];
const saved = (id: string, name: string, search: string): SavedFilter => ({
  id,
  list: 'runs',
  name,
  search,
  ownerName: 'Ann',
  own: true,
  shared: false,
  updatedAt: 1,
});
const ours = [
  { key: 'all', name: 'All', search: '' },
  { key: 'mine', name: 'Mine', search: 'by=me' },
];

describe('views of a list', () => {
  it('knows which view the address shows, whatever else stands in it', () => {
    const views = viewsOf(ours, [saved('s1', 'Broken', 'status=failed&range=24h')]);
    expect(shownView(views, new URLSearchParams('range=24h&status=failed&step=x'), members)?.key).toBe('s1');
    expect(shownView(views, new URLSearchParams('step=x'), members)?.key).toBe('all');
    expect(shownView(views, new URLSearchParams('status=waiting'), members)).toBeNull();
  });

  it('takes away every filter that the chosen view does not name', () => {
    expect(changesFor({ search: 'by=me' }, members)).toEqual({ by: 'me', status: null, range: null });
  });

  it('puts saved filters behind our own, by name', () => {
    const views = viewsOf(ours, [saved('s2', 'Zoo', ''), saved('s1', 'Ant', '')]);
    expect(views.map((view) => view.name)).toEqual(['All', 'Mine', 'Ant', 'Zoo']);
  });

  it('keeps only the filter of an address', () => {
    expect(filterText(new URLSearchParams('step=a&status=failed&by='), members)).toBe('status=failed');
  });
});
