import type { SavedFilter } from '@waybill/api-contract';

/** A filter under a name, ours or a person's. */
export interface FilterView {
  key: string;
  name: string;
  search: string;
  saved: SavedFilter | null;
}

/** The members of an address that make up a filter, in one order, so that equal filters read equal. Pure. */
export function filterText(search: URLSearchParams, members: readonly string[]): string {
  const kept = new URLSearchParams();
  for (const member of members.toSorted()) {
    const value = search.get(member);
    if (value) kept.set(member, value);
  }
  return kept.toString();
}

/** What the address must become to show a view: everything it does not name goes. Pure. */
export function changesFor(
  view: Pick<FilterView, 'search'>,
  members: readonly string[],
): Record<string, string | null> {
  const wanted = new URLSearchParams(view.search);
  return Object.fromEntries(members.map((member) => [member, wanted.get(member)]));
}

/** Our own views first, then the saved ones by name. Pure. */
export function viewsOf(own: readonly Omit<FilterView, 'saved'>[], saved: readonly SavedFilter[]): FilterView[] {
  return [
    ...own.map((view) => ({ ...view, saved: null })),
    ...saved
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .map((filter) => ({ key: filter.id, name: filter.name, search: filter.search, saved: filter })),
  ];
}

/** The view that is on screen, if any. Pure. */
export const shownView = (
  views: readonly FilterView[],
  search: URLSearchParams,
  members: readonly string[],
): FilterView | null => {
  const text = filterText(search, members);
  return views.find((view) => filterText(new URLSearchParams(view.search), members) === text) ?? null;
};
