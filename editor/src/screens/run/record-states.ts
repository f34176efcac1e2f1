import type { RecordState } from '@waybill/api-contract';
import type { Tone } from '../../ui/Badge.tsx';

/** What can have become of a record, in words; in the order in which a person looks for them. */
export const recordStateLooks: Record<RecordState, { label: string; tone: Tone | undefined }> = {
  refused: { label: 'Could not be used', tone: 'failed' },
  rejected: { label: 'Refused', tone: 'failed' },
  failed: { label: 'Failed', tone: 'failed' },
  'in-doubt': { label: 'In doubt', tone: 'doubt' },
  waiting: { label: 'Not written', tone: 'waiting' },
  written: { label: 'Written', tone: 'done' },
  skipped: { label: 'Gone on without', tone: 'skipped' },
  passed: { label: 'Passed on', tone: undefined },
};

const states = Object.keys(recordStateLooks) as RecordState[];

/** Choices of a filter, with how many records each has; states that no record is in are left out, but for the chosen one. */
export function recordStateOptions(counts: Partial<Record<RecordState, number>>, chosen: RecordState | '') {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return [
    { value: '', label: `All records (${all.toLocaleString()})` },
    ...states
      .filter((state) => state === chosen || (counts[state] ?? 0) > 0)
      .map((state) => ({
        value: state,
        label: `${recordStateLooks[state].label} (${(counts[state] ?? 0).toLocaleString()})`,
      })),
  ];
}
