import type { RunDetail, RunSummaryView } from '@waybill/api-contract';
import { Repeat } from 'lucide-react';
import { useState } from 'react';
import { useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { Link } from '../../app/router.tsx';
import { StatusBadge } from '../../ui/Badge.tsx';
import { ListState, SkeletonRows } from '../../ui/States.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { ChangeList } from '../data/ChangeList.tsx';
import { valueChanges } from '../data/value-changes.ts';
import '../data/data.css';

interface RepeatOfProps {
  runId: string;
  replay: NonNullable<RunDetail['replay']>;
  /** That run, where it is known. */
  repeated: RunSummaryView | null;
  titleOf: (nodeId: string) => string;
}

/** For a run that repeats another: which one, from where, why, and what was changed in its data. */
export function RepeatOf({ runId, replay, repeated, titleOf }: RepeatOfProps) {
  const mayData = useMay()('runs.data');
  const [open, setOpen] = useState(false);
  const nodeId = replay.from?.split('/').at(-1);
  return (
    <section className="run-repeat" aria-label="Repeats another run">
      <p>
        <Repeat size={14} aria-hidden /> Repeats{' '}
        <Link href={`/runs/${encodeURIComponent(replay.of)}`}>an earlier run</Link>
        {repeated && (
          <>
            , started <RelativeTime at={repeated.acceptedAt} /> <StatusBadge status={repeated.status} />
          </>
        )}
        {nodeId !== undefined && `, from “${titleOf(nodeId)}” on`}
        {replay.effects === 'write-again' ? ', writing everything again' : ', leaving alone what is written'}.{' '}
        <span className="muted">
          {replay.by}: {replay.reason}
        </span>
      </p>
      {replay.edited && mayData && (
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>Its input was changed: what and how</summary>
          {open && <Edit runId={runId} />}
        </details>
      )}
    </section>
  );
}

function Edit({ runId }: { runId: string }) {
  const edit = useApiQuery('getReplayEdit', { params: { runId } }, { staleTime: Number.POSITIVE_INFINITY });
  return (
    <ListState
      query={edit}
      loading={<SkeletonRows rows={2} />}
      isEmpty={(found) => found === null || valueChanges(found.before, found.after).length === 0}
      empty={<p className="muted">The input was given anew, and is the same as before.</p>}
    >
      {(found) =>
        found && <ChangeList label="What was changed in the input" changes={valueChanges(found.before, found.after)} />
      }
    </ListState>
  );
}
