/** Where a run may stand, as lists and filters show it. */
export const runStatuses = [
  'queued',
  'running',
  'waiting',
  'paused',
  'in-doubt',
  'succeeded',
  'failed',
  'cancelled',
  'ignored',
  'quarantined',
] as const;
export type RunStatus = (typeof runStatuses)[number];

/** Where a step stands, as the overlay shows it. */
export type StepStatus =
  | 'pending'
  | 'running'
  | 'retrying'
  | 'waiting'
  | 'in-doubt'
  | 'succeeded'
  | 'failed'
  | 'skipped'
  | 'cancelled'
  | 'undoing'
  | 'undone'
  | 'undo-failed';

export const finalRunStatuses: readonly RunStatus[] = ['succeeded', 'failed', 'cancelled', 'ignored', 'quarantined'];
