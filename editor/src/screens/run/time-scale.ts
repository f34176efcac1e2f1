/** Places moments of a run on a line, with long idle stretches shortened so that the work stays visible. */
export interface TimeScale {
  /** 0 to 1 for an epoch ms; clamped to the ends. */
  at(moment: number): number;
  /** Stretches that were shortened. */
  breaks: readonly { from: number; to: number; at: number }[];
}

export interface Span {
  from: number;
  to: number;
}

/** A shortened stretch takes this part of the line. */
const BREAK_SHARE = 0.05;
/** Stretches are shortened only if they are this much longer than all work together, and worth it at all. */
const BREAK_FACTOR = 0.5;
const BREAK_MIN_MS = 10_000;

/** Overlapping spans joined, in order. Pure. */
export function joinSpans(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else joined.push({ ...span });
  }
  return joined;
}

/**
 * The scale of a run. Pure.
 * @param work stretches in which something was done; the rest is waiting.
 */
export function timeScale(from: number, to: number, work: readonly Span[], compress: boolean): TimeScale {
  const end = Math.max(to, from + 1);
  const busy = joinSpans(work.filter((span) => span.to >= from && span.from <= end));
  const busyMs = Math.max(
    1,
    busy.reduce((sum, span) => sum + span.to - span.from, 0),
  );
  const gaps: Span[] = [];
  let cursor = from;
  for (const span of [...busy, { from: end, to: end }]) {
    if (span.from > cursor) gaps.push({ from: cursor, to: Math.min(span.from, end) });
    cursor = Math.max(cursor, span.to);
  }
  const long = compress
    ? gaps.filter((gap) => gap.to - gap.from > Math.max(BREAK_MIN_MS, busyMs * BREAK_FACTOR)).slice(0, 12)
    : [];
  const cut = long.reduce((sum, gap) => sum + gap.to - gap.from, 0);
  const plainMs = Math.max(1, end - from - cut);
  const plainShare = 1 - long.length * BREAK_SHARE;
  const at = (moment: number): number => {
    const clamped = Math.min(end, Math.max(from, moment));
    let share = 0;
    let plain = clamped - from;
    for (const gap of long) {
      const passed = Math.min(Math.max(0, clamped - gap.from), gap.to - gap.from);
      plain -= passed;
      share += (passed / (gap.to - gap.from)) * BREAK_SHARE;
    }
    return share + (plain / plainMs) * plainShare;
  };
  return { at, breaks: long.map((gap) => ({ ...gap, at: (at(gap.from) + at(gap.to)) / 2 })) };
}

const STEPS_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000,
  3_600_000, 10_800_000, 21_600_000, 86_400_000, 604_800_000, 2_592_000_000,
];

/**
 * Round distances from the start at which the line is marked. Pure.
 * @param start of the run. @param shown the moments at the ends of the line.
 */
export function ticks(scale: TimeScale, start: number, shown: Span, wanted = 6): { offsetMs: number; at: number }[] {
  const length = Math.max(1, shown.to - shown.from);
  const stepMs = STEPS_MS.find((step) => length / step <= wanted) ?? length / wanted;
  const marks: { offsetMs: number; at: number }[] = [];
  const first = Math.ceil((shown.from - start) / stepMs) * stepMs;
  for (let offsetMs = first; offsetMs <= shown.to - start; offsetMs += stepMs) {
    const at = scale.at(start + offsetMs);
    const last = marks.at(-1);
    if (!last || at - last.at > 0.13) marks.push({ offsetMs, at });
  }
  return marks;
}
