import type { Flow, NodeCatalog, NodeId } from '@waybill/flow-model';
import { classNames } from '../../ui/class-names.ts';
import type { Rect } from '../graph/geometry.ts';
import { manifestOf } from '../graph/ports.ts';
import type { NodeLive } from '../state/node-live.ts';
import { toneOf } from './live-tone.ts';
import { tileColor } from './NodeIcon.tsx';
import type { CanvasNode } from './projection.ts';

/**
 * Cards, frames and notes of a flow seen from afar, as the lines of a few paths: one for all that look alike, whatever the
 * number of steps. No words; a card is its tile, a bar in place of its name, and the colour of how it stands.
 */
export type Paths = ReadonlyMap<string, string>;

/** px on the canvas; a ring of 1 px would be gone at this size. */
const RING = 2;
const STRONG_RING = 6;
const CARD_CORNER = 6;
const TRIGGER_CORNER = 28;
const FRAME_CORNER = 10;
const TILE_WIDTH = 46;
const FRAME_HEAD_HEIGHT = 20;
const NAME: Rect = { x: 58, y: 21, width: 118, height: 10 };

interface Drawing {
  nodes: readonly CanvasNode[];
  rects: ReadonlyMap<NodeId, Rect>;
  flow: Flow;
  catalog: NodeCatalog;
}

function add(paths: Map<string, string>, look: string, line: string): void {
  paths.set(look, (paths.get(look) ?? '') + line);
}

const boxLine = ({ x, y, width, height }: Rect): string => `M${x} ${y}h${width}v${height}h${-width}z`;

/** A box with round corners. @param left radius of the corners on the left, @param right of those on the right. */
function roundLine({ x, y, width, height }: Rect, left: number, right: number): string {
  const corner = (radius: number, dx: number, dy: number) => `a${radius} ${radius} 0 0 1 ${dx} ${dy}`;
  return [
    `M${x + left} ${y}h${width - left - right}`,
    `${corner(right, right, right)}v${height - 2 * right}${corner(right, -right, right)}`,
    `h${left + right - width}${corner(left, -left, -left)}v${2 * left - height}${corner(left, left, -left)}z`,
  ].join('');
}

/** The middle of a ring that lies inside of a box. */
const inside = ({ x, y, width, height }: Rect, ring: number): Rect => ({
  x: x + ring / 2,
  y: y + ring / 2,
  width: width - ring,
  height: height - ring,
});

/** Notes by colour. One that is chosen may be written on: it is a real one, and not in the picture. Pure. */
export function notePaths({ nodes, rects, flow }: Omit<Drawing, 'catalog'>): Paths {
  const paths = new Map<string, string>();
  for (const { id, type, selected } of nodes) {
    const rect = rects.get(id);
    const note = flow.notes[id];
    if (type === 'note' && rect && note && !selected) add(paths, note.color ?? 'yellow', boxLine(rect));
  }
  return paths;
}

/** What no run changes: tiles of cards and heads of frames by colour, and the bars in place of names. Pure. */
export function fixedPaths({ nodes, rects, flow, catalog }: Drawing): { heads: Paths; tiles: Paths; names: string } {
  const heads = new Map<string, string>();
  const tiles = new Map<string, string>();
  let names = '';
  for (const { id, type } of nodes) {
    const [source, rect] = [flow.nodes[id], rects.get(id)];
    if (!source || !rect) continue;
    const color = tileColor(manifestOf(catalog, source));
    const { x, y, width, height } = inside(rect, 2 * RING);
    if (type === 'container') add(heads, color, boxLine({ x, y, width, height: FRAME_HEAD_HEIGHT }));
    else {
      add(tiles, color, boxLine({ x, y, width: TILE_WIDTH, height }));
      names += boxLine({ ...NAME, x: rect.x + NAME.x, y: rect.y + NAME.y });
    }
  }
  return { heads, tiles, names };
}

/** How cards and frames stand: their boxes by look. Pure. */
export function boxPaths(
  { nodes, rects, flow, catalog }: Drawing,
  live: Readonly<Record<NodeId, NodeLive>>,
  worst: ReadonlyMap<NodeId, string>,
): { frames: Paths; cards: Paths } {
  const frames = new Map<string, string>();
  const cards = new Map<string, string>();
  for (const { id, type, selected } of nodes) {
    const [source, rect] = [flow.nodes[id], rects.get(id)];
    if (!source || !rect) continue;
    const manifest = manifestOf(catalog, source);
    const tone = toneOf(live[id]);
    const isStrong = selected || (tone !== null && tone !== 'skipped');
    const problem = worst.get(id);
    const look = classNames(
      'far-box',
      isStrong && 'far-box--strong',
      source.disabled && 'far-box--off',
      !manifest && 'far-box--error',
      tone && `far-box--${tone}`,
      problem && `far-box--${problem}`,
      selected && 'far-box--selected',
    );
    const box = inside(rect, isStrong ? STRONG_RING : RING);
    if (type === 'container') add(frames, look, roundLine(box, FRAME_CORNER, FRAME_CORNER));
    else {
      const left = manifest?.kind === 'trigger' ? Math.min(TRIGGER_CORNER, box.height / 2) : CARD_CORNER;
      add(cards, look, roundLine(box, left, CARD_CORNER));
    }
  }
  return { frames, cards };
}
