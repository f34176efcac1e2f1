import type { StepView } from '@waybill/api-contract';
import type { TimeScale } from './time-scale.ts';

interface StepBarsProps {
  view: StepView;
  scale: TimeScale;
  /** Where what is not over yet ends, epoch ms. */
  end: number;
  container: boolean;
}

/** A step on the timeline: its tries, and the waiting around them. */
export function StepBars({ view, scale, end, container }: StepBarsProps) {
  const bar = (from: number, to: number, look: string, key: string) => {
    const left = scale.at(from);
    return (
      <span
        key={key}
        className={`bar bar--${look}`}
        style={{ left: `${left * 100}%`, width: `max(3px, ${(scale.at(to) - left) * 100}%)` }}
      />
    );
  };
  if (view.startedAt === null) return null;
  if (container) return bar(view.startedAt, view.endedAt ?? end, 'container', 'container');
  const open = view.status === 'waiting' || view.status === 'in-doubt' || view.status === 'retrying';
  const ended = view.endedAt ?? (open || view.status === 'running' ? end : view.startedAt);
  const whole = bar(view.startedAt, ended, 'wait', 'whole');
  if (view.attempts.length === 0)
    return bar(view.startedAt, ended, view.status === 'succeeded' ? 'succeeded' : view.status, 'only');
  return (
    <>
      {whole}
      {view.attempts
        .filter((attempt) => attempt.outcome !== 'waiting')
        .map((attempt) =>
          bar(attempt.startedAt, attempt.endedAt ?? end, attempt.outcome, `attempt-${attempt.attempt}`),
        )}
    </>
  );
}
