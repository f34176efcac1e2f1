import { jsonValueSchema } from '@waybill/flow-model';
import { z } from 'zod';
import { effectConnectionSchema } from './effects.ts';
import { route } from './route.ts';
import { runSummarySchema } from './runs.ts';

const stepParams = z.object({ runId: z.string().max(128), step: z.string().max(1_000) });

/** Where a record stands, as the list of records has it. */
const recordPlaceSchema = z.strictObject({
  /** From 1. */
  batch: z.coerce.number().int().min(1),
  /** From 0. */
  place: z.coerce.number().int().min(0),
});

/** What sending refused records of a step again would do. */
export const recordRetryPreviewSchema = z.object({
  /** Why none can be sent again, and what to do instead; null: they can. */
  fault: z.object({ what: z.string(), fix: z.string() }).nullable(),
  /** For `retryRecords`: what was shown here is done, or nothing. */
  asOf: z.int(),
  /** Records that are sent. */
  count: z.int(),
  /** Refused ones beyond those that are sent at once. */
  more: z.int(),
  /** Batches that they are sent in. */
  batches: z.int(),
  /** Records of the step that are left alone: written, not usable, or not chosen. */
  leftAlone: z.int(),
  /** The step that sends them, and to what. */
  writer: z.object({ title: z.string(), connection: effectConnectionSchema.nullable() }).nullable(),
  /** The record, where one was asked for; hidden values are left out. */
  record: z.object({ row: z.int(), key: z.string(), what: z.string().nullable(), value: jsonValueSchema }).nullable(),
});
export type RecordRetryPreview = z.infer<typeof recordRetryPreviewSchema>;

export const recordRetryRoutes = {
  previewRecordRetry: route({
    method: 'GET',
    path: '/runs/:runId/steps/:step/records/retry',
    tag: 'Runs',
    summary: 'What sending refused records of a step again would write, all of them or one; sends nothing',
    access: 'runs.act',
    params: stepParams,
    query: recordPlaceSchema.partial(),
    reply: recordRetryPreviewSchema,
  }),
  retryRecords: route({
    method: 'POST',
    path: '/runs/:runId/steps/:step/records/retry',
    tag: 'Runs',
    summary: 'Send records again that their system refused, and only those; a single one may be changed before',
    access: 'runs.act',
    params: stepParams,
    body: z.strictObject({
      asOf: z.int().min(0),
      /** Absent: all that were refused. */
      only: recordPlaceSchema.optional(),
      /** Replaces the one record. */
      edited: jsonValueSchema.optional(),
      reason: z.string().trim().min(1).max(2_000),
    }),
    reply: runSummarySchema,
  }),
};
