/** When somebody is told. Pure; all moments are epoch ms, times of day are those of the reader's zone. */
import type { NotificationPreferences } from '@waybill/api-contract';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMinutes = 24 * 60;

const minutesOf = (timeOfDay: string): number => {
  const [hours = 0, minutes = 0] = timeOfDay.split(':').map(Number);
  return hours * 60 + minutes;
};

/** Minutes since local midnight. */
function localMinutes(at: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return minutesOf(format.format(at));
}

/** The next moment, later than `at`, when clocks show this time of day; also across a change of the clocks. */
export function nextTimeOfDay(at: number, timeOfDay: string, timeZone: string): number {
  const wanted = minutesOf(timeOfDay);
  const start = Math.floor(at / minuteMs) * minuteMs;
  const ahead = (wanted - localMinutes(start, timeZone) + dayMinutes) % dayMinutes || dayMinutes;
  const candidate = start + ahead * minuteMs;
  // The clocks changed in between: a day of 23 or 25 hours.
  const off = ((wanted - localMinutes(candidate, timeZone) + 1.5 * dayMinutes) % dayMinutes) - dayMinutes / 2;
  const corrected = candidate + off * minuteMs;
  return corrected > at ? corrected : corrected + dayMinutes * minuteMs;
}

export function isQuiet(at: number, { quiet, timeZone }: Pick<NotificationPreferences, 'quiet' | 'timeZone'>): boolean {
  if (!quiet) return false;
  const [now, from, until] = [localMinutes(at, timeZone), minutesOf(quiet.from), minutesOf(quiet.until)];
  return from <= until ? from <= now && now < until : now >= from || now < until;
}

/** A channel has no zone and no nights of its own. */
export const channelPreferences = { digest: { every: 'at-once' }, quiet: null, timeZone: 'UTC' } as const;

const weekdayOf = (at: number, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'long' }).format(at).toLowerCase();

/** When the next report after `at` is due; 0 if none is wanted. */
export function nextReport(at: number, { report, timeZone }: Pick<NotificationPreferences, 'report' | 'timeZone'>) {
  if (report.every === 'never') return 0;
  let next = nextTimeOfDay(at, report.at, timeZone);
  if (report.every === 'week')
    while (weekdayOf(next, timeZone) !== report.on) next = nextTimeOfDay(next, report.at, timeZone);
  return next;
}

const endOfSlot = (at: number, lengthMs: number): number => (Math.floor(at / lengthMs) + 1) * lengthMs;

/** Problems with one cause wait for each other: a minute at first, an hour once people know of them. */
export const siblingsWaitMs = (isKnown: boolean): number => (isKnown ? hourMs : minuteMs);

/** Problems that came until then are known of when the message about one of `at` goes out: it does not hold them. */
export const knownUntil = (at: number): number => Math.floor(at / minuteMs) * minuteMs - 1;

/**
 * When a notice of `at` is due and with what it shares a message.
 * @param siblings problems with one cause, and how long they wait for each other.
 * @returns `batch` without the reader; null for a message of its own.
 */
export function slotOf(
  at: number,
  preferences: Pick<NotificationPreferences, 'digest' | 'quiet' | 'timeZone'>,
  siblings: { fingerprint: string; waitMs: number } | null,
): { dueAt: number; batch: string | null } {
  const { digest, quiet, timeZone } = preferences;
  let dueAt = siblings ? endOfSlot(at, siblings.waitMs) : at;
  if (digest.every === 'hour') dueAt = endOfSlot(at, hourMs);
  else if (digest.every === 'day') dueAt = nextTimeOfDay(at, digest.at, timeZone);
  const isDigest = digest.every !== 'at-once';
  if (quiet && isQuiet(dueAt, preferences)) {
    dueAt = nextTimeOfDay(dueAt, quiet.until, timeZone);
    return { dueAt, batch: `digest|${dueAt}` };
  }
  if (isDigest) return { dueAt, batch: `digest|${dueAt}` };
  return { dueAt, batch: siblings ? `${siblings.fingerprint}|${dueAt}` : null };
}
