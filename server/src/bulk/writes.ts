/** What the first runs of a bulk action would write, summed up. */
import type { BulkPreview } from '@waybill/api-contract';
import type { ReplayPreview, RetryPreview } from '@waybill/engine';
import { assertNever } from '@waybill/flow-model';

export type Writes = NonNullable<BulkPreview['writes']>;
/** Together with the runs of them that cannot be acted on so. */
export interface Foretold {
  writes: Writes;
  refusals: BulkPreview['refusals'];
}

/** More would keep the person who asks waiting. */
export const lookedAt = 50;

export const noWrites: Writes = {
  ...{ runs: 0, writtenAgain: 0, skipped: 0, new: 0 },
  ...{ lookedFor: 0, inDoubt: 0, unjudged: 0, refused: 0 },
};

/** One more run in the sums. Pure. @param unjudged writes of it that the preview knows of and did not look at. */
export function withPreview(
  sums: Writes,
  { effects }: Pick<ReplayPreview | RetryPreview, 'effects'>,
  unjudged: number,
): Writes {
  const next = { ...sums, unjudged: sums.unjudged + unjudged };
  for (const { verdict } of effects) {
    switch (verdict) {
      case 'written-again':
        next.writtenAgain += 1;
        break;
      case 'looked-for':
        next.lookedFor += 1;
        break;
      case 'in-doubt':
        next.inDoubt += 1;
        break;
      case 'skipped':
      case 'new':
        next[verdict] += 1;
        break;
      default:
        assertNever(verdict);
    }
  }
  return next;
}
