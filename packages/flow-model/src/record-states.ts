/**
 * What can have become of a record of a stream. `refused`: it could not be used. `rejected`: the system it was sent to refused
 * it, while its batch was written. `passed`: it went through steps that write nothing.
 */
export const recordStates = [
  'refused',
  'rejected',
  'written',
  'waiting',
  'failed',
  'in-doubt',
  'skipped',
  'passed',
] as const;
export type RecordState = (typeof recordStates)[number];
