import { getBezierPath, Position } from '@xyflow/react';
import { CARD_HEIGHT, PORT_ROW } from '../graph/geometry.ts';

/** One end of an edge, in canvas coordinates, and the side of the card it is on. */
export interface EdgeEnd {
  x: number;
  y: number;
  position: Position;
}

const CURVATURE = 0.32;
/** How far a detour keeps from the cards it goes around. */
const CLEARANCE = 18;
const CORNER = 9;
/** Between the lines of neighbouring ports of one card, and how many of them differ. */
const LINE_GAP = 6;
const LINES = 3;
/** A target that is not at least so far ahead of its source is reached by a detour. */
const AHEAD = 12;

type Point = readonly [x: number, y: number];

/** The line of an edge and where its label goes. Pure. */
export function edgeLine(from: EdgeEnd, to: EdgeEnd): { path: string; labelX: number; labelY: number } {
  if (to.position === Position.Left && to.x < from.x + AHEAD) {
    if (from.position === Position.Right) return detour(from, to);
    if (from.position === Position.Bottom) return errorDetour(from, to);
  }
  const [path, labelX, labelY] = getBezierPath({
    sourceX: from.x,
    sourceY: from.y,
    sourcePosition: from.position,
    targetX: to.x,
    targetY: to.y,
    targetPosition: to.position,
    curvature: CURVATURE,
  });
  return { path, labelX, labelY };
}

/** To a card that lies behind: out, along the gap above the row of the target, and in from the left, so that no card is crossed. */
function detour(from: EdgeEnd, to: EdgeEnd) {
  const out = from.x + CLEARANCE + (Math.abs(Math.round(from.y / PORT_ROW)) % LINES) * LINE_GAP;
  const back = to.x - CLEARANCE;
  const lane = to.y - CARD_HEIGHT / 2 - CLEARANCE;
  const points: Point[] = [
    [from.x, from.y],
    [out, from.y],
    [out, lane],
    [back, lane],
    [back, to.y],
    [to.x, to.y],
  ];
  return { path: rounded(points), labelX: (out + back) / 2, labelY: lane };
}

/** From the error port below a card to one that lies behind: along the gap below the card. */
function errorDetour(from: EdgeEnd, to: EdgeEnd) {
  const lane = from.y + CLEARANCE;
  const back = to.x - CLEARANCE;
  const points: Point[] = [
    [from.x, from.y],
    [from.x, lane],
    [back, lane],
    [back, to.y],
    [to.x, to.y],
  ];
  return { path: rounded(points), labelX: (from.x + back) / 2, labelY: lane };
}

/** Straight lines with round corners, as tight as the shorter of two neighbours allows. */
function rounded(points: readonly Point[]): string {
  const [start, ...rest] = points;
  if (!start) return '';
  let path = `M${start[0]},${start[1]}`;
  rest.forEach((corner, index) => {
    const before = points[index] ?? start;
    const after = points[index + 2];
    if (!after) {
      path += ` L${corner[0]},${corner[1]}`;
      return;
    }
    const radius = Math.min(CORNER, distance(before, corner) / 2, distance(corner, after) / 2);
    const [inX, inY] = towards(corner, before, radius);
    const [outX, outY] = towards(corner, after, radius);
    path += ` L${inX},${inY} Q${corner[0]},${corner[1]} ${outX},${outY}`;
  });
  return path;
}

const distance = ([ax, ay]: Point, [bx, by]: Point): number => Math.hypot(bx - ax, by - ay);

function towards(from: Point, to: Point, by: number): Point {
  const length = distance(from, to);
  if (length === 0) return from;
  return [from[0] + ((to[0] - from[0]) * by) / length, from[1] + ((to[1] - from[1]) * by) / length];
}
