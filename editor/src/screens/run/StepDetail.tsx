import type { RunSummaryView, StepData, StepView } from '@waybill/api-contract';
import { CircleHelp, ListX, Repeat, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { useMay } from '../../api/session.ts';
import { Badge, StatusBadge, statusLooks } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { ErrorState, SkeletonRows } from '../../ui/States.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { durationWords } from '../../ui/time-words.ts';
import { RunningFor } from '../clock.tsx';
import { CopyButton } from '../data/CopyButton.tsx';
import { ValueView } from '../data/ValueView.tsx';
import { Attempts } from './Attempts.tsx';
import { ErrorWords } from './ErrorWords.tsx';
import { HiddenValues } from './HiddenValues.tsx';
import { LogLines } from './LogLines.tsx';
import { noOutputWords } from './no-output.ts';
import { RecordProgress } from './RecordProgress.tsx';
import type { StepAct } from './run-acts.ts';
import { mayReplay, stepActs } from './run-acts.ts';
import { StepEdits } from './StepEdits.tsx';
import { StepUndo } from './StepUndo.tsx';
import { StepWait } from './StepWait.tsx';
import { StreamRecords } from './StreamRecords.tsx';
import { useStepData } from './use-run.ts';

interface StepDetailProps {
  run: RunSummaryView;
  /** The newest run that repeats it. */
  repeat: RunSummaryView | null;
  step: StepView;
  /** What the step does, as the node panel calls it; null where that is not known. */
  kind: string | null;
  /** Where it is among the iterations around it; null where nothing runs more than once. */
  iteration: string | null;
  /** The server may know more than this page. */
  doubtful: boolean;
  onAct: (act: StepAct) => void;
  onReplay: () => void;
}

type Part = 'output' | 'input' | 'params' | 'records' | 'attempts' | 'log';

/** Everything known about one step: how it stands, why, its data, and what may be done. */
export function StepDetail({ run, repeat, step, kind, iteration, doubtful, onAct, onReplay }: StepDetailProps) {
  const may = useMay();
  const mayData = may('runs.data');
  const [part, setPart] = useState<Part>('output');
  const [full, setFull] = useState(false);
  const [revealed, setRevealed] = useState<StepData | null>(null);
  const data = useStepData(run.id, step.step, step.seq, mayData, full);
  const allowed = stepActs(run, step, repeat !== null);
  const replayable = mayReplay(run, repeat);
  const acts = may('runs.act') && !doubtful;
  const took = step.startedAt !== null && step.endedAt !== null ? step.endedAt - step.startedAt : null;
  const log = data.data?.log ?? [];
  return (
    <section className="step-detail" aria-label={`Step ${step.title}`}>
      <header className="step-detail__head">
        <div className="row spread">
          <h2 className="step-detail__name" title={step.title}>
            {step.title}
          </h2>
          {doubtful && step.endedAt === null ? (
            <Badge tone="waiting">Was {statusLooks[step.status].label.toLowerCase()}</Badge>
          ) : (
            <StatusBadge status={step.status} />
          )}
        </div>
        <p className="muted step-detail__facts">
          <span title={step.nodeType}>{kind ?? step.nodeType}</span>
          {iteration !== null && <span>Iteration {iteration}</span>}
          {took !== null ? (
            <span>Took {durationWords(took)}</span>
          ) : (
            step.startedAt !== null &&
            step.status === 'running' &&
            !doubtful && (
              <span>
                For <RunningFor since={step.startedAt} />
              </span>
            )
          )}
          {step.port !== null && step.port !== 'done' && <span>Left by “{step.port}”</span>}
          {step.sent && step.sent.refused > 0 && (
            <span className="record-progress__errors">
              {step.sent.refused.toLocaleString()} of {step.sent.records.toLocaleString()} records refused by the system
            </span>
          )}
        </p>
        {acts && (allowed.retry || allowed.skip || allowed.resolve || replayable) && (
          <div className="row step-detail__acts">
            {allowed.resolve && (
              <Button small look="primary" icon={CircleHelp} onClick={() => onAct('resolve')}>
                Say what happened…
              </Button>
            )}
            {allowed.retry && (
              <Button
                small
                {...(step.status === 'failed' ? { look: 'primary' as const } : {})}
                icon={RotateCcw}
                onClick={() => onAct('retry')}
              >
                {step.status === 'succeeded' ? 'Run again from here…' : 'Retry…'}
              </Button>
            )}
            {replayable && (
              <Button small icon={Repeat} onClick={onReplay}>
                Repeat from here…
              </Button>
            )}
            {allowed.skip && (
              <Button small icon={ListX} onClick={() => onAct('skip')}>
                Skip…
              </Button>
            )}
          </div>
        )}
      </header>
      <div className="step-detail__body">
        {step.error && (step.status === 'failed' || step.status === 'retrying') && <ErrorWords error={step.error} />}
        {step.undo && <StepUndo undo={step.undo} />}
        {step.waiting && <StepWait waiting={step.waiting} status={step.status} />}
        <RecordProgress step={step} doubtful={doubtful} />
        {step.effectKey !== null && (
          <div className="effect-key">
            <span className="label-caps">Effect key</span>
            <code className="truncate" title={step.effectKey}>
              {step.effectKey}
            </code>
            <CopyButton text={step.effectKey} label="Copy the effect key" />
          </div>
        )}
        <Tabs
          label="Parts of the step"
          value={part}
          onChange={(next) => setPart(next as Part)}
          tabs={[
            { value: 'output', label: 'Output' },
            { value: 'input', label: 'Input' },
            { value: 'params', label: 'Parameters' },
            ...(step.records ? [{ value: 'records', label: 'Records' }] : []),
            { value: 'attempts', label: `Attempts${step.attempts.length > 1 ? ` ${step.attempts.length}` : ''}` },
            { value: 'log', label: `Log${log.length > 0 ? ` ${log.length}` : ''}` },
          ]}
        />
        {part === 'attempts' ? (
          <Attempts step={step} doubtful={doubtful} />
        ) : !mayData ? (
          <p className="muted">Your roles show how a run went, but not the data in it.</p>
        ) : part === 'records' ? (
          <StreamRecords runId={run.id} step={step} />
        ) : data.error ? (
          <ErrorState error={data.error} onRetry={() => void data.refetch()} />
        ) : !data.data ? (
          <SkeletonRows rows={4} />
        ) : part === 'log' ? (
          <LogLines lines={log} />
        ) : (
          <>
            {data.data.truncated && (
              <p className="callout">
                <span>Large values are cut for display.</span>
                {!full && (
                  <Button small look="ghost" onClick={() => setFull(true)}>
                    Load everything
                  </Button>
                )}
              </p>
            )}
            <HiddenValues
              key={`${step.step} ${step.seq}`}
              runId={run.id}
              step={step.step}
              hidden={data.data.hidden}
              onShown={setRevealed}
            />
            {part === 'input' && <StepEdits edits={(revealed ?? data.data).edits} />}
            <ValueView
              key={part}
              value={(revealed ?? data.data)[part]}
              empty={part === 'output' ? noOutputWords(step.status) : emptyWords[part]}
            />
          </>
        )}
      </div>
    </section>
  );
}

const emptyWords = {
  input: 'No input is recorded for this step.',
  params: 'The step has no parameters.',
} as const;
