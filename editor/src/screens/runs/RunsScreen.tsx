import type { RunSummaryView } from '@waybill/api-contract';
import { ArrowUp, Play, X } from 'lucide-react';
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { useLiveRuns } from '../../api/live.ts';
import { useApiQuery } from '../../api/queries.ts';
import { useMe } from '../../api/session.ts';
import { navigate, useSearch } from '../../app/router.tsx';
import { Button } from '../../ui/Button.tsx';
import { Page } from '../../ui/Page.tsx';
import { EmptyState } from '../../ui/States.tsx';
import { BulkActions } from '../bulk/BulkActions.tsx';
import { HeldUpLink } from '../ordering/HeldUpLink.tsx';
import { RowList, rowPx } from '../RowList.tsx';
import { FilterViews } from '../saved-filters/FilterViews.tsx';
import { usePages } from '../use-pages.ts';
import { RunFilters } from './RunFilters.tsx';
import { RunLine } from './RunLine.tsx';
import { filterFromSearch, filterMembers, isFiltered, noFilter, queryOf, withoutStatus } from './run-filter.ts';
import { addNews, heldCount, NEWS_LIMIT, newsSince, noNews, releaseHeld, shownRuns } from './run-list.ts';
import { runViews } from './run-views.ts';
import './runs.css';

const COUNT_DELAY_MS = 600;

export default function RunsScreen() {
  const [search, setSearch] = useSearch();
  const filter = useMemo(() => filterFromSearch(search), [search]);
  const asked = useDeferredValue(filter);
  // The clock is read once per filter, so that paging asks one question to its end.
  const ownId = useMe().user.id;
  const query = useMemo(() => queryOf(asked, Date.now(), ownId), [asked, ownId]);
  const uncounted = useMemo(() => withoutStatus(query), [query]);
  const pages = usePages<RunSummaryView>(['listRuns', query], (cursor) =>
    api('listRuns', { query: { ...query, limit: 60, ...(cursor ? { cursor } : {}) } }),
  );
  const counts = useApiQuery('countRuns', { query: uncounted });
  const base = useMemo(() => pages.data ?? [], [pages.data]);

  const [news, setNews] = useState(noNews);
  const scroller = useRef<HTMLDivElement>(null);
  const atTop = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: news belongs to one question
  useEffect(() => setNews(noNews), [query]);

  const recount = useRef<ReturnType<typeof setTimeout> | null>(null);
  const countLater = useCallback(() => {
    recount.current ??= setTimeout(() => {
      recount.current = null;
      void queryClient.invalidateQueries({ queryKey: ['countRuns'] });
    }, COUNT_DELAY_MS);
  }, []);
  useEffect(() => () => clearTimeout(recount.current ?? undefined), []);

  const readAgain = () => {
    const before = news;
    void pages.refetch().then(() => setNews((now) => newsSince(now, before)));
    void queryClient.invalidateQueries({ queryKey: ['countRuns'] });
  };
  // Whether a run stands at a step only the server can say: what is listed is read again, at most once in a while.
  const reread = useRef<ReturnType<typeof setTimeout> | null>(null);
  const readLater = () => {
    reread.current ??= setTimeout(() => {
      reread.current = null;
      void pages.refetch();
      void queryClient.invalidateQueries({ queryKey: ['countRuns'] });
    }, COUNT_DELAY_MS);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is to be read belongs to one question
  useEffect(
    () => () => {
      clearTimeout(reread.current ?? undefined);
      reread.current = null;
    },
    [query],
  );
  useLiveRuns(
    uncounted,
    ({ runs }) => {
      if (filter.node) return readLater();
      if (news.latest.size + runs.length > NEWS_LIMIT) return readAgain();
      setNews((before) => addNews(before, runs, { base, statuses: filter.statuses, atTop: atTop.current }));
      countLater();
    },
    readAgain,
  );

  const rows = useMemo(
    () => shownRuns(base, news, { statuses: asked.statuses, hasMore: pages.hasMore }),
    [base, news, asked.statuses, pages.hasMore],
  );
  const waiting = heldCount(news, filter.statuses);
  const codes = useMemo(() => [...new Set(rows.flatMap((run) => run.errorCode ?? []))].sort(), [rows]);

  const onScroll = () => {
    const top = (scroller.current?.scrollTop ?? 0) < rowPx / 2;
    if (top && !atTop.current) setNews(releaseHeld);
    atTop.current = top;
  };
  const showNew = () => {
    setNews(releaseHeld);
    atTop.current = true;
    scroller.current?.scrollTo({ top: 0 });
  };

  return (
    <Page
      title="Runs"
      about="Every run of every flow, as it happens."
      actions={
        <>
          <HeldUpLink />
          <BulkActions query={query} />
        </>
      }
    >
      <FilterViews list="runs" own={runViews} members={filterMembers} search={search} onChange={setSearch} />
      <RunFilters
        filter={filter}
        counts={counts.data?.counts}
        atLeast={counts.data?.atLeast ?? []}
        codes={codes}
        onChange={setSearch}
      />
      <RowList
        label="Runs"
        pages={pages}
        rows={rows}
        keyOf={(run) => run.id}
        head={
          <div className="rows__head rows__grid runs__grid" aria-hidden>
            <span>Status</span>
            <span>Business key</span>
            <span>Flow</span>
            <span>Where it stands</span>
            <span>Started</span>
            <span className="num">Took</span>
          </div>
        }
        line={(run, top) => <RunLine key={run.id} run={run} top={top} />}
        empty={<NoRuns filtered={isFiltered(filter)} onClear={() => setSearch(noFilter)} />}
        scroller={scroller}
        onScroll={onScroll}
        above={
          waiting > 0 && (
            <button type="button" className="rows__new" onClick={showNew}>
              <ArrowUp size={14} aria-hidden />
              {waiting.toLocaleString()} new
            </button>
          )
        }
      />
    </Page>
  );
}

function NoRuns({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  return filtered ? (
    <EmptyState
      icon={Play}
      title="No run matches"
      actions={
        <Button icon={X} onClick={onClear}>
          Clear the filter
        </Button>
      }
    >
      Try another status, a longer time or fewer letters.
    </EmptyState>
  ) : (
    <EmptyState
      icon={Play}
      title="Nothing has run yet"
      actions={
        <Button look="primary" onClick={() => navigate('/flows')}>
          Open the flows
        </Button>
      }
    >
      Publish a flow and send its trigger something, or start it by hand in the editor. Runs show up here by themselves.
    </EmptyState>
  );
}
