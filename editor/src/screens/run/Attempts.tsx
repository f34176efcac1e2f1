import type { StepView } from '@waybill/api-contract';
import { Badge } from '../../ui/Badge.tsx';
import { durationWords } from '../../ui/time-words.ts';
import { Countdown, RunningFor } from '../clock.tsx';
import { ErrorWords } from './ErrorWords.tsx';

const looks = {
  running: { label: 'Under way', tone: 'running' },
  succeeded: { label: 'Succeeded', tone: 'done' },
  failed: { label: 'Failed', tone: 'failed' },
  waiting: { label: 'Began to wait', tone: 'waiting' },
} as const;

/** Every try of a step, newest first, with the clock of the next one. */
export function Attempts({ step, doubtful }: { step: StepView; doubtful: boolean }) {
  if (step.attempts.length === 0)
    return <p className="muted">No try is recorded: the step has not begun, or only computed.</p>;
  return (
    <ol className="attempts">
      {step.attempts.toReversed().map((attempt) => {
        const look = looks[attempt.outcome];
        return (
          <li key={attempt.attempt} className="attempts__one">
            <div className="row spread">
              <span className="row">
                <strong>Try {attempt.attempt}</strong>
                <Badge tone={look.tone}>{look.label}</Badge>
              </span>
              <span className="muted nowrap">
                {new Date(attempt.startedAt).toLocaleTimeString()}
                {attempt.endedAt !== null
                  ? ` · ${durationWords(attempt.endedAt - attempt.startedAt)}`
                  : attempt.outcome === 'running' && !doubtful && <RunningFor since={attempt.startedAt} />}
              </span>
            </div>
            {attempt.retryAt !== null && step.status === 'retrying' && attempt === step.attempts.at(-1) && (
              <p className="attempts__next">
                Next try in <Countdown until={attempt.retryAt} over="a moment" />
              </p>
            )}
            {attempt.error && <ErrorWords error={attempt.error} />}
          </li>
        );
      })}
    </ol>
  );
}
