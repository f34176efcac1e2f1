import type { NodeId, WayBack } from '@waybill/flow-model';
import type { Rect } from '../graph/geometry.ts';

/** How a way back is drawn, in canvas coordinates. */
export interface WayLine extends WayBack {
  id: string;
  path: string;
  /** The point of the arrow. */
  head: string;
  /** Middle of its words. */
  label: { x: number; y: number };
  box: Rect;
}

/** Where it leaves and reaches a card, as parts of its width: clear of the error port and the badges at the lower left. */
const LEAVES_AT = 0.62;
const REACHES_AT = 0.5;
const LEAST_DEPTH = 56;
const MOST_DEPTH = 176;
const HEAD = 5;
/** How far along the line its words stand: near the card that is looked at when the run asks. */
const WORDS_AT = 0.16;

/**
 * Lines of the ways back: out of the lower edge of a card, below what lies between, and into the lower edge of the other.
 * Those of cards that are not drawn are left out. Pure.
 */
export function wayLines(ways: readonly WayBack[], rects: ReadonlyMap<NodeId, Rect>): WayLine[] {
  return ways.flatMap(({ from, to }) => {
    const [source, target] = [rects.get(from), rects.get(to)];
    return source && target ? [lineOf({ from, to }, source, target)] : [];
  });
}

/** One coordinate of the point of a Bézier curve where the words stand. */
function along(start: number, first: number, second: number, end: number): number {
  const [t, rest] = [WORDS_AT, 1 - WORDS_AT];
  return rest ** 3 * start + 3 * rest ** 2 * t * first + 3 * rest * t ** 2 * second + t ** 3 * end;
}

function lineOf({ from, to }: WayBack, source: Rect, target: Rect): WayLine {
  const x0 = source.x + source.width * LEAVES_AT;
  const y0 = source.y + source.height;
  const x1 = target.x + target.width * REACHES_AT;
  const y1 = target.y + target.height;
  const depth = Math.min(MOST_DEPTH, Math.max(LEAST_DEPTH, Math.abs(x1 - x0) / 5));
  const low = Math.max(y0, y1) + depth;
  const label = { x: along(x0, x0, x1, x1), y: along(y0, low, low, y1) };
  const head = `M${x1 - HEAD} ${y1 + HEAD + 3}L${x1} ${y1 + 2}L${x1 + HEAD} ${y1 + HEAD + 3}`;
  const [left, top] = [Math.min(x0, x1) - HEAD, Math.min(y0, y1)];
  return {
    id: `${from} ${to}`,
    from,
    to,
    path: `M${x0} ${y0}C${x0} ${low} ${x1} ${low} ${x1} ${y1 + 2}`,
    head,
    label,
    box: { x: left, y: top, width: Math.abs(x1 - x0) + 2 * HEAD, height: low - top },
  };
}

/** The part of the canvas on screen. @param transform of the view: x, y and zoom. Pure. */
export const viewOn = ([x, y, zoom]: readonly [number, number, number], width: number, height: number): Rect => ({
  x: -x / zoom,
  y: -y / zoom,
  width: width / zoom,
  height: height / zoom,
});

/** Pure. */
export const isInView = ({ box }: WayLine, view: Rect): boolean =>
  box.x <= view.x + view.width &&
  view.x <= box.x + box.width &&
  box.y <= view.y + view.height &&
  view.y <= box.y + box.height;

/** Words at a way back: what it is for, and how often the run shown has gone it. Pure. */
export const wayWords = (rounds: number): string =>
  rounds === 0 ? 'Check again' : `Checked again ${rounds === 1 ? 'once' : `${rounds} times`}`;
