import { describe, expect, it } from 'vitest';
import { joinSpans, ticks, timeScale } from './time-scale.ts';

const HOUR = 3_600_000;

describe('the time scale of a run', () => {
  it('is linear while nothing idles for long', () => {
    const scale = timeScale(1_000, 3_000, [{ from: 1_000, to: 3_000 }], true);
    expect(scale.at(1_000)).toBe(0);
    expect(scale.at(2_000)).toBeCloseTo(0.5);
    expect(scale.at(3_000)).toBe(1);
    expect(scale.breaks).toEqual([]);
  });

  it('shortens an approval that took two days, and says where', () => {
    const work = [
      { from: 0, to: 2_000 },
      { from: 48 * HOUR, to: 48 * HOUR + 2_000 },
    ];
    const scale = timeScale(0, 48 * HOUR + 2_000, work, true);
    expect(scale.breaks).toHaveLength(1);
    expect(scale.at(2_000)).toBeGreaterThan(0.4);
    expect(scale.at(48 * HOUR)).toBeLessThan(0.6);
    expect(scale.at(48 * HOUR + 2_000)).toBeCloseTo(1);
  });

  it('never goes backwards', () => {
    const scale = timeScale(
      0,
      10 * HOUR,
      [
        { from: 0, to: 900 },
        { from: 5 * HOUR, to: 5 * HOUR + 900 },
      ],
      true,
    );
    const places = Array.from({ length: 200 }, (_, index) => scale.at((index * 10 * HOUR) / 199));
    expect(places.every((place, index) => index === 0 || place >= (places[index - 1] ?? 0))).toBe(true);
  });

  it('keeps real proportions when asked to', () => {
    expect(timeScale(0, HOUR, [{ from: 0, to: 10 }], false).at(HOUR / 2)).toBeCloseTo(0.5);
  });

  it('places moments outside the run at its ends', () => {
    const scale = timeScale(100, 200, [], true);
    expect(scale.at(0)).toBe(0);
    expect(scale.at(900)).toBe(1);
  });

  it('survives a run without length', () => {
    expect(timeScale(5, 5, [], true).at(5)).toBe(0);
  });

  it('joins spans that overlap', () => {
    expect(
      joinSpans([
        { from: 5, to: 9 },
        { from: 0, to: 6 },
        { from: 20, to: 21 },
      ]),
    ).toEqual([
      { from: 0, to: 9 },
      { from: 20, to: 21 },
    ]);
  });

  it('marks round distances and no two on top of each other', () => {
    const scale = timeScale(0, 5_200, [{ from: 0, to: 5_200 }], true);
    expect(ticks(scale, 0, { from: 0, to: 5_200 }).map((tick) => tick.offsetMs)).toEqual([
      0, 1_000, 2_000, 3_000, 4_000, 5_000,
    ]);
  });
});
