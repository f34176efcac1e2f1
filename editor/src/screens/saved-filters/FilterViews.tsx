import type { SavedFilter } from '@waybill/api-contract';
import { BookmarkPlus, Ellipsis, Pencil, RefreshCw, Trash2, Users } from 'lucide-react';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import { Menu } from '../../ui/Menu.tsx';
import { toast, toastError } from '../../ui/toasts.ts';
import type { FilterView } from './filter-views.ts';
import { changesFor, filterText, shownView, viewsOf } from './filter-views.ts';
import { SaveFilterDialog } from './SaveFilterDialog.tsx';
import './saved-filters.css';

interface FilterViewsProps {
  list: SavedFilter['list'];
  /** Views that everybody has. */
  own: readonly Omit<FilterView, 'saved'>[];
  /** The members of the address that are filters. */
  members: readonly string[];
  search: URLSearchParams;
  onChange: (changes: Record<string, string | null>) => void;
}

const refresh = () => queryClient.invalidateQueries({ queryKey: ['listSavedFilters'] });

/** The views of a list: a press shows one; what is on screen can be kept under a name. */
export function FilterViews({ list, own, members, search, onChange }: FilterViewsProps) {
  const mayShare = useMay()('filters.share');
  const saved = useApiQuery('listSavedFilters', { query: { list } });
  const [asking, setAsking] = useState<{ filter: SavedFilter | null } | null>(null);
  const [last, setLast] = useState<SavedFilter | null>(null);
  const views = viewsOf(own, saved.data?.items ?? []);
  const shown = shownView(views, search, members);
  const text = filterText(search, members);
  const chosen = shown?.saved ?? null;
  // Changed after it was chosen: it can be replaced by what is on screen now.
  const changed = shown === null && last !== null && saved.data?.items.some((one) => one.id === last.id) ? last : null;
  const mine = (filter: SavedFilter) => filter.own || mayShare;

  const remove = async (filter: SavedFilter) => {
    try {
      await api('removeSavedFilter', { params: { filterId: filter.id } });
      await refresh();
      const { name, shared } = filter;
      toast(`“${name}” is removed.`, {
        action: {
          label: 'Undo',
          perform: () =>
            void api('saveFilter', { body: { list, name, search: filter.search, shared } }).then(refresh, toastError),
        },
      });
    } catch (error) {
      toastError(error);
    }
  };
  const replace = async (filter: SavedFilter) => {
    try {
      await api('changeSavedFilter', { params: { filterId: filter.id }, body: { search: text } });
      await refresh();
      toast(`“${filter.name}” now is what you see.`, {
        action: {
          label: 'Undo',
          perform: () =>
            void api('changeSavedFilter', {
              params: { filterId: filter.id },
              body: { search: filter.search },
            }).then(refresh, toastError),
        },
      });
    } catch (error) {
      toastError(error);
    }
  };

  return (
    <nav className="views" aria-label="Views of this list">
      <ul>
        {views.map((view) => (
          <li key={view.key}>
            <button
              type="button"
              className="views__one"
              aria-current={view.key === shown?.key}
              title={view.saved && !view.saved.own ? `Shared by ${view.saved.ownerName}` : view.name}
              onClick={() => {
                setLast(view.saved);
                onChange(changesFor(view, members));
              }}
            >
              {view.saved?.shared && <Users size={13} aria-label="Shared" />}
              <span className="truncate">{view.name}</span>
            </button>
          </li>
        ))}
      </ul>
      {changed && mine(changed) && (
        <Button small look="ghost" icon={RefreshCw} onClick={() => void replace(changed)}>
          Update “{changed.name}”
        </Button>
      )}
      {shown === null && text !== '' && (
        <Button small look="ghost" icon={BookmarkPlus} onClick={() => setAsking({ filter: null })}>
          Keep this filter…
        </Button>
      )}
      {chosen && mine(chosen) && (
        <Menu
          entries={[
            { label: 'Name and sharing…', icon: Pencil, perform: () => setAsking({ filter: chosen }) },
            { label: 'Remove', icon: Trash2, danger: true, perform: () => void remove(chosen) },
          ]}
        >
          <IconButton small icon={Ellipsis} label={`What to do with “${chosen.name}”`} />
        </Menu>
      )}
      {asking && <SaveFilterDialog list={list} search={text} filter={asking.filter} onClose={() => setAsking(null)} />}
    </nav>
  );
}
