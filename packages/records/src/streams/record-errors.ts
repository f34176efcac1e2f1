/**
 * The records of a step that could not be used. The last ones are in the checkpoint; older ones are in the blob store, each
 * blob with the key of the one before it, so that a checkpoint stays small however many there are.
 */
import type { BlobStore } from '@waybill/engine/ports';
import type { FlowError, JsonValue } from '@waybill/flow-model';
import { flowError } from '@waybill/flow-model';
import type { RecordLimits } from '@waybill/node-sdk';
import { z } from 'zod';
import type { RecordError } from '../chunk.ts';
import { blobOf } from './stored-blob.ts';

const recordErrorSchema = z.object({
  row: z.number(),
  line: z.number().nullable(),
  column: z.string().nullable(),
  step: z.string().nullable(),
  what: z.string(),
  fix: z.string(),
  source: z.string(),
});
export const errorIndexSchema = z.object({
  count: z.number(),
  /** Blob with the errors before the recent ones. */
  head: z.string().nullable(),
  recent: z.array(recordErrorSchema),
});
export type ErrorIndex = z.infer<typeof errorIndexSchema>;
const errorBlobSchema = z.object({ errors: z.array(recordErrorSchema), before: z.string().nullable() });

const RECENT = 20;
const SHARE_FROM_ROWS = 1_000;

export function errorLedger(blobs: BlobStore, from: ErrorIndex | null) {
  const index: ErrorIndex = from ?? { count: 0, head: null, recent: [] };
  return {
    get count() {
      return index.count;
    },
    add(errors: readonly RecordError[]): void {
      index.count += errors.length;
      for (const error of errors) index.recent.push(error);
    },
    /** Moves all but a few to the blob store. */
    async state(): Promise<JsonValue> {
      if (index.recent.length > RECENT || index.recent.some(({ source }) => source.length > 1_000)) {
        const bytes = Buffer.from(JSON.stringify({ errors: index.recent, before: index.head }));
        index.head = await blobs.put(bytes);
        index.recent = [];
      }
      return { ...index, recent: [...index.recent] };
    },
    /** RECORDS_TOO_MANY_ERRORS once there are more than the step allows; null until then. */
    excess(limits: RecordLimits, rows: number): FlowError | null {
      const { count } = index;
      const isTooMany = count > limits.maxErrors;
      const isTooLarge = rows >= SHARE_FROM_ROWS && count / rows > limits.maxErrorShare;
      if (!isTooMany && !isTooLarge) return null;
      const example = index.recent.at(-1);
      const shown = example ? ` For example row ${example.row}: ${example.what}.` : '';
      return flowError('RECORDS_TOO_MANY_ERRORS', {
        what: `${count} of ${rows} records could not be used; ${isTooMany ? `${limits.maxErrors} are` : `${limits.maxErrorShare * 100} % is`} the limit.${shown}`,
        fix: 'Look at the record errors of the step, correct the file or the mapping and retry; or raise the limit in the step.',
        owner: 'user',
        engine: 'stop',
      });
    },
  };
}

/** Errors in the order they came; those before them are in the blob `before`. @param blob null: the recent ones. */
export async function errorsAt(
  blobs: Pick<BlobStore, 'get'>,
  index: ErrorIndex,
  blob: string | null,
): Promise<{ errors: RecordError[]; before: string | null }> {
  if (blob === null) return { errors: index.recent, before: index.head };
  return errorBlobSchema.parse(JSON.parse((await blobOf(blobs, blob)).toString()));
}
