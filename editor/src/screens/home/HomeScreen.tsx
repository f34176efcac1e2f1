import type { RunSummaryView } from '@waybill/api-contract';
import type { LucideIcon } from 'lucide-react';
import { ArrowRight, Cable, Check, Play, Rocket, Workflow } from 'lucide-react';
import { useMemo, useRef } from 'react';
import { queryClient } from '../../api/client.ts';
import { useLiveRuns } from '../../api/live.ts';
import { useApiQuery } from '../../api/queries.ts';
import { useMay, useMe } from '../../api/session.ts';
import { Link } from '../../app/router.tsx';
import { statusLooks } from '../../ui/Badge.tsx';
import { classNames } from '../../ui/class-names.ts';
import { Page } from '../../ui/Page.tsx';
import { ListState, SkeletonRows } from '../../ui/States.tsx';
import { TaskCard } from '../inbox/TaskCard.tsx';
import { RunLine } from '../runs/RunLine.tsx';
import { SimulatedSystems } from './SimulatedSystems.tsx';
import '../inbox/inbox.css';
import '../runs/runs.css';
import './home.css';

const tiles: readonly RunSummaryView['status'][] = ['running', 'waiting', 'in-doubt', 'failed', 'succeeded'];
const troubled = 'failed,in-doubt,quarantined,paused';
const REFRESH_MS = 2_000;

/** What needs a person, and how the day goes. */
export default function HomeScreen() {
  const may = useMay();
  const me = useMe();
  const system = useApiQuery('system', {}, { staleTime: 60_000 });
  const simulators = system.data?.simulators ?? [];
  return (
    <Page title={greeting(me.user.name)} about={`${me.workspace.name}, ${me.workspace.environment}`}>
      {may('flows.edit') && <FirstSteps />}
      {may('runs.read') && <Today />}
      {(may('runs.read') || may('tasks.read')) && (
        <div className="home">
          {may('runs.read') && <Troubled />}
          {may('tasks.read') && <MyTasks />}
        </div>
      )}
      {simulators.length > 0 && <SimulatedSystems simulators={simulators} />}
    </Page>
  );
}

function greeting(name: string): string {
  const hour = new Date().getHours();
  const part = hour < 5 ? 'Hello' : hour < 12 ? 'Good morning' : hour < 18 ? 'Good afternoon' : 'Good evening';
  return `${part}, ${name.split(' ')[0] ?? name}`;
}

function Today() {
  const from = useMemo(() => new Date().setHours(0, 0, 0, 0), []);
  const counts = useApiQuery('countRuns', { query: { mode: 'live', from } });
  const last = useRef(0);
  const again = () => {
    const now = Date.now();
    const wait = Math.max(0, last.current + REFRESH_MS - now);
    if (last.current > now) return;
    last.current = now + wait;
    setTimeout(() => {
      for (const route of ['countRuns', 'listRuns']) void queryClient.invalidateQueries({ queryKey: [route] });
    }, wait);
  };
  useLiveRuns({ mode: 'live', from }, again, again);
  return (
    <section aria-label="Runs today">
      <h2 className="label-caps home__caps">Runs today</h2>
      <ul className="home__tiles">
        {tiles.map((status) => {
          const look = statusLooks[status];
          const count = counts.data?.counts[status] ?? 0;
          return (
            <li key={status}>
              <Link
                href={`/runs?status=${status}&range=today&mode=live`}
                className={classNames('sheet tile', look.tone && `tile--${look.tone}`, count === 0 && 'tile--none')}
              >
                <strong>{counts.data ? count.toLocaleString() : '–'}</strong>
                <span>{look.label}</span>
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Troubled() {
  const runs = useApiQuery('listRuns', { query: { status: troubled, mode: 'live', limit: 8 } });
  return (
    <section className="sheet home__panel" aria-label="Runs that need attention">
      <header>
        <h2>Needs attention</h2>
        <Link href={`/runs?status=${troubled}&mode=live`}>
          All <ArrowRight size={13} aria-hidden />
        </Link>
      </header>
      <ListState
        query={runs}
        loading={<SkeletonRows rows={4} />}
        isEmpty={(page) => page.items.length === 0}
        empty={<Nothing>No run failed or stands in doubt.</Nothing>}
      >
        {(page) => (
          <ul className="home__runs">
            {page.items.map((run) => (
              <RunLine key={run.id} run={run} />
            ))}
          </ul>
        )}
      </ListState>
    </section>
  );
}

function MyTasks() {
  const mine = useApiQuery('listTasks', { query: { view: 'mine', limit: 6 } });
  const groups = useApiQuery('listTasks', { query: { view: 'groups', limit: 6 } });
  const seen = new Map([...(mine.data?.items ?? []), ...(groups.data?.items ?? [])].map((task) => [task.id, task]));
  const tasks = [...seen.values()].sort((a, b) => (a.dueAt ?? Infinity) - (b.dueAt ?? Infinity)).slice(0, 6);
  return (
    <section className="sheet home__panel" aria-label="Tasks for you">
      <header>
        <h2>For you to decide</h2>
        <Link href="/inbox">
          Inbox <ArrowRight size={13} aria-hidden />
        </Link>
      </header>
      <ListState
        // Both, so that nothing is called empty before all of it is read.
        query={mine.data === undefined ? mine : groups}
        loading={<SkeletonRows rows={4} />}
        isEmpty={() => tasks.length === 0}
        empty={<Nothing>Nothing waits for you.</Nothing>}
      >
        {() => (
          <ul>
            {tasks.map((task) => (
              <TaskCard key={task.id} task={task} href={`/inbox/${encodeURIComponent(task.id)}`} selected={false} />
            ))}
          </ul>
        )}
      </ListState>
    </section>
  );
}

const Nothing = ({ children }: { children: string }) => (
  <p className="home__nothing">
    <Check size={16} aria-hidden /> {children}
  </p>
);

/** The way to the first run; gone once something has run. */
function FirstSteps() {
  const may = useMay();
  const flows = useApiQuery('listFlows', { query: { limit: 5 } });
  const runs = useApiQuery('listRuns', { query: { limit: 1 } }, { enabled: may('runs.read') });
  const mayConnect = may('connections.read');
  const connections = useApiQuery('listConnections', { query: { limit: 1 } }, { enabled: mayConnect });
  if (!flows.data || !runs.data || runs.data.items.length > 0) return null;
  const published = flows.data.items.find((flow) => flow.publishedVersion !== null);
  const steps: { icon: LucideIcon; title: string; about: string; href: string; done: boolean }[] = [
    ...(mayConnect
      ? [
          {
            icon: Cable,
            title: 'Connect a system',
            about: 'Address and secrets of one account, sealed.',
            href: '/connections',
            done: (connections.data?.items.length ?? 0) > 0,
          },
        ]
      : []),
    {
      icon: Workflow,
      title: 'Draw a flow',
      about: 'From what happens to what should follow.',
      href: '/flows',
      done: flows.data.items.length > 0,
    },
    {
      icon: Rocket,
      title: 'Publish it',
      about: 'Only a published version runs for real.',
      href: '/flows',
      done: published !== undefined,
    },
    {
      icon: Play,
      title: 'See it run',
      about: 'Set off its trigger, or start it by hand.',
      href: published ? `/flows/${published.id}` : '/flows',
      done: false,
    },
  ];
  return (
    <section aria-label="First steps">
      <h2 className="label-caps home__caps">First steps</h2>
      <ol className="home__steps">
        {steps.map((step) => (
          <li key={step.title}>
            <Link href={step.href} className={classNames('sheet first-step', step.done && 'first-step--done')}>
              {step.done ? <Check size={18} aria-label="Done" /> : <step.icon size={18} aria-hidden />}
              <span>
                <strong>{step.title}</strong>
                <span className="muted">{step.about}</span>
              </span>
            </Link>
          </li>
        ))}
      </ol>
    </section>
  );
}
