import type { RunSummaryView } from '@waybill/api-contract';
import { ArrowRight, CirclePause, CirclePlay, CircleStop, CloudOff, Repeat, RotateCcw, Undo2 } from 'lucide-react';
import { useMay, useMe } from '../../api/session.ts';
import { Link, navigate } from '../../app/router.tsx';
import { Badge, StatusBadge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { durationWords } from '../../ui/time-words.ts';
import { AboutLink } from '../about/AboutLink.tsx';
import { RunningFor } from '../clock.tsx';
import { CopyButton } from '../data/CopyButton.tsx';
import { standsAt, starterWords, versionWords } from '../runs/run-words.ts';
import { RunExceptions } from './RunExceptions.tsx';
import type { RunAct } from './run-acts.ts';
import { mayReplay, runActs } from './run-acts.ts';

interface RunHeaderProps {
  run: RunSummaryView;
  /** The run that called this one. */
  parent: RunSummaryView | null;
  /** The newest run that repeats it: that one is gone on with. */
  repeat: RunSummaryView | null;
  doubtful: boolean;
  /** How much of what it did was taken back. */
  taken: 'all' | 'some' | null;
  /** Records that could not be used, or were refused. */
  recordErrors: number;
  onAct: (act: RunAct) => void;
  onReplay: () => void;
}

/** What run this is, how it stands, and what may be done to it. */
export function RunHeader({ run, parent, repeat, doubtful, taken, recordErrors, onAct, onReplay }: RunHeaderProps) {
  const may = useMay();
  const me = useMe();
  const allowed = runActs(run, repeat !== null);
  const acts = may('runs.act') && !doubtful;
  return (
    <header className="run-head">
      <div className="run-head__main">
        <div className="row">
          <h1 className="run-head__name" title={run.businessKey ?? run.flowName}>
            {run.businessKey ? <AboutLink businessKey={run.businessKey} /> : run.flowName}
          </h1>
          {doubtful ? (
            <Badge tone="waiting">
              <CloudOff size={12} aria-hidden /> Catching up; was {run.status}
            </Badge>
          ) : (
            <StatusBadge status={run.status} />
          )}
          {taken && <Badge tone="skipped">{taken === 'all' ? 'Taken back' : 'Partly taken back'}</Badge>}
          {recordErrors > 0 && (
            <Badge tone="failed">
              {recordErrors.toLocaleString()} record {recordErrors === 1 ? 'error' : 'errors'}
            </Badge>
          )}
          {run.mode === 'test' && <Badge tone="accent">Test</Badge>}
          <RunExceptions runId={run.id} seq={run.seq} />
        </div>
        <dl className="run-head__facts">
          <div>
            <dt>Flow</dt>
            <dd>
              <Link
                href={
                  run.versionNumber === null
                    ? `/flows/${run.flowId}`
                    : `/flows/${run.flowId}/versions?version=${run.versionNumber}`
                }
              >
                {run.flowName} {versionWords(run)}
              </Link>
            </dd>
          </div>
          <div>
            <dt>Started</dt>
            <dd>
              <RelativeTime at={run.acceptedAt} /> <span className="muted">by {starterWords(run, me.user.id)}</span>
            </dd>
          </div>
          <div>
            <dt>{run.finishedAt === null ? 'Open for' : 'Took'}</dt>
            <dd>
              {run.finishedAt === null ? (
                <RunningFor since={run.acceptedAt} />
              ) : (
                durationWords(run.finishedAt - run.acceptedAt)
              )}
            </dd>
          </div>
          <div>
            <dt>Correlation id</dt>
            <dd className="row run-head__id">
              <span className="mono truncate" title={run.correlationId}>
                {run.correlationId}
              </span>
              <CopyButton text={run.correlationId} label="Copy the correlation id" />
            </dd>
          </div>
          {run.parentRunId !== null && (
            <div>
              <dt>Called by</dt>
              <dd>
                <Link href={`/runs/${encodeURIComponent(run.parentRunId)}`}>
                  {parent ? `${parent.flowName}${parent.businessKey ? `, ${parent.businessKey}` : ''}` : 'another run'}
                </Link>
              </dd>
            </div>
          )}
        </dl>
        {run.errorWhat && run.status !== 'succeeded' && <p className="run-head__error">{standsAt(run)}</p>}
      </div>
      {acts && (
        <div className="row run-head__acts">
          {repeat && (
            <Button look="primary" icon={ArrowRight} onClick={() => navigate(`/runs/${encodeURIComponent(repeat.id)}`)}>
              Go to its repeat
            </Button>
          )}
          {allowed['retry-run'] && (
            <Button look="primary" icon={RotateCcw} onClick={() => onAct('retry-run')}>
              Retry run…
            </Button>
          )}
          {mayReplay(run, repeat) && (
            <Button icon={Repeat} onClick={onReplay}>
              Repeat…
            </Button>
          )}
          {allowed.resume && (
            <Button look="primary" icon={CirclePlay} onClick={() => onAct('resume')}>
              Resume
            </Button>
          )}
          {allowed.pause && (
            <Button icon={CirclePause} onClick={() => onAct('pause')}>
              Pause
            </Button>
          )}
          {allowed['take-back'] && taken !== 'all' && (
            <Button icon={Undo2} onClick={() => onAct('take-back')}>
              Take back effects…
            </Button>
          )}
          {allowed.cancel && (
            <Button look="danger" icon={CircleStop} onClick={() => onAct('cancel')}>
              Cancel run
            </Button>
          )}
        </div>
      )}
    </header>
  );
}
