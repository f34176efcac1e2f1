import type { RunSummaryView } from '@waybill/api-contract';

const mostKeys = 3;

/** Business keys to offer for what was typed: the very one first, then others that begin with it. Pure. */
export function keysOffered(typed: string, runs: readonly Pick<RunSummaryView, 'businessKey'>[]): string[] {
  const keys = new Set(runs.flatMap(({ businessKey }) => (businessKey?.startsWith(typed) ? [businessKey] : [])));
  return [...keys].sort((a, b) => Number(b === typed) - Number(a === typed)).slice(0, mostKeys);
}
