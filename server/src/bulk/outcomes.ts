/** What became of what an operation acted on. Read from the journal each time: runs go on long after the act. */
import type { BulkItem, BulkOutcome, BulkOutcomeCounts } from '@waybill/api-contract';
import { bulkOutcomeOf, bulkOutcomesLimit } from '@waybill/api-contract';
import type { Journal } from '@waybill/engine/ports';
import type { BulkItemRecord, Repositories } from '@waybill/store';
import { standingSince } from './standing-since.ts';

/** An item, and where its run stands by now. */
export type StandingItem = BulkItemRecord & { since: BulkItem['since'] };
type Page = { items: StandingItem[]; nextCursor: string | null };

const perLook = 500;
/** Pages that are looked through for one that has something of an outcome. */
const mostPages = 20;

export function bulkOutcomes(parts: {
  store: Pick<Repositories, 'bulkOperations'>;
  journal: Pick<Journal, 'summary'>;
}) {
  const { store, journal } = parts;

  async function page(id: string, request: Parameters<typeof store.bulkOperations.items>[1]): Promise<Page> {
    const { items, nextCursor } = await store.bulkOperations.items(id, request);
    const standing = items.map(async (item) => ({ ...item, since: await standingSince(journal, item) }));
    return { items: await Promise.all(standing), nextCursor };
  }

  return {
    page,

    /** The next page that has some of them, with these alone; after ten thousand without any an empty one, to be gone on from. */
    async pageOf(
      id: string,
      outcome: BulkOutcome,
      request: { cursor?: string | undefined; limit: number },
    ): Promise<Page> {
      let { cursor } = request;
      for (let looked = 1; ; looked += 1) {
        const { items, nextCursor } = await page(id, { ...request, cursor, status: 'succeeded' });
        const found = items.filter(({ since }) => since !== null && bulkOutcomeOf[since.status] === outcome);
        if (found.length > 0 || nextCursor === null || looked >= mostPages) return { items: found, nextCursor };
        cursor = nextCursor;
      }
    },

    async count(id: string): Promise<BulkOutcomeCounts> {
      const byOutcome: BulkOutcomeCounts['byOutcome'] = {};
      let counted = 0;
      let cursor: string | undefined;
      while (counted < bulkOutcomesLimit) {
        const { items, nextCursor } = await page(id, { cursor, limit: perLook, status: 'succeeded' });
        counted += items.length;
        for (const { since } of items) {
          if (since === null) continue;
          const outcome = bulkOutcomeOf[since.status];
          byOutcome[outcome] = (byOutcome[outcome] ?? 0) + 1;
        }
        if (nextCursor === null) return { counted, isMore: false, byOutcome };
        cursor = nextCursor;
      }
      return { counted, isMore: true, byOutcome };
    },
  };
}
