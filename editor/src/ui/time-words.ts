const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const tenths = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** A past or future moment relative to `now`, both epoch ms, in words. */
export function agoWords(at: number, now: number): string {
  const gap = Math.abs(now - at);
  const say = (words: string) => (at <= now ? `${words} ago` : `in ${words}`);
  if (gap < 10 * SECOND) return 'just now';
  if (gap < MINUTE) return say(`${Math.round(gap / SECOND)} s`);
  if (gap < HOUR) return say(`${Math.round(gap / MINUTE)} min`);
  if (gap < DAY) return say(`${Math.round(gap / HOUR)} h`);
  if (gap < 14 * DAY) return say(`${Math.round(gap / DAY)} d`);
  return new Date(at).toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
}

/** A length of time in ms, short: `840 ms`, `3.2 s`, `4 min 10 s`, `2 h 5 min`, `3 d 4 h`. */
export function durationWords(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < MINUTE) return `${tenths.format(ms / SECOND)} s`;
  const two = (big: number, bigName: string, small: number, smallName: string) => {
    const whole = Math.floor(ms / big);
    const rest = Math.floor((ms - whole * big) / small);
    return rest > 0 ? `${whole} ${bigName} ${rest} ${smallName}` : `${whole} ${bigName}`;
  };
  if (ms < HOUR) return two(MINUTE, 'min', SECOND, 's');
  if (ms < DAY) return two(HOUR, 'h', MINUTE, 'min');
  return two(DAY, 'd', HOUR, 'h');
}
