/** Removes documents whose TTL index says they have expired. */
import type { IndexInfo } from './catalogue.ts';
import type { Doc } from './mongo.ts';
import { matching } from './query.ts';
import type { Store } from './store.ts';
import { deleteDocuments } from './writes.ts';

/** Per sweep and index, so that a sweep never blocks for long. */
const MAX_PER_SWEEP = 2_000;

/** @returns how many documents were deleted. */
export function removeExpired(store: Store, nowMs: number): number {
  let removed = 0;
  for (const collection of store.catalogue.list()) {
    for (const index of collection.indexes) {
      if (index.expireAfterSeconds === null) continue;
      removed += deleteDocuments(store, collection, matching(expired(index, nowMs), MAX_PER_SWEEP)).length;
    }
  }
  return removed;
}

/** Only dates expire: comparisons see no other type. In an array the earliest date counts. */
function expired(index: IndexInfo, nowMs: number): Doc {
  const [path = ''] = Object.keys(index.key);
  const limit = new Date(nowMs - (index.expireAfterSeconds ?? 0) * 1000);
  return { ...(index.partialFilterExpression ?? {}), $and: [{ [path]: { $lte: limit } }] };
}
