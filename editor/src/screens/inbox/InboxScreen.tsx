import type { Task } from '@waybill/api-contract';
import { ArrowDown, ArrowUp, Check, CheckCheck, Hand, Inbox, MessageSquare, SquareCheck, X } from 'lucide-react';
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { api } from '../../api/client.ts';
import { useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import type { Command } from '../../app/commands.ts';
import { useCommands } from '../../app/commands.ts';
import { navigate, useSearch } from '../../app/router.tsx';
import type { ScreenProps } from '../../app/screens.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/States.tsx';
import { usePages } from '../use-pages.ts';
import { BulkBar } from './BulkBar.tsx';
import type { View } from './inbox-filter.ts';
import { emptyWords, filterOf, isNarrowed, queryOf } from './inbox-filter.ts';
import { TaskCard } from './TaskCard.tsx';
import { TaskDetail } from './TaskDetail.tsx';
import { TaskFilters } from './TaskFilters.tsx';
import { ViewList } from './ViewList.tsx';
import './inbox.css';

const bulkLimit = 100;
/** Views that are empty once everything is decided. */
const toDoViews: ReadonlySet<View> = new Set(['mine', 'groups', 'unassigned']);

/** Whose tasks, the tasks, and the chosen one. Live changes renew the lists; they never move what one looks at. */
export default function InboxScreen({ params }: ScreenProps) {
  const [search, setSearch] = useSearch();
  const may = useMay();
  const counts = useApiQuery('countTasks', {});
  const asked = search.get('view');
  // Most tasks are addressed to groups: start where there is something to do, and then stay there.
  const started = useRef<View | null>(null);
  if (started.current === null && counts.data && counts.data.mine + counts.data.groups > 0)
    started.current = counts.data.mine > 0 ? 'mine' : 'groups';
  const filter = filterOf(search, started.current ?? 'mine');
  const text = useDeferredValue(filter.text);
  const query = queryOf({ ...filter, text });
  const listKey = JSON.stringify(query);
  const pages = usePages<Task>(
    ['listTasks', query],
    (cursor) => api('listTasks', { query: { ...query, limit: 50, ...(cursor ? { cursor } : {}) } }),
    asked !== null || counts.data !== undefined || counts.error !== null,
  );
  const tasks = useMemo(() => pages.data ?? [], [pages.data]);
  const ids = useMemo(() => tasks.map((task) => task.id), [tasks]);
  // What is shown without being asked for stays shown when the list changes under it.
  const first = useRef({ listKey: '', id: null as string | null });
  if (pages.data && !pages.isPlaceholderData && (first.current.listKey !== listKey || first.current.id === null))
    first.current = { listKey, id: ids[0] ?? null };
  const selected = params['id'] ?? first.current.id;
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const tickedHere = useMemo(() => ids.filter((id) => ticked.has(id)), [ids, ticked]);
  const canTick = filter.status === 'open' && filter.view !== 'done' && may('tasks.decide');
  const tick = (id: string, on: boolean) =>
    setTicked((before) => {
      const next = new Set(before);
      if (on && next.size < bulkLimit) next.add(id);
      else next.delete(id);
      return next;
    });

  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    if (selected)
      list.current?.querySelector(`[data-task="${CSS.escape(selected)}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [selected]);

  const address = useMemo(
    () => (id: string) => `/inbox/${encodeURIComponent(id)}${search.size > 0 ? `?${search}` : ''}`,
    [search],
  );
  const tickRef = useRef<(id: string) => void>(() => undefined);
  tickRef.current = (id) => tick(id, !ticked.has(id));
  const commands = useMemo<Command[]>(() => {
    const move = (by: number) => {
      const at = selected === null ? -1 : ids.indexOf(selected);
      const next = ids[Math.min(ids.length - 1, Math.max(0, at + by))];
      if (next) navigate(address(next), { replace: true });
    };
    return [
      {
        id: 'inbox.next',
        label: 'Next task',
        group: 'Inbox',
        icon: ArrowDown,
        shortcuts: ['J'],
        enabled: () => ids.length > 0,
        perform: () => move(1),
      },
      {
        id: 'inbox.previous',
        label: 'Previous task',
        group: 'Inbox',
        icon: ArrowUp,
        shortcuts: ['K'],
        enabled: () => ids.length > 0,
        perform: () => move(-1),
      },
      ...[
        { id: 'inbox.approve', label: 'Approve this task', icon: Check, key: 'A', tone: 'positive' },
        { id: 'inbox.reject', label: 'Reject this task', icon: X, key: 'R', tone: 'negative' },
      ].map(({ id, label, icon, key, tone }) => ({
        id,
        label,
        group: 'Inbox',
        icon,
        shortcuts: [key],
        enabled: () => document.querySelector(`.decide [data-tone="${tone}"]`) !== null,
        // Opens the question; only its own button decides.
        perform: () => document.querySelector<HTMLElement>(`.decide [data-tone="${tone}"]`)?.click(),
      })),
      {
        id: 'inbox.comment',
        label: 'Comment on this task',
        group: 'Inbox',
        icon: MessageSquare,
        shortcuts: ['C'],
        enabled: () => document.querySelector('[data-act="comment"]') !== null,
        perform: () => document.querySelector<HTMLElement>('[data-act="comment"]')?.focus(),
      },
      {
        id: 'inbox.select',
        label: 'Select this task',
        group: 'Inbox',
        icon: SquareCheck,
        shortcuts: ['X'],
        enabled: () => canTick && selected !== null,
        perform: () => selected !== null && tickRef.current(selected),
      },
      {
        id: 'inbox.open',
        label: 'Go to the decision',
        group: 'Inbox',
        icon: CheckCheck,
        shortcuts: ['Enter'],
        enabled: () =>
          selected !== null &&
          !(document.activeElement instanceof HTMLButtonElement || document.activeElement instanceof HTMLAnchorElement),
        perform: () =>
          document
            .querySelector<HTMLElement>('.task-detail input, .task-detail textarea, .task-detail .decide button')
            ?.focus(),
      },
      {
        id: 'inbox.claim',
        label: 'Claim this task',
        group: 'Inbox',
        icon: Hand,
        shortcuts: ['T'],
        enabled: () => document.querySelector('[data-act="claim"]') !== null,
        perform: () => document.querySelector<HTMLElement>('[data-act="claim"]')?.click(),
      },
    ];
  }, [ids, selected, address, canTick]);
  useCommands('inbox', commands);

  return (
    <div className="inbox">
      <ViewList
        value={filter.view}
        counts={counts.data}
        onChange={(view) => {
          setTicked(new Set());
          navigate(`/inbox?${new URLSearchParams({ ...Object.fromEntries(search), view })}`);
        }}
      />
      <section className="inbox__list" aria-label="Tasks">
        <TaskFilters filter={filter} onChange={setSearch} />
        {pages.data === undefined ? (
          pages.error ? (
            <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />
          ) : (
            <SkeletonRows rows={8} />
          )
        ) : tasks.length === 0 ? (
          <EmptyState
            icon={Inbox}
            title={isNarrowed(filter) ? 'No task matches' : emptyWords[filter.view].title}
            actions={
              isNarrowed(filter) && (
                <Button onClick={() => setSearch({ q: null, kind: null, flow: null, overdue: null, status: null })}>
                  Clear the filters
                </Button>
              )
            }
          >
            {isNarrowed(filter) ? 'Try fewer letters, or fewer filters.' : emptyWords[filter.view].about}
          </EmptyState>
        ) : (
          <ul
            ref={list}
            className="inbox__cards"
            onScroll={({ currentTarget: box }) => {
              if (box.scrollTop + box.clientHeight > box.scrollHeight - 400) pages.loadMore();
            }}
          >
            {tasks.map((task) => (
              <TaskCard
                key={task.id}
                task={task}
                href={address(task.id)}
                selected={task.id === selected}
                tick={canTick ? { on: ticked.has(task.id), set: (on) => tick(task.id, on) } : undefined}
              />
            ))}
          </ul>
        )}
        {tickedHere.length > 0 && <BulkBar taskIds={tickedHere} onDone={() => setTicked(new Set())} />}
      </section>
      <div className="inbox__detail">
        {selected === null ? (
          <>
            <h1 className="sr-only">Inbox</h1>
            {pages.data && toDoViews.has(filter.view) && !isNarrowed(filter) && (
              <EmptyState icon={CheckCheck} title="All done">
                There is nothing left to decide in this view.
              </EmptyState>
            )}
          </>
        ) : (
          <TaskDetail
            key={selected}
            taskId={selected}
            isAddressed={params['id'] !== undefined}
            listed={ids}
            addressOf={address}
          />
        )}
      </div>
    </div>
  );
}
