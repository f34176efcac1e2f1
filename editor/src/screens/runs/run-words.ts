import type { RunSummaryView } from '@waybill/api-contract';

/** Where a run stands, in one line: the error in words, else the step it is at. Pure. */
export function standsAt(run: RunSummaryView): string {
  if (run.errorWhat && run.status !== 'succeeded') return run.errorWhat;
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
    default:
      return run.currentStep ? `At ${run.currentStep}` : 'Under way';
  }
}

export const versionWords = (run: Pick<RunSummaryView, 'versionNumber'>): string =>
  run.versionNumber === null ? 'draft' : `v${run.versionNumber}`;

/** Who or what started a run, in words: an id says nothing to a reader. Pure. */
export function starterWords(startedBy: string, ownId: string): string {
  if (startedBy === ownId) return 'you';
  if (startedBy.startsWith('us_')) return 'a person';
  if (startedBy.startsWith('key:')) return 'an API key';
  if (startedBy.startsWith('run:')) return 'another run';
  return startedBy;
}
