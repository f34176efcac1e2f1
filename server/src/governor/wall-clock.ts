/** Times on the wall of a time zone as moments, through the days on which its clocks are changed. */
import type { EpochMs } from '@waybill/flow-model';

const dayMs = 86_400_000;
/** Made once per zone: they are dear. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: zone, hourCycle: 'h23' },
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  formats.set(zone, made);
  return made;
}

/** What the wall shows, as if it were UTC. */
export function wallAt(at: EpochMs, zone: string): EpochMs {
  const shown = Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/**
 * When the wall shows a time. A time that is shown twice is the first or the last of the two; for one that is left out, it
 * is what the clock would have shown before or after the change, so that nothing in between is missed.
 * @param wall as if it were UTC.
 */
export function momentOf(wall: EpochMs, zone: string, which: 'first' | 'last'): EpochMs {
  const offsetAt = (at: EpochMs) => wallAt(at, zone) - Math.floor(at / 1_000) * 1_000;
  const moments = [wall - offsetAt(wall - dayMs), wall - offsetAt(wall + dayMs)];
  const shown = moments.filter((moment) => wallAt(moment, zone) === wall);
  const possible = shown.length > 0 ? shown : moments;
  return which === 'first' ? Math.min(...possible) : Math.max(...possible);
}
