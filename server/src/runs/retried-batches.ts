/** Batches of records that are sent again. Pure. */
import type { RetriedBatch } from '@waybill/engine';
import type { JsonValue } from '@waybill/flow-model';
import type { Batch } from '@waybill/records/streams';

/** A record that its system refused. */
export interface RefusedRecord {
  row: number;
  key: string;
  /** Index of its batch, and place in it. */
  batch: number;
  place: number;
  sentBefore: number;
  what: string | null;
  value: JsonValue;
}

export interface BatchAgain {
  batch: Batch;
  from: RetriedBatch['from'];
}

/**
 * In the order of the file; records that were sent equally often go together, so that no two batches with the same record
 * are ever the same.
 * @param size records a batch has at most.
 */
export function batchesAgain(records: readonly RefusedRecord[], size: number): BatchAgain[] {
  const byTimes = Map.groupBy(records, ({ sentBefore }) => sentBefore);
  return [...byTimes].flatMap(([sentBefore, alike]) => {
    const inOrder = alike.toSorted((a, b) => a.row - b.row);
    const made: BatchAgain[] = [];
    for (let at = 0; at < inOrder.length; at += size) {
      const together = inOrder.slice(at, at + size);
      made.push({
        batch: {
          records: together.map(({ value }) => value),
          rows: together.map(({ row }) => row),
          keys: together.map(({ key }) => key),
          again: sentBefore + 1,
        },
        from: [...Map.groupBy(together, ({ batch }) => batch)].map(([batch, there]) => ({
          batch,
          at: there.map(({ place }) => place),
        })),
      });
    }
    return made;
  });
}
