/** Words for what a retry or a replay does to other systems. Pure. */
import type { RetriedWrite, RetryPreview } from '@waybill/api-contract';
import type { Tone } from '../../ui/Badge.tsx';

export type Verdict = RetriedWrite['verdict'];

export const writeLooks: Record<Verdict, { label: string; tone: Tone }> = {
  'written-again': { label: 'Written again', tone: 'failed' },
  'looked-for': { label: 'Looked for first', tone: 'waiting' },
  'in-doubt': { label: 'In doubt', tone: 'doubt' },
  new: { label: 'First time', tone: 'running' },
  skipped: { label: 'Left alone', tone: 'done' },
};

/** Which item of which loop; empty outside of loops. */
export const itemWords = (items: readonly number[]): string =>
  items.length === 0 ? '' : `of item ${items.map((number) => number.toLocaleString()).join(', ')}`;

export const writeCount = (counts: RetryPreview['counts']): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** What the preview could not look at, in words; null when it is the whole truth. */
export function unreadWords({ writes, runs }: RetryPreview['unread']): string | null {
  const parts = [
    ...(writes > 0 ? [`${writes.toLocaleString()} more that were written`] : []),
    ...(runs > 0 ? [`those of ${runs.toLocaleString()} more ${runs === 1 ? 'run' : 'runs'} that it called`] : []),
  ];
  return parts.length === 0 ? null : `Too many to list: ${parts.join(', and ')}. The page of all effects has them.`;
}
