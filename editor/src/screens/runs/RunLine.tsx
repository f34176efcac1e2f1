import type { RunSummaryView } from '@waybill/api-contract';
import { memo } from 'react';
import { Link } from '../../app/router.tsx';
import { Badge, StatusBadge } from '../../ui/Badge.tsx';
import { classNames } from '../../ui/class-names.ts';
import { RelativeTime } from '../../ui/Time.tsx';
import { durationWords } from '../../ui/time-words.ts';
import { AboutIcon } from '../about/AboutLink.tsx';
import { RunningFor } from '../clock.tsx';
import { noteWords, standsAt, versionWords } from './run-words.ts';

interface RunLineProps {
  run: RunSummaryView;
  /** Offset in the virtual list, px; absent in a plain list. */
  top?: number;
}

/** One run as a row; the whole row is its link. */
export const RunLine = memo(function RunLine({ run, top }: RunLineProps) {
  const failed = run.status === 'failed' || run.status === 'quarantined' || run.status === 'in-doubt';
  const note = noteWords(run);
  return (
    <li
      className="rows__one rows__grid runs__grid"
      {...(top === undefined ? {} : { style: { position: 'absolute', insetInline: 0, top } })}
    >
      <span>
        <StatusBadge status={run.status} />
      </span>
      <span className="row">
        <span className="clamp-2">
          <Link href={`/runs/${encodeURIComponent(run.id)}`} className="rows__open" title={run.businessKey ?? run.id}>
            {run.businessKey ?? <span className="mono muted">{run.id.slice(0, 18)}</span>}
          </Link>
        </span>
        {run.businessKey && <AboutIcon businessKey={run.businessKey} />}
      </span>
      <span className="runs__flow">
        <span className="truncate" title={run.flowName}>
          {run.flowName}
        </span>
        <span className="row">
          <span className="muted">{versionWords(run)}</span>
          {run.mode === 'test' && <Badge tone="accent">Test</Badge>}
        </span>
      </span>
      <span
        className={classNames('runs__stands clamp-2', failed && 'runs__stands--failed')}
        title={run.errorCode ? `${standsAt(run)} (${run.errorCode})` : standsAt(run)}
      >
        {note && <Badge tone={run.note === 'record-errors' ? 'failed' : 'skipped'}>{note}</Badge>} {standsAt(run)}
      </span>
      <span className="muted">
        <RelativeTime at={run.acceptedAt} />
      </span>
      <span className="num">
        {run.finishedAt !== null ? (
          durationWords(run.finishedAt - run.acceptedAt)
        ) : (
          <RunningFor since={run.acceptedAt} />
        )}
      </span>
    </li>
  );
});
