import type { RunSummaryView } from '@waybill/api-contract';
import { FastForward, Hourglass } from 'lucide-react';
import { useState } from 'react';
import { useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { Link } from '../../app/router.tsx';
import { Button } from '../../ui/Button.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { ReleaseDialog } from './ReleaseDialog.tsx';
import './ordering.css';

const REFRESH_MS = 5_000;

/** Why a run has not begun, and what can be done about it. */
export function QueuedNotice({ run }: { run: RunSummaryView }) {
  const mayAct = useMay()('runs.act');
  const [asking, setAsking] = useState(false);
  const reply = useApiQuery('getQueuedBehind', { params: { runId: run.id } }, { refetchInterval: REFRESH_MS });
  const behind = reply.data?.behind;
  if (!behind) return null;
  if (behind.for === 'place') {
    return (
      <p className="callout callout--waiting queued-notice" role="status">
        <Hourglass size={16} aria-hidden />
        <span>
          Waits for a place: this flow runs {behind.concurrency === 1 ? 'one' : behind.concurrency} at a time, and{' '}
          {behind.underWay} are under way.
        </span>
      </p>
    );
  }
  const { holder, orderingKey } = behind;
  return (
    <div className="callout callout--waiting row spread queued-notice" role="status">
      <span className="row">
        <Hourglass size={16} aria-hidden />
        <span>
          Waits behind{' '}
          <Link href={`/runs/${encodeURIComponent(holder.runId)}`}>{holder.businessKey ?? 'another run'}</Link>, because
          it {holder.reason} (since <RelativeTime at={holder.since} />
          ). Runs for “{orderingKey}” go one after another.
        </span>
      </span>
      {mayAct && (
        <Button small icon={FastForward} onClick={() => setAsking(true)}>
          Let the next one go…
        </Button>
      )}
      {asking && <ReleaseDialog held={{ ...behind, flowId: run.flowId }} onClose={() => setAsking(false)} />}
    </div>
  );
}
