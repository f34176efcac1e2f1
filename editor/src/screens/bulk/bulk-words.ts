import type {
  BulkAct,
  BulkItem,
  BulkOperation,
  BulkOutcome,
  BulkOutcomeCounts,
  BulkPreview,
  ExceptionActName,
} from '@waybill/api-contract';
import { bulkActSchema, bulkOutcomeOf, exceptionActNames } from '@waybill/api-contract';
import type { Tone } from '../../ui/Badge.tsx';
import { actLabels, exceptionsWords } from '../exceptions/exception-words.ts';

export const actLooks: Record<BulkAct, { label: string; about: string; danger: boolean }> = {
  retry: {
    label: 'Try again',
    about:
      'All that failed in them is taken up again, in the flows they called too; paused ones go on. What was written stays.',
    danger: false,
  },
  replay: {
    label: 'Repeat',
    about: 'Each run that is over is repeated as a new one. Runs that another run called are repeated with it.',
    danger: false,
  },
  resume: { label: 'Resume', about: 'Paused and quarantined runs go on where they stand.', danger: false },
  pause: { label: 'Pause', about: 'No further step starts until somebody resumes them.', danger: false },
  cancel: { label: 'Cancel', about: 'The runs end where they stand. Effects that are confirmed stay.', danger: true },
};

/** What an operation does, for its heads and lists. Pure. */
export function operationLabel({ subject, act, retry }: Pick<BulkOperation, 'subject' | 'act' | 'retry'>): string {
  if (subject === 'exceptions') return actLabels[exceptionActNameOf(act)];
  const { label } = actLooks[bulkActSchema.parse(act)];
  return retry?.version === 'newest' ? `${label} on the newest version` : label;
}

const exceptionActNameOf = (act: BulkOperation['act']): ExceptionActName =>
  exceptionActNames.find((name) => name === act) ?? 'retry';

/** What an operation is about, by number. Pure. */
export const subjectWords = ({ subject }: Pick<BulkOperation, 'subject'>, count: number): string =>
  subject === 'runs' ? runs(count) : exceptionsWords(count);

type OperationStatus = BulkOperation['status'];
export const operationLooks: Record<OperationStatus, { label: string; tone: Tone | undefined }> = {
  gathering: { label: 'Being made', tone: 'running' },
  waiting: { label: 'Scheduled', tone: 'waiting' },
  running: { label: 'Under way', tone: 'running' },
  suspended: { label: 'Suspended', tone: 'waiting' },
  finished: { label: 'Finished', tone: 'done' },
  cancelled: { label: 'Cancelled', tone: 'skipped' },
};

export const itemLooks: Record<BulkItem['status'], { label: string; tone: Tone | undefined }> = {
  pending: { label: 'To do', tone: undefined },
  succeeded: { label: 'Acted on', tone: 'done' },
  refused: { label: 'Refused', tone: 'failed' },
  skipped: { label: 'Left alone', tone: 'skipped' },
};

/** Acts after which a run goes on, well or badly. */
export const setsGoing: ReadonlySet<BulkOperation['act']> = new Set<BulkOperation['act']>([
  'retry',
  'replay',
  'resume',
  'fix',
  'skip',
]);

/** What became of the runs that an act set going, worst last. */
export const outcomeLooks: Record<BulkOutcome, { label: string; tone: Tone }> = {
  ended: { label: 'Came to their end', tone: 'done' },
  running: { label: 'Still running', tone: 'running' },
  waiting: { label: 'Wait', tone: 'waiting' },
  cancelled: { label: 'Cancelled since', tone: 'skipped' },
  'in-doubt': { label: 'In doubt', tone: 'doubt' },
  failed: { label: 'Failed', tone: 'failed' },
};
const outcomeOrder = Object.keys(outcomeLooks) as BulkOutcome[];

/** What became of a run after it was acted on: not before that is known is it done. Pure. */
export function sinceWords(
  act: BulkOperation['act'],
  { status, since, newRunId }: Pick<BulkItem, 'status' | 'since' | 'newRunId'>,
): { label: string; tone: Tone | undefined } {
  if (status !== 'succeeded' || since === null || !setsGoing.has(act)) return itemLooks[status];
  const at = since.step ? ` at ${since.step}` : '';
  switch (since.status) {
    case 'succeeded':
      return { label: newRunId ? 'Repeated, came to its end' : 'Went on, came to its end', tone: 'done' };
    case 'failed':
      return { label: `${newRunId ? 'Failed' : 'Failed again'}${at}`, tone: 'failed' };
    case 'in-doubt':
      return { label: `In doubt${at}`, tone: 'doubt' };
    case 'waiting':
      return { label: `Went on, waits${at}`, tone: 'waiting' };
    case 'paused':
      return { label: `Stands still${at}`, tone: 'waiting' };
    case 'queued':
      return { label: 'Waits for its turn', tone: 'waiting' };
    case 'running':
      return { label: `Still running${at}`, tone: 'running' };
    case 'cancelled':
      return { label: 'Cancelled since', tone: 'skipped' };
    case 'quarantined':
      return { label: `Quarantined${at}`, tone: 'failed' };
    case 'ignored':
      return { label: 'Had nothing to do', tone: 'skipped' };
    default:
      return since.status satisfies never;
  }
}

/** Those that there are, and the chosen one. Pure. */
export const outcomesShown = (counts: BulkOutcomeCounts['byOutcome'], chosen: BulkOutcome | null): BulkOutcome[] =>
  outcomeOrder.filter((outcome) => (counts[outcome] ?? 0) > 0 || outcome === chosen);

const mayGoOn: ReadonlySet<BulkOutcome> = new Set<BulkOutcome>(['running', 'waiting', 'in-doubt']);

/** Whether more will be known of a run that was acted on. Pure. */
export const isUnsettled = (
  act: BulkOperation['act'],
  { status, since }: Pick<BulkItem, 'status' | 'since'>,
): boolean =>
  status === 'succeeded' && since !== null && setsGoing.has(act) && mayGoOn.has(bulkOutcomeOf[since.status]);

export const doneOf = ({ succeeded, refused, skipped }: BulkOperation): number => succeeded + refused + skipped;

/** How long what is left takes at the pace of the operation, ms; null when nothing is left or it stands still. Pure. */
export function leftMs(operation: BulkOperation): number | null {
  const left = operation.total - doneOf(operation);
  return operation.status === 'running' && left > 0 ? Math.ceil((left * 60_000) / operation.perMinute) : null;
}

const runs = (count: number): string => `${count.toLocaleString()} ${count === 1 ? 'run' : 'runs'}`;

/** One sentence about what a preview found. Pure. */
export function previewWords(preview: Pick<BulkPreview, 'count' | 'isMore'>): string {
  if (preview.count === 0) return 'No run of this list is in a state in which this changes anything.';
  if (preview.isMore) return `More than ${runs(preview.count)} match. Narrow the list first, by time for example.`;
  return `${runs(preview.count)} will be acted on, as they match now. Runs that start to match later are not part of it.`;
}

const writes = (count: number): string => `${count.toLocaleString()} ${count === 1 ? 'write' : 'writes'}`;

/** What repeating would write, the gravest first. Pure. @param count of all runs, more than were looked at perhaps. */
export function writeLines(found: NonNullable<BulkPreview['writes']>, count: number): { label: string; tone: Tone }[] {
  const lines: { count: number; label: string; tone: Tone }[] = [
    { count: found.writtenAgain, label: `${writes(found.writtenAgain)} sent again`, tone: 'failed' },
    { count: found.lookedFor, label: `${writes(found.lookedFor)} looked for first`, tone: 'waiting' },
    { count: found.inDoubt, label: `${writes(found.inDoubt)} in doubt: a person is asked first`, tone: 'doubt' },
    { count: found.new, label: `${writes(found.new)} sent for the first time`, tone: 'running' },
    { count: found.skipped, label: `${writes(found.skipped)} left alone`, tone: 'done' },
    { count: found.unjudged, label: `${writes(found.unjudged)} of very long runs not looked at`, tone: 'waiting' },
    { count: found.refused, label: `${runs(found.refused)} cannot be repeated like this`, tone: 'failed' },
  ];
  const seen = lines.filter((line) => line.count > 0).map(({ label, tone }) => ({ label, tone }));
  if (seen.length > 0 || count === 0) return seen;
  return [{ label: 'Nothing is written to other systems', tone: 'done' }];
}

/** Which runs `writeLines` is about. Pure. */
export const lookedAtWords = (looked: number, count: number): string =>
  looked < count ? `Of the newest ${looked.toLocaleString()} of these runs` : 'Of these runs';

/** The runs of an operation that is made again: those of its list that had begun when it was made, so not its own. Pure. */
export const filterAgain = ({ filter, createdAt }: Pick<BulkOperation, 'filter' | 'createdAt'>) => ({
  ...filter,
  to: Math.min(filter.to ?? createdAt, createdAt),
});
