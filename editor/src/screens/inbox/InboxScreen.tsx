import type { Task } from '@waybill/api-contract';
import { ArrowDown, ArrowUp, CheckCheck, Hand, Inbox } from 'lucide-react';
import { useDeferredValue, useEffect, useMemo, useRef } from 'react';
import { api } from '../../api/client.ts';
import { useLiveEvent } from '../../api/live.ts';
import { useApiQuery } from '../../api/queries.ts';
import type { Command } from '../../app/commands.ts';
import { useCommands } from '../../app/commands.ts';
import { navigate, useSearch } from '../../app/router.tsx';
import type { ScreenProps } from '../../app/screens.ts';
import { SearchBox, Select } from '../../ui/Field.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/States.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { usePages } from '../use-pages.ts';
import { refreshTasks } from './refresh-tasks.ts';
import { TaskCard } from './TaskCard.tsx';
import { TaskDetail } from './TaskDetail.tsx';
import './inbox.css';

type View = 'mine' | 'groups' | 'unassigned' | 'all';
const views: readonly { value: View; label: string }[] = [
  { value: 'mine', label: 'Mine' },
  { value: 'groups', label: 'My groups' },
  { value: 'unassigned', label: 'Unclaimed' },
  { value: 'all', label: 'All' },
];
const statuses = [
  { value: 'open', label: 'Open' },
  { value: 'decided', label: 'Decided' },
  { value: 'expired', label: 'Expired' },
  { value: 'cancelled', label: 'Cancelled' },
];
const isView = (value: string | null): value is View => views.some((view) => view.value === value);

/**
 * What this screen chose by itself. It stays while the same list is looked at: news must not take a half-written
 * decision away, nor a decision the word that it was taken.
 */
interface Kept {
  listing: string;
  view: View;
  /** Null when the address names the task. */
  taskId: string | null;
}

/** Tasks on the left, the chosen one on the right. */
export default function InboxScreen({ params }: ScreenProps) {
  const [search, setSearch] = useSearch();
  const counts = useApiQuery('countTasks', {});
  const asked = search.get('view');
  // Most tasks are addressed to groups: start where there is something to do.
  const start: View = counts.data && counts.data.mine === 0 && counts.data.groups > 0 ? 'groups' : 'mine';
  const status = (search.get('status') ?? 'open') as Task['status'];
  const text = search.get('q') ?? '';
  const wanted = useDeferredValue(text);
  const listing = JSON.stringify([asked, status, wanted]);
  const kept = useRef<Kept | null>(null);
  const held = kept.current?.listing === listing ? kept.current : null;
  const view = isView(asked) ? asked : (held?.view ?? start);
  const query = { view, status, ...(wanted ? { text: wanted } : {}) };
  const pages = usePages<Task>(
    ['listTasks', query],
    (cursor) => api('listTasks', { query: { ...query, limit: 50, ...(cursor ? { cursor } : {}) } }),
    asked !== null || counts.data !== undefined || counts.error !== null,
  );
  const tasks = useMemo(() => pages.data ?? [], [pages.data]);
  const ids = useMemo(() => tasks.map((task) => task.id), [tasks]);
  const selected = params['id'] ?? held?.taskId ?? ids[0] ?? null;
  const isListed = pages.data !== undefined && !pages.isPlaceholderData;
  useEffect(() => {
    if (selected !== null && isListed) kept.current = { listing, view, taskId: params['id'] ? null : selected };
  }, [listing, view, selected, isListed, params['id']]);
  useLiveEvent('task-changed', () => void refreshTasks());

  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    if (selected)
      list.current?.querySelector(`[data-task="${CSS.escape(selected)}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [selected]);

  const address = useMemo(
    () => (id: string) => `/inbox/${encodeURIComponent(id)}${search.size > 0 ? `?${search}` : ''}`,
    [search],
  );
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
        shortcuts: ['C'],
        enabled: () => document.querySelector('[data-act="claim"]') !== null,
        perform: () => document.querySelector<HTMLElement>('[data-act="claim"]')?.click(),
      },
    ];
  }, [ids, selected, address]);
  useCommands('inbox', commands);

  return (
    <div className="inbox">
      <section className="inbox__list" aria-label="Tasks">
        <div className="inbox__tools">
          <Tabs
            label="Whose tasks"
            value={view}
            onChange={(next) => setSearch({ view: next })}
            tabs={views.map(({ value, label }) => ({
              value,
              label: (
                <>
                  {label} <span className="muted">{counts.data?.[value] ?? ''}</span>
                </>
              ),
            }))}
          />
          <div className="row inbox__filter">
            <SearchBox label="Search tasks" value={text} onChange={(q) => setSearch({ q })} />
            <span style={{ width: 116, flex: 'none' }}>
              <Select
                aria-label="Status"
                options={statuses}
                value={status}
                onChange={(next) => setSearch({ status: next === 'open' ? null : next })}
              />
            </span>
          </div>
        </div>
        {pages.data === undefined ? (
          pages.error ? (
            <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />
          ) : (
            <SkeletonRows rows={8} />
          )
        ) : tasks.length === 0 ? (
          <EmptyState
            icon={Inbox}
            title={text ? 'No task matches' : status === 'open' ? 'Nothing waits for you here' : 'None'}
          >
            {text
              ? 'Try fewer letters, or look under “All”.'
              : 'When a flow needs a decision, or cannot go on without a person, it shows up here by itself.'}
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
              <TaskCard key={task.id} task={task} href={address(task.id)} selected={task.id === selected} />
            ))}
          </ul>
        )}
      </section>
      <div className="inbox__detail">
        {selected === null ? (
          pages.data && (
            <EmptyState icon={CheckCheck} title="All done">
              There is nothing left to decide in this view.
            </EmptyState>
          )
        ) : (
          <TaskDetail key={selected} taskId={selected} listed={ids} addressOf={address} />
        )}
      </div>
    </div>
  );
}
