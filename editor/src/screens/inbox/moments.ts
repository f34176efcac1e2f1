const pad = (n: number): string => String(n).padStart(2, '0');

/** A moment as a `datetime-local` control takes it, in local time. Pure but for the time zone. */
export function localDateTime(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}T${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

/** Epoch ms of what was typed, or null if that is no moment. */
export function momentOf(typed: string): number | null {
  const at = typed === '' ? Number.NaN : new Date(typed).getTime();
  return Number.isFinite(at) ? at : null;
}

const morningAfter = (now: number, days: number): number => {
  const date = new Date(now);
  date.setDate(date.getDate() + days);
  date.setHours(9, 0, 0, 0);
  return date.getTime();
};

/** Nine o'clock tomorrow, next Monday and in four weeks, local time. */
export function nextMornings(now: number): { label: string; at: number }[] {
  const toMonday = (8 - new Date(now).getDay()) % 7 || 7;
  return [
    { label: 'Tomorrow', at: morningAfter(now, 1) },
    { label: 'Next Monday', at: morningAfter(now, toMonday) },
    { label: 'In four weeks', at: morningAfter(now, 28) },
  ];
}
