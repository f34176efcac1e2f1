import { BookOpenText, Lock } from 'lucide-react';
import { useLiveRuns } from '../../api/live.ts';
import { useCrumb } from '../../app/crumb.ts';
import { navigate } from '../../app/router.tsx';
import type { ScreenProps } from '../../app/screens.ts';
import { Badge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { Page } from '../../ui/Page.tsx';
import { EmptyState, Skeleton } from '../../ui/States.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { CopyButton } from '../data/CopyButton.tsx';
import { SameRecord } from './SameRecord.tsx';
import { StandingStrip } from './StandingStrip.tsx';
import { Story } from './Story.tsx';
import type { Standing } from './standing.ts';
import { standingOf } from './standing.ts';
import { isLoading, useAbout } from './use-about.ts';
import './about.css';

/** Everything about one business object: where it stands, where else it is kept, and what happened to it. */
export default function AboutScreen({ params: { key = '' } }: ScreenProps) {
  // Nothing of one object may be seen under the name of another.
  return <AboutObject key={key} businessKey={key} />;
}

function AboutObject({ businessKey }: { businessKey: string }) {
  useCrumb(businessKey);
  const about = useAbout(businessKey);
  const { runs, effects, tasks, exceptions } = about.lists;
  const asked = [runs, effects, tasks, exceptions].filter((list) => list !== null);
  if (asked.length === 0)
    return (
      <Page title={businessKey}>
        <EmptyState icon={Lock} title="This is not open to you">
          Your roles show you neither runs nor tasks. An administrator can add them under Settings, Users.
        </EmptyState>
      </Page>
    );
  const loading = [...asked, about.records].some((part) => part !== null && part.data === undefined && !part.error);
  const nothing =
    !loading && asked.every((list) => list.data?.length === 0) && (about.records?.data?.items.length ?? 0) === 0;
  const standing = asked.some(isLoading)
    ? null
    : standingOf({
        runs: runs?.data ?? null,
        runCount: about.runCounts?.data ? sum(about.runCounts.data.counts) : null,
        unknownWrites: about.effectCounts?.data?.counts.unknown ?? null,
        openTasks: about.openTasks,
        openExceptions: about.openExceptions,
      });
  return (
    <Page
      title={businessKey}
      about={nothing ? null : <StandingWords standing={standing} loading={asked.some(isLoading)} />}
      actions={<CopyButton text={businessKey} label="Copy the business key" />}
    >
      {about.mayRuns && <FollowRuns businessKey={businessKey} onNews={about.runsChanged} />}
      {nothing ? (
        <EmptyState
          icon={BookOpenText}
          title={`Nothing is known about “${businessKey}”`}
          actions={
            about.mayRuns && (
              <Button onClick={() => navigate(`/runs?${new URLSearchParams({ q: businessKey, in: 'prefix' })}`)}>
                Look for runs that begin with it
              </Button>
            )
          }
        >
          No run, write or task that you may see is about it. Check how it is spelled: capitals count.
        </EmptyState>
      ) : (
        <>
          <StandingStrip businessKey={businessKey} about={about} />
          <SameRecord businessKey={businessKey} records={about.records} />
          <Story about={about} />
        </>
      )}
    </Page>
  );
}

const sum = (counts: Partial<Record<string, number>>): number =>
  Object.values(counts).reduce<number>((total, count) => total + (count ?? 0), 0);

function StandingWords({ standing, loading }: { standing: Standing | null; loading: boolean }) {
  if (standing === null) return loading ? <Skeleton width={320} /> : null;
  return (
    <>
      <Badge tone={standing.tone} dot>
        Now
      </Badge>{' '}
      {standing.words}
      {standing.at !== null && (
        <span className="muted">
          , <RelativeTime at={standing.at} />
        </span>
      )}
    </>
  );
}

/** Apart, because only those who may see runs may follow them. */
function FollowRuns({ businessKey, onNews }: { businessKey: string; onNews: () => void }) {
  useLiveRuns({ businessKey }, onNews, onNews);
  return null;
}
