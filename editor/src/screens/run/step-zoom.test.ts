import { describe, expect, it } from 'vitest';
import { panBy, shownMoments, wholeLine, zoomBy, zoomedScale } from './step-zoom.ts';
import { ticks, timeScale } from './time-scale.ts';

describe('the shown part of a timeline', () => {
  it('keeps what is under the pointer in its place', () => {
    const zoom = zoomBy(wholeLine, 4, 0.8);
    expect(zoom.to - zoom.from).toBeCloseTo(0.25);
    expect(zoom.from + 0.8 * 0.25).toBeCloseTo(0.8);
  });

  it('never leaves the line, and shows all of it again in the end', () => {
    const zoom = zoomBy(wholeLine, 4, 1);
    expect(panBy(zoom, 5)).toEqual({ from: 0.75, to: 1 });
    expect(panBy(zoom, -50)).toEqual({ from: 0, to: 0.25 });
    expect(zoomBy(zoom, 0.01)).toEqual(wholeLine);
    const least = zoomBy(wholeLine, 1e9);
    expect(least.to - least.from).toBeCloseTo(0.001);
  });

  it('spreads the shown part over the line and marks round distances from the start of the run', () => {
    const scale = timeScale(1_000, 101_000, [], false);
    const zoomed = zoomedScale(scale, { from: 0.5, to: 0.6 });
    expect(zoomed.at(51_000)).toBeCloseTo(0);
    expect(zoomed.at(61_000)).toBeCloseTo(1);
    const shown = shownMoments(zoomed, 1_000, 101_000);
    expect(shown).toEqual({ from: 51_000, to: 61_000 });
    expect(ticks(zoomed, 1_000, shown).map(({ offsetMs }) => offsetMs)).toEqual([
      50_000, 52_000, 54_000, 56_000, 58_000, 60_000,
    ]);
  });
});
