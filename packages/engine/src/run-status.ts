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

/** How a run stands, as the rest of a sentence that begins with the run. */
export const standWords: Record<RunStatus, string> = {
  queued: 'waits for its turn',
  running: 'is under way',
  waiting: 'is waiting',
  paused: 'is paused',
  'in-doubt': 'is in doubt',
  succeeded: 'has succeeded',
  failed: 'has failed',
  cancelled: 'was cancelled',
  ignored: 'had nothing to do',
  quarantined: 'is set aside',
};

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
