export const durationUnits = [
  { unit: 'ms', label: 'ms', ms: 1 },
  { unit: 's', label: 'seconds', ms: 1_000 },
  { unit: 'min', label: 'minutes', ms: 60_000 },
  { unit: 'h', label: 'hours', ms: 3_600_000 },
  { unit: 'd', label: 'days', ms: 86_400_000 },
] as const;
export type DurationUnit = (typeof durationUnits)[number]['unit'];

/** The largest unit in which a duration is a whole number. Pure. */
export function splitDuration(ms: number): { amount: number; unit: DurationUnit } {
  const fitting = durationUnits.findLast((candidate) => ms >= candidate.ms && ms % candidate.ms === 0);
  return fitting ? { amount: ms / fitting.ms, unit: fitting.unit } : { amount: ms, unit: ms === 0 ? 's' : 'ms' };
}

export const joinDuration = (amount: number, unit: DurationUnit): number =>
  Math.round(amount * (durationUnits.find((candidate) => candidate.unit === unit)?.ms ?? 1));
