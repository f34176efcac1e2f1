/**
 * The records of a step that could not be used. The last ones are in the checkpoint; older ones are in the blob store, each
 * blob with the key of the one before it, so that a checkpoint stays small however many there are.
 */
import type { BlobStore } from '@waybill/engine/ports';
import type { JsonValue } from '@waybill/flow-model';
import { flowError } from '@waybill/flow-model';
import type { RecordLimits } from '@waybill/node-sdk';
import { z } from 'zod';
import type { RecordError } from '../chunk.ts';

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
    /** @throws {FlowError} RECORDS_TOO_MANY_ERRORS */
    check(limits: RecordLimits, rows: number): void {
      const { count } = index;
      const isTooMany = count > limits.maxErrors;
      const isTooLarge = rows >= SHARE_FROM_ROWS && count / rows > limits.maxErrorShare;
      if (!isTooMany && !isTooLarge) return;
      const example = index.recent.at(-1);
      const shown = example ? ` For example row ${example.row}: ${example.what}.` : '';
      throw flowError('RECORDS_TOO_MANY_ERRORS', {
        what: `${count} of ${rows} records could not be used; ${isTooMany ? `${limits.maxErrors} are` : `${limits.maxErrorShare * 100} % is`} the limit.${shown}`,
        fix: 'Look at the record errors of the step, correct the file or the mapping and retry; or raise the limit in the step.',
        owner: 'user',
        engine: 'stop',
      });
    },
  };
}

/** Where a page of errors ends: in the recent ones (no blob) or in a blob. */
const cursorSchema = z.object({ blob: z.string().nullable(), skip: z.number() });

/** Errors, newest first. @param cursor from the page before. @throws when the cursor is none of ours. */
export async function errorPage(
  blobs: Pick<BlobStore, 'get'>,
  index: ErrorIndex,
  cursor: string | null,
  limit: number,
  matches: (error: RecordError) => boolean,
): Promise<{ errors: RecordError[]; next: string | null }> {
  const from =
    cursor === null
      ? { blob: null, skip: 0 }
      : cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  const errors: RecordError[] = [];
  let { blob, skip } = from;
  for (;;) {
    const part = blob === null ? { errors: index.recent, before: index.head } : await readBlob(blobs, blob);
    const list = part.errors.toReversed();
    for (; skip < list.length; skip += 1) {
      if (errors.length === limit) {
        return { errors, next: Buffer.from(JSON.stringify({ blob, skip })).toString('base64url') };
      }
      const error = list[skip] as RecordError;
      if (matches(error)) errors.push(error);
    }
    if (part.before === null) return { errors, next: null };
    blob = part.before;
    skip = 0;
  }
}

async function readBlob(blobs: Pick<BlobStore, 'get'>, key: string) {
  const bytes = await blobs.get(key);
  if (!bytes)
    throw flowError('BLOB_MISSING', {
      what: 'Some of the record errors are not in the blob store any more.',
      fix: 'Restore the blob folder from the backup the journal came from.',
      owner: 'engine',
      engine: 'stop',
    });
  return errorBlobSchema.parse(JSON.parse(Buffer.from(bytes).toString()));
}
