import { useVirtualizer } from '@tanstack/react-virtual';
import type { RunSummaryView, StepView } from '@waybill/api-contract';
import type { KeyboardEvent } from 'react';
import { useEffect, useRef, useState } from 'react';
import { classNames } from '../../ui/class-names.ts';
import { durationWords } from '../../ui/time-words.ts';
import { useNow } from '../clock.tsx';
import { IterationPicker } from './IterationPicker.tsx';
import { isOver } from './run-store.ts';
import { StepBars } from './StepBars.tsx';
import { StepGlyph } from './StepGlyph.tsx';
import type { StepRow } from './step-rows.ts';
import { panBy, shownMoments, wholeLine, zoomedScale } from './step-zoom.ts';
import type { Span } from './time-scale.ts';
import { ticks, timeScale } from './time-scale.ts';
import { useWheelZoom } from './use-wheel-zoom.ts';
import { ZoomButtons } from './ZoomButtons.tsx';

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

const ROW_PX = 32;
/** What stays above the rows while they scroll: the heading of the pane and the axis. */
const STICKY_PX = 70;

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
  const [zoom, setZoom] = useState(wholeLine);
  const scale = zoomedScale(timeScale(from, to, spans, compress), zoom);
  const axis = useWheelZoom(setZoom);
  const list = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => list.current?.closest('.run__lower') ?? null,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]?.step ?? index,
    scrollMargin: STICKY_PX,
    scrollPaddingStart: STICKY_PX,
    overscan: 10,
  });
  /** The step that the keyboard went to, until its row is there to take the focus. */
  const goingTo = useRef<string | null>(null);
  useEffect(() => {
    if (goingTo.current === null) return;
    const line = list.current?.querySelector<HTMLElement>(`[data-step="${CSS.escape(goingTo.current)}"]`);
    if (!line) return;
    goingTo.current = null;
    line.focus({ preventScroll: true });
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const aside = event.key === 'ArrowRight' ? 0.25 : event.key === 'ArrowLeft' ? -0.25 : 0;
    if (aside !== 0 && !(event.target instanceof HTMLInputElement)) setZoom((before) => panBy(before, aside));
    const delta = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (delta === 0) return;
    event.preventDefault();
    const at = rows.findIndex((row) => row.step === selected);
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + delta))];
    if (!next) return;
    onSelect(next.step);
    goingTo.current = next.step;
    virtual.scrollToIndex(rows.indexOf(next));
  };
  // One row takes part in the tab order: the chosen one while it is in sight, else the first that is.
  const inSight = virtual.getVirtualItems().map(({ index }) => rows[index]?.step ?? null);
  const tabStop = inSight.includes(selected) ? selected : (inSight[0] ?? null);
  return (
    <section className="steps" aria-label="Steps" onKeyDown={onKeyDown}>
      <div className="steps__axis" ref={axis}>
        <ZoomButtons zoom={zoom} onChange={setZoom} />
        <span className="steps__scale" data-zooms aria-hidden>
          {ticks(scale, from, shownMoments(scale, from, to)).map((tick) => (
            <span key={tick.offsetMs} style={{ left: `${tick.at * 100}%` }}>
              {tick.offsetMs === 0 ? '0' : `+${durationWords(tick.offsetMs)}`}
            </span>
          ))}
        </span>
        <span />
      </div>
      <div ref={list} className="steps__rows" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          return (
            row && (
              <div
                key={row.step}
                className={classNames('steps__line', row.step === selected && 'steps__line--on')}
                style={{ top: start - STICKY_PX }}
              >
                <button
                  type="button"
                  aria-current={row.step === selected}
                  data-step={row.step}
                  tabIndex={row.step === tabStop ? 0 : -1}
                  className="steps__pick"
                  onClick={() => onSelect(row.step)}
                >
                  <span className="steps__name" style={{ paddingLeft: row.depth * 18 }}>
                    <StepGlyph status={row.view?.status ?? 'pending'} still={doubtful} />
                    <span className={classNames('truncate', !row.view && 'muted')} title={titleOf(row.nodeId)}>
                      {titleOf(row.nodeId)}
                    </span>
                  </span>
                  <span className="steps__bars" aria-hidden>
                    {row.view && <StepBars view={row.view} scale={scale} end={to} container={row.iteration !== null} />}
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
                {row.iteration && row.iteration.total > 1 && (
                  <IterationPicker iteration={row.iteration} onPick={(iteration) => onPick(row.step, iteration)} />
                )}
              </div>
            )
          );
        })}
      </div>
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
