import type { RunSummaryView, StepView } from '@waybill/api-contract';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import { IconButton } from '../../ui/Button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { durationWords } from '../../ui/time-words.ts';
import { useNow } from '../clock.tsx';
import { isOver } from './run-store.ts';
import { StepGlyph } from './StepGlyph.tsx';
import type { StepRow } from './step-rows.ts';
import type { Span, TimeScale } from './time-scale.ts';
import { ticks, timeScale } from './time-scale.ts';

interface StepTableProps {
  run: RunSummaryView;
  rows: readonly StepRow[];
  titleOf: (nodeId: string) => string;
  selected: string | null;
  doubtful: boolean;
  compress: boolean;
  onSelect: (step: string) => void;
  onPick: (container: string, iteration: number) => void;
}

/** Steps in the order of the flow with their place in time: list and timeline in one. */
export function StepTable({ run, rows, titleOf, selected, doubtful, compress, onSelect, onPick }: StepTableProps) {
  const open = !isOver(run) && !doubtful;
  const now = useNow(open);
  const from = run.acceptedAt;
  const to = Math.max(
    run.finishedAt ?? (open ? now : run.updatedAt),
    from + 1,
    ...rows.map(({ view }) => view?.endedAt ?? 0),
  );
  const spans = rows.flatMap(({ view, iteration }) => (view && !iteration ? workOf(view, to) : []));
  const scale = timeScale(from, to, spans, compress);
  const onKeyDown = (event: KeyboardEvent) => {
    const delta = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (delta === 0) return;
    event.preventDefault();
    const at = rows.findIndex((row) => row.step === selected);
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + delta))];
    if (!next) return;
    onSelect(next.step);
    const line = event.currentTarget.querySelector<HTMLElement>(`[data-step="${CSS.escape(next.step)}"]`);
    line?.focus();
    line?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <section className="steps" aria-label="Steps" onKeyDown={onKeyDown}>
      <div className="steps__axis" aria-hidden>
        <span />
        <span className="steps__scale">
          {ticks(scale, from, to).map((tick) => (
            <span key={tick.offsetMs} style={{ left: `${tick.at * 100}%` }}>
              {tick.offsetMs === 0 ? '0' : `+${durationWords(tick.offsetMs)}`}
            </span>
          ))}
        </span>
        <span />
      </div>
      {rows.map((row) => (
        <div key={row.step} className={classNames('steps__line', row.step === selected && 'steps__line--on')}>
          <button
            type="button"
            aria-current={row.step === selected}
            data-step={row.step}
            tabIndex={row.step === selected || (selected === null && row === rows[0]) ? 0 : -1}
            className="steps__pick"
            onClick={() => onSelect(row.step)}
          >
            <span className="steps__name" style={{ paddingLeft: row.depth * 18 }}>
              <StepGlyph status={row.view?.status ?? 'pending'} still={doubtful} />
              <span className={classNames('truncate', !row.view && 'muted')}>{titleOf(row.nodeId)}</span>
            </span>
            <span className="steps__bars" aria-hidden>
              {row.view && <Bars view={row.view} scale={scale} end={to} container={row.iteration !== null} />}
              {scale.breaks.map((gap) => (
                <span
                  key={gap.from}
                  className="steps__break"
                  style={{ left: `${gap.at * 100}%` }}
                  title={`${durationWords(gap.to - gap.from)} of waiting, shortened`}
                />
              ))}
            </span>
            <span className="steps__took muted">{tookWords(row.view)}</span>
          </button>
          {/* A group that runs once has nothing to choose from. */}
          {row.iteration && row.iteration.total > 1 && <IterationPicker row={row} onPick={onPick} />}
        </div>
      ))}
    </section>
  );
}

/** Stretches in which something was done: a wait is not work. */
const workOf = (view: StepView, end: number): Span[] =>
  view.attempts.length > 0
    ? view.attempts
        .filter((attempt) => attempt.outcome !== 'waiting')
        .map((attempt) => ({ from: attempt.startedAt, to: attempt.endedAt ?? end }))
    : view.startedAt !== null
      ? [{ from: view.startedAt, to: view.endedAt ?? end }]
      : [];

function tookWords(view: StepView | null): string {
  if (!view || view.startedAt === null || view.endedAt === null) return '';
  const tries = view.attempts.length > 1 ? `${view.attempts.length} tries · ` : '';
  return tries + durationWords(view.endedAt - view.startedAt);
}

function Bars({ view, scale, end, container }: { view: StepView; scale: TimeScale; end: number; container: boolean }) {
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

function IterationPicker({ row, onPick }: { row: StepRow; onPick: StepTableProps['onPick'] }) {
  const { shown, total, failed } = row.iteration as NonNullable<StepRow['iteration']>;
  const go = (index: number) => onPick(row.step, Math.min(total - 1, Math.max(0, index)));
  const nextFailed = failed.find((index) => index > shown) ?? failed[0];
  return (
    <span className="iterations">
      <IconButton
        label="Iteration before"
        icon={ChevronLeft}
        small
        disabled={shown <= 0}
        onClick={() => go(shown - 1)}
      />
      <input
        className="input"
        type="number"
        aria-label="Iteration"
        min={1}
        max={total}
        value={shown + 1}
        onChange={(event) => event.target.value && go(Number(event.target.value) - 1)}
      />
      <span className="muted nowrap">of {total.toLocaleString()}</span>
      <IconButton
        label="Iteration after"
        icon={ChevronRight}
        small
        disabled={shown >= total - 1}
        onClick={() => go(shown + 1)}
      />
      {nextFailed !== undefined && (
        <button type="button" className="iterations__failed" onClick={() => go(nextFailed)}>
          {failed.length} failed
        </button>
      )}
    </span>
  );
}
