interface Standing {
  runs: number;
  /** Steps of these runs that wait there: more than runs where iterations of a loop do. */
  waits: number;
}

/** For a badge: `3`, or in a loop `540 in 3`. */
export const standingCount = ({ runs, waits }: Standing): string =>
  waits > runs ? `${waits.toLocaleString()} in ${runs.toLocaleString()}` : runs.toLocaleString();

/** For people: `3 runs`, `540 iterations of 3 runs`. */
export function standingWords({ runs, waits }: Standing): string {
  const inRuns = `${runs.toLocaleString()} ${runs === 1 ? 'run' : 'runs'}`;
  return waits > runs ? `${waits.toLocaleString()} iterations of ${inRuns}` : inRuns;
}
