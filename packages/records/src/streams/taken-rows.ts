/**
 * Numbers of the records that a file took, as ranges. The last ones are in the checkpoint, older ones in the blob store, each
 * blob with the key of the one before it; a million records in a row take as much as two.
 */
import type { BlobStore } from '@waybill/engine/ports';
import { z } from 'zod';

export const takenSchema = z.object({
  /** First, last, first, last ... */
  ranges: z.array(z.number()),
  before: z.string().nullable(),
});
export type TakenRows = z.infer<typeof takenSchema>;

const MOST_NUMBERS = 4_000;

export function takenRows(blobs: Pick<BlobStore, 'put'>, from: TakenRows | null) {
  const kept: TakenRows = from ? { ...from, ranges: [...from.ranges] } : { ranges: [], before: null };
  return {
    add(ranges: readonly number[], shift: number): void {
      for (let at = 0; at < ranges.length; at += 2) {
        const first = (ranges[at] as number) + shift;
        const last = (ranges[at + 1] as number) + shift;
        if (kept.ranges.at(-1) === first - 1) kept.ranges[kept.ranges.length - 1] = last;
        else kept.ranges.push(first, last);
      }
    },
    async state(): Promise<TakenRows> {
      if (kept.ranges.length > MOST_NUMBERS) {
        kept.before = await blobs.put(Buffer.from(JSON.stringify(kept)));
        kept.ranges = [];
      }
      return { ...kept, ranges: [...kept.ranges] };
    },
  };
}
