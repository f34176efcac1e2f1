import type { Effect, RunSummaryView } from '@waybill/api-contract';
import { useMay } from '../../api/session.ts';
import { Link } from '../../app/router.tsx';
import type { Tone } from '../../ui/Badge.tsx';
import { statusLooks } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { Skeleton } from '../../ui/States.tsx';
import { effectLooks, effectOrder } from '../effects/effect-words.ts';
import type { Pages } from '../use-pages.ts';
import type { About } from './use-about.ts';

interface Count {
  label: string;
  tone: Tone | undefined;
  count: number;
  /** There may be more. */
  atLeast?: boolean;
  href: string;
}

/** How much there is of what, each leading to the list that has it. */
export function StandingStrip({ businessKey, about }: { businessKey: string; about: About }) {
  const may = useMay();
  const { runCounts, effectCounts, lists } = about;
  const { tasks, exceptions } = lists;
  const seesAll = may('tasks.all');
  return (
    <div className="sheet about-strip">
      {runCounts && (
        <Counts
          title="Runs"
          none="No run"
          part={runCounts}
          counts={
            runCounts.data &&
            Object.entries(runCounts.data.counts).map(([name, count]): Count => {
              const status = name as RunSummaryView['status'];
              return {
                ...statusLooks[status],
                count,
                atLeast: runCounts.data?.atLeast.includes(status) ?? false,
                href: `/runs?${new URLSearchParams({ q: businessKey, in: 'key', status })}`,
              };
            })
          }
        />
      )}
      {effectCounts && (
        <Counts
          title="Writes"
          none="Nothing was written"
          part={effectCounts}
          counts={
            effectCounts.data &&
            effectOrder.map(
              (state): Count => ({
                tone: effectLooks[state].tone,
                label: stateLabel(state),
                count: effectCounts.data?.counts[state] ?? 0,
                href: `/effects?${new URLSearchParams({ key: businessKey, state })}`,
              }),
            )
          }
        />
      )}
      {tasks && (
        <Counts
          title={seesAll ? 'Tasks' : 'Tasks you may see'}
          none="None is open"
          part={partOf(tasks)}
          counts={openOf(about.openTasks, tasks, { tone: 'waiting', screen: '/inbox', view: 'all', businessKey })}
        />
      )}
      {exceptions && (
        <Counts
          title={seesAll || may('exceptions.all') ? 'Exceptions' : 'Exceptions you may see'}
          none="None is open"
          part={partOf(exceptions)}
          counts={openOf(about.openExceptions, exceptions, {
            tone: 'failed',
            screen: '/exceptions',
            view: 'list',
            businessKey,
          })}
        />
      )}
    </div>
  );
}

const stateLabel = (state: Effect['state']): string =>
  state === 'unknown' ? 'Nobody knows' : effectLooks[state].label;

const partOf = (list: Pages<unknown>): CountsProps['part'] => ({ error: list.error, refetch: list.refetch });

/** One that is open leads to itself, several to their list. */
function openOf(
  open: readonly { id: string }[] | null,
  { hasMore }: Pick<Pages<unknown>, 'hasMore'>,
  { tone, screen, view, businessKey }: { tone: Tone; screen: string; view: string; businessKey: string },
): Count[] | undefined {
  if (open === null) return undefined;
  const [only, another] = open;
  const href =
    only && !another && !hasMore
      ? `${screen}/${encodeURIComponent(only.id)}?${new URLSearchParams({ view })}`
      : `${screen}?${new URLSearchParams({ view, q: businessKey })}`;
  return [{ label: 'Open', tone, count: open.length, atLeast: hasMore, href }];
}

interface CountsProps {
  title: string;
  none: string;
  part: { error: unknown; refetch: () => Promise<unknown> };
  counts: Count[] | undefined;
}

function Counts({ title, none, part, counts }: CountsProps) {
  const shown = counts?.filter(({ count }) => count > 0);
  return (
    <section className="about-strip__part" aria-label={title}>
      <h2 className="label-caps">{title}</h2>
      {shown === undefined ? (
        part.error ? (
          <Button look="ghost" small onClick={() => void part.refetch()}>
            Could not be read. Try again
          </Button>
        ) : (
          <Skeleton width={120} />
        )
      ) : shown.length === 0 ? (
        <p className="muted">{none}</p>
      ) : (
        <ul className="chips">
          {shown.map(({ label, tone, count, atLeast, href }) => (
            <li key={label}>
              <Link href={href} className={classNames('chip', tone && `chip--${tone}`)}>
                <span className="chip__dot" aria-hidden />
                {label}
                <span className="chip__count">
                  {count.toLocaleString()}
                  {atLeast && '+'}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
