import { Cron } from 'croner';

/** The next moments of a timetable in words, or what is wrong with it. Pure but for the clock it is given. */
export function nextTimes(
  cron: string,
  zone: string,
  from: Date,
  count = 3,
): { times: string[] } | { problem: string } {
  try {
    const runs = new Cron(cron, { timezone: zone, paused: true }).nextRuns(count, from);
    if (runs.length === 0) return { problem: 'This timetable has no next time.' };
    const words = new Intl.DateTimeFormat('en-GB', {
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZone: zone,
    });
    return { times: runs.map((run) => words.format(run)) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : 'This timetable cannot be read.' };
  }
}
