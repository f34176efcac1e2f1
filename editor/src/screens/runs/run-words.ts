import type { RunSummaryView } from '@waybill/api-contract';
import { plainWords } from '../../ui/plain-words.ts';

/** Where a run stands, in one line: the error in words, else the step it is at. Pure. */
export function standsAt(run: RunSummaryView): string {
  if (run.errorWhat && run.status !== 'succeeded') return plainWords(run.errorWhat);
  switch (run.status) {
    case 'queued':
      return 'Waits for its turn';
    case 'succeeded':
      return 'Came to its end';
    case 'cancelled':
      return 'Ended by a person';
    case 'ignored':
      return 'The trigger had nothing to do';
    case 'paused':
      return run.currentStep ? `Paused at ${run.currentStep}` : 'Paused';
    case 'in-doubt':
      return `${run.currentStep ?? 'A step'} may or may not have taken effect`;
    case 'quarantined':
      return 'Crashed its runner again and again';
    case 'waiting':
      if (run.note === 'parked') return `${run.currentStep ?? 'A step'} waits until its system takes calls again`;
      return run.currentStep ? `At ${run.currentStep}${elsewhere(run)}` : 'Waits for a person or an event';
    default:
      return run.currentStep ? `At ${run.currentStep}${elsewhere(run)}` : 'Under way';
  }
}

function elsewhere({ currentStep, otherSteps = [] }: RunSummaryView): string {
  const others = otherSteps.filter((title) => title !== currentStep);
  if (others.length === 0) return '';
  return others.length === 1 ? ` and ${others[0]}` : ` and ${others.length} other steps`;
}

/** What the badge beside the status of a run that is over says; null for nothing. Pure. */
export function noteWords({ note }: Pick<RunSummaryView, 'note'>): string | null {
  if (note === 'record-errors') return 'Record errors';
  if (note === 'taken-back') return 'Taken back';
  return note === 'partly-taken-back' ? 'Partly taken back' : null;
}

export const versionWords = (run: Pick<RunSummaryView, 'versionNumber'>): string =>
  run.versionNumber === null ? 'draft' : `v${run.versionNumber}`;

/** Who or what started a run, in words: an id says nothing to a reader. Pure. */
export function starterWords(run: Pick<RunSummaryView, 'startedBy' | 'startedByName'>, ownId: string): string {
  const { startedBy, startedByName } = run;
  if (startedBy === ownId) return 'you';
  if (startedBy.startsWith('key:') && startedByName) return `the API key “${startedByName}”`;
  if (startedByName) return startedByName;
  if (startedBy === 'webhook') return 'a webhook';
  if (startedBy === 'schedule') return 'the schedule';
  if (startedBy === 'file') return 'a file that arrived';
  if (startedBy === 'poll') return 'a poll of the other system';
  if (startedBy.startsWith('event:')) return `the event ${startedBy.slice('event:'.length)}`;
  if (startedBy.startsWith('us_')) return 'a person';
  if (startedBy.startsWith('key:')) return 'an API key';
  if (startedBy.startsWith('run:')) return 'another run';
  return startedBy;
}
