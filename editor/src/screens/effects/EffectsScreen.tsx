import type { Effect } from '@waybill/api-contract';
import { ScrollText, X } from 'lucide-react';
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { useLiveRuns } from '../../api/live.ts';
import { useApiQuery } from '../../api/queries.ts';
import { useSearch } from '../../app/router.tsx';
import { Button } from '../../ui/Button.tsx';
import { Page } from '../../ui/Page.tsx';
import { EmptyState } from '../../ui/States.tsx';
import { RowList, rowPx } from '../RowList.tsx';
import { FilterViews } from '../saved-filters/FilterViews.tsx';
import { usePages } from '../use-pages.ts';
import { EffectDetail } from './EffectDetail.tsx';
import { EffectFilters } from './EffectFilters.tsx';
import { EffectHead, EffectLine } from './EffectLine.tsx';
import { effectFilterOf, effectMembers, effectQueryOf, noEffectFilter, withoutState } from './effect-filter.ts';
import { inOrder } from './effect-words.ts';
import './effects.css';

const NEWS_DELAY_MS = 1_500;

const effectViews = [
  { key: 'all', name: 'All', search: '' },
  { key: 'unknown', name: 'Nobody knows', search: 'state=unknown' },
  { key: 'planned', name: 'Not sent yet', search: 'state=planned' },
  { key: 'refused', name: 'Not written today', search: 'state=refused&range=today' },
] as const;

/** The ledger: every write to another system, by what became of it. */
export default function EffectsScreen() {
  const [search, setSearch] = useSearch();
  const filter = useMemo(() => effectFilterOf(search), [search]);
  const asked = useDeferredValue(filter);
  // The clock is read once per filter, so that paging asks one question to its end.
  const query = useMemo(() => effectQueryOf(asked, Date.now()), [asked]);
  const pages = usePages<Effect>(['listEffects', query], (cursor) =>
    api('listEffects', { query: { ...query, limit: 100, ...(cursor ? { cursor } : {}) } }),
  );
  const counts = useApiQuery('countEffects', { query: withoutState(query) });
  const [open, setOpen] = useState<Effect | null>(null);
  const story = asked.businessKey !== '';
  const rows = useMemo(() => (story ? inOrder(pages.data ?? []) : (pages.data ?? [])), [pages.data, story]);

  const scroller = useRef<HTMLDivElement>(null);
  const soon = useRef<ReturnType<typeof setTimeout> | null>(null);
  const readAgain = () => {
    soon.current ??= setTimeout(() => {
      soon.current = null;
      void queryClient.invalidateQueries({ queryKey: ['countEffects'] });
      // A reader who has scrolled keeps the rows where they are.
      if ((scroller.current?.scrollTop ?? 0) < rowPx) void pages.refetch();
    }, NEWS_DELAY_MS);
  };
  useEffect(() => () => clearTimeout(soon.current ?? undefined), []);
  useLiveRuns({}, readAgain, readAgain);

  const filtered = Object.keys(query).length > 0;

  return (
    <Page
      title="Effects"
      about={
        story
          ? `Everything that was written for ${asked.businessKey}, in order, across all systems.`
          : 'Every change in another system: planned, sent, confirmed or taken back.'
      }
    >
      <FilterViews list="effects" own={effectViews} members={effectMembers} search={search} onChange={setSearch} />
      <EffectFilters filter={filter} filtered={filtered} counts={counts.data?.counts} onChange={setSearch} />
      <RowList
        label="Effects"
        pages={pages}
        rows={rows}
        keyOf={(effect) => effect.effectKey}
        head={<EffectHead />}
        line={(effect, top) => (
          <EffectLine
            key={effect.effectKey}
            effect={effect}
            top={top}
            selected={effect.effectKey === open?.effectKey}
            onOpen={setOpen}
          />
        )}
        empty={<NoEffects filtered={filtered} onClear={() => setSearch(noEffectFilter)} />}
        // A story is told from its beginning, so all of it must be there.
        whole={story}
        scroller={scroller}
      />
      {open && <EffectDetail effect={open} onClose={() => setOpen(null)} />}
    </Page>
  );
}

function NoEffects({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  return filtered ? (
    <EmptyState
      icon={ScrollText}
      title="No write matches"
      actions={
        <Button icon={X} onClick={onClear}>
          Clear the filter
        </Button>
      }
    >
      Try another state, a longer time or fewer letters.
    </EmptyState>
  ) : (
    <EmptyState icon={ScrollText} title="Nothing has been written yet">
      As soon as a run changes something in another system, it is listed here with what became of it.
    </EmptyState>
  );
}
