import type { Exception, ExceptionGroup } from '@waybill/api-contract';
import { ArrowDown, ArrowLeft, ArrowUp, Pencil, RotateCcw, ShieldCheck } from 'lucide-react';
import { useDeferredValue, useEffect, useMemo, useRef } from 'react';
import { api } from '../../api/client.ts';
import { useApiQuery } from '../../api/queries.ts';
import type { Command } from '../../app/commands.ts';
import { useCommands } from '../../app/commands.ts';
import { navigate, useSearch } from '../../app/router.tsx';
import type { ScreenProps } from '../../app/screens.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState, ErrorState, ListState, SkeletonRows } from '../../ui/States.tsx';
import { usePages } from '../use-pages.ts';
import { AgeingStrip } from './AgeingStrip.tsx';
import { ExceptionCard, GroupCard } from './ExceptionCards.tsx';
import { ExceptionFilters } from './ExceptionFilters.tsx';
import { ExceptionPane } from './ExceptionPane.tsx';
import { exceptionsQuery } from './exception-query.ts';
import { isFiltered } from './exception-words.ts';
import { SumsView } from './SumsView.tsx';
import '../inbox/inbox.css';
import './exceptions.css';

/** Ages and sums on top, problems on the left, the chosen one on the right. */
export default function ExceptionsScreen({ params }: ScreenProps) {
  const [search, setSearch] = useSearch();
  const deferred = useDeferredValue(search);
  const query = useMemo(() => exceptionsQuery(deferred), [deferred]);
  const { view, order, filter } = query;
  const totals = useApiQuery('sumExceptions', { query: filter });

  const change = (changes: Record<string, string | null>) => {
    if (params['id'] && 'view' in changes)
      navigate(`/exceptions${search.size > 0 ? `?${search}` : ''}`, { replace: true });
    setSearch(changes);
  };
  return (
    <div className="exceptions">
      <header className="exceptions__head">
        <h1>Exceptions</h1>
        {totals.data && <AgeingStrip totals={totals.data} age={filter.age} sla={filter.sla} onChoose={change} />}
      </header>
      {view === 'sums' && !params['id'] ? (
        <div className="exceptions__sums">
          <ExceptionFilters query={query} search={search} totals={totals.data} onChange={change} />
          <ListState
            query={totals}
            isEmpty={(data) => data.count === 0}
            empty={<NothingOpen filtered={isFiltered(filter)} />}
          >
            {(data) => <SumsView totals={data} onChoose={change} />}
          </ListState>
        </div>
      ) : (
        <div className="inbox exceptions__panes">
          <section className="inbox__list" aria-label="Problems">
            <ExceptionFilters query={query} search={search} totals={totals.data} onChange={change} />
            {view === 'causes' && !params['id'] ? (
              <Causes filter={filter} onOpen={(cause) => change({ view: 'list', cause })} />
            ) : (
              <Problems
                filter={filter}
                order={order}
                selected={params['id'] ?? null}
                search={search}
                onBack={filter.fingerprint ? () => change({ view: 'causes', cause: null }) : null}
              />
            )}
          </section>
          <div className="inbox__detail">
            <Chosen id={params['id'] ?? null} view={view} isAny={(totals.data?.count ?? 0) > 0} />
          </div>
        </div>
      )}
    </div>
  );
}

/** @param isAny whether there is something to choose. */
function Chosen({ id, view, isAny }: { id: string | null; view: string; isAny: boolean }) {
  if (id) return <ExceptionPane key={id} id={id} />;
  if (!isAny) return null;
  return (
    <EmptyState icon={ShieldCheck} title={view === 'causes' ? 'Choose a cause' : 'Choose an exception'}>
      Exceptions with one cause can be resolved together. J and K move through the list.
    </EmptyState>
  );
}

function NothingOpen({ filtered }: { filtered: boolean }) {
  return (
    <EmptyState icon={ShieldCheck} title={filtered ? 'No exception matches' : 'No open exceptions'}>
      {filtered
        ? 'Clear the filters to see all.'
        : 'When a flow cannot do something by itself, it shows up here with its owner and what it is worth.'}
    </EmptyState>
  );
}

type Filter = ReturnType<typeof exceptionsQuery>['filter'];

function Causes({ filter, onOpen }: { filter: Filter; onOpen: (fingerprint: string) => void }) {
  const pages = usePages<ExceptionGroup>(['groupExceptions', filter], (cursor) =>
    api('groupExceptions', { query: { ...filter, limit: 50, ...(cursor ? { cursor } : {}) } }),
  );
  if (pages.data === undefined)
    return pages.error ? (
      <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />
    ) : (
      <SkeletonRows rows={8} />
    );
  if (pages.data.length === 0) return <NothingOpen filtered={isFiltered(filter)} />;
  return (
    <>
      <ul className="inbox__cards">
        {pages.data.map((group) => (
          <GroupCard key={group.fingerprint} group={group} onOpen={() => onOpen(group.fingerprint)} />
        ))}
      </ul>
      {pages.hasMore && (
        <p className="exceptions__more">
          <Button onClick={pages.loadMore} disabled={pages.loadingMore}>
            Show more causes
          </Button>
        </p>
      )}
    </>
  );
}

interface ProblemsProps {
  filter: Filter;
  order: ReturnType<typeof exceptionsQuery>['order'];
  selected: string | null;
  search: URLSearchParams;
  /** Back to all causes, when the list shows one of them. */
  onBack: (() => void) | null;
}

function Problems({ filter, order, selected, search, onBack }: ProblemsProps) {
  const query = { ...filter, order };
  const pages = usePages<Exception>(['listExceptions', query], (cursor) =>
    api('listExceptions', { query: { ...query, limit: 50, ...(cursor ? { cursor } : {}) } }),
  );
  const ids = useMemo(() => (pages.data ?? []).map((one) => one.id), [pages.data]);
  const address = useMemo(
    () => (id: string) => `/exceptions/${encodeURIComponent(id)}${search.size > 0 ? `?${search}` : ''}`,
    [search],
  );
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    if (selected)
      list.current?.querySelector(`[data-exception="${CSS.escape(selected)}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [selected]);
  // A wide screen shows the first one at once.
  useEffect(() => {
    if (selected === null && ids[0]) navigate(address(ids[0]), { replace: true });
  }, [selected, ids, address]);
  useCommands(
    'exceptions',
    useMemo(() => commandsOf(ids, selected, address), [ids, selected, address]),
  );
  if (pages.data === undefined)
    return pages.error ? (
      <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />
    ) : (
      <SkeletonRows rows={8} />
    );
  return (
    <>
      {onBack && (
        <p className="exceptions__back">
          <Button small look="ghost" icon={ArrowLeft} onClick={onBack}>
            All causes
          </Button>
        </p>
      )}
      {ids.length === 0 ? (
        <NothingOpen filtered={isFiltered(filter)} />
      ) : (
        <ul
          ref={list}
          className="inbox__cards"
          onScroll={({ currentTarget: box }) => {
            if (box.scrollTop + box.clientHeight > box.scrollHeight - 400) pages.loadMore();
          }}
        >
          {pages.data.map((one) => (
            <ExceptionCard key={one.id} one={one} href={address(one.id)} selected={one.id === selected} />
          ))}
        </ul>
      )}
    </>
  );
}

function commandsOf(ids: readonly string[], selected: string | null, address: (id: string) => string): Command[] {
  const move = (by: number) => {
    const at = selected === null ? -1 : ids.indexOf(selected);
    const next = ids[Math.min(ids.length - 1, Math.max(0, at + by))];
    if (next) navigate(address(next), { replace: true });
  };
  const control = (selector: string) => document.querySelector<HTMLElement>(selector);
  return [
    {
      id: 'exceptions.next',
      label: 'Next exception',
      group: 'Exceptions',
      icon: ArrowDown,
      shortcuts: ['J'],
      enabled: () => ids.length > 0,
      perform: () => move(1),
    },
    {
      id: 'exceptions.previous',
      label: 'Previous exception',
      group: 'Exceptions',
      icon: ArrowUp,
      shortcuts: ['K'],
      enabled: () => ids.length > 0,
      perform: () => move(-1),
    },
    {
      id: 'exceptions.fix',
      label: 'Go to the values',
      group: 'Exceptions',
      icon: Pencil,
      shortcuts: ['F'],
      enabled: () => control('.exception form input') !== null,
      perform: () => control('.exception form input')?.focus(),
    },
    {
      id: 'exceptions.retry',
      label: 'Try again as it is',
      group: 'Exceptions',
      icon: RotateCcw,
      shortcuts: ['R'],
      enabled: () => control('[data-act="retry"]') !== null,
      perform: () => control('[data-act="retry"]')?.click(),
    },
  ];
}
