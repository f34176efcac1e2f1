import { z } from 'zod';
import { epochMs, pageOf, pageQuery } from './common.ts';
import { route } from './route.ts';
import { runFilterQuery, runStatusSchema, runSummarySchema } from './runs.ts';

export const bulkActs = ['pause', 'resume', 'cancel', 'retry', 'replay'] as const;
const bulkActSchema = z.enum(bulkActs);
export type BulkAct = (typeof bulkActs)[number];

/** The most runs that one bulk action may act on. */
export const bulkLimit = 100_000;

/** How a bulk replay repeats its runs; the other acts take no options. */
const replayOptions = z.strictObject({
  version: z.enum(['same', 'newest']).default('same'),
  /** What becomes of writes that were confirmed with the same data. */
  effects: z.enum(['skip-confirmed', 'write-again']).default('skip-confirmed'),
});
export type BulkReplayOptions = z.infer<typeof replayOptions>;
const defaultReplay: BulkReplayOptions = { version: 'same', effects: 'skip-confirmed' };

const money = z.object({ amount: z.number(), currency: z.string() });

export const bulkOperationSchema = z.object({
  id: z.string(),
  name: z.string(),
  act: bulkActSchema,
  /** For `replay`. */
  replay: replayOptions.nullable(),
  filter: z.strictObject(runFilterQuery),
  reason: z.string(),
  createdBy: z.string(),
  createdByName: z.string(),
  createdAt: epochMs,
  startAt: epochMs,
  perMinute: z.int(),
  status: z.enum(['gathering', 'waiting', 'running', 'suspended', 'finished', 'cancelled']),
  total: z.int(),
  succeeded: z.int(),
  refused: z.int(),
  skipped: z.int(),
  finishedAt: epochMs.nullable(),
});
export type BulkOperation = z.infer<typeof bulkOperationSchema>;

export const bulkItemSchema = z.object({
  n: z.int(),
  runId: z.string(),
  flowId: z.string(),
  flowName: z.string(),
  businessKey: z.string().nullable(),
  runStatus: runStatusSchema,
  status: z.enum(['pending', 'succeeded', 'refused', 'skipped']),
  note: z.string().nullable(),
  newRunId: z.string().nullable(),
  at: epochMs.nullable(),
  /** Where the run, or its new one, stands by now: live until it is over. Null for one that was not acted on. */
  since: z.object({ status: runStatusSchema, step: z.string().nullable(), what: z.string().nullable() }).nullable(),
});
export type BulkItem = z.infer<typeof bulkItemSchema>;

export const bulkPreviewSchema = z.object({
  /** Runs that match the filter and that the act would change; at most `bulkLimit`. */
  count: z.int(),
  /** There are more than `count`. */
  isMore: z.boolean(),
  byStatus: z.partialRecord(runStatusSchema, z.int()),
  sample: z.array(runSummarySchema),
  /** Of their open tasks and exceptions. */
  value: z.array(money),
  /** For `retry` and `replay`: what the first runs would write. */
  writes: z
    .object({
      /** Runs that were looked at, newest first. */
      runs: z.int(),
      writtenAgain: z.int(),
      skipped: z.int(),
      /** Never written before. */
      new: z.int(),
      /** They may have been written: looked for, and sent if they are not there. */
      lookedFor: z.int(),
      /** A person is asked before each. */
      inDoubt: z.int(),
      /** Writes of very long runs, too many to judge here. */
      unjudged: z.int(),
      /** Runs of these that cannot be repeated so. */
      refused: z.int(),
    })
    .nullable(),
});
export type BulkPreview = z.infer<typeof bulkPreviewSchema>;

const selection = {
  filter: z.strictObject(runFilterQuery),
  act: bulkActSchema,
  replay: replayOptions.default(defaultReplay),
};
const operationId = z.object({ operationId: z.string().max(64) });

export const bulkRoutes = {
  previewBulk: route({
    method: 'POST',
    path: '/bulk/preview',
    tag: 'Bulk',
    summary: 'What an act on all runs of a filter would touch; changes nothing',
    access: 'runs.act',
    body: z.strictObject(selection),
    reply: bulkPreviewSchema,
  }),
  createBulk: route({
    method: 'POST',
    path: '/bulk',
    tag: 'Bulk',
    summary: 'Act on all runs of a filter, as it matches now',
    access: 'runs.act',
    status: 201,
    body: z.strictObject({
      ...selection,
      name: z.string().trim().min(1).max(120),
      reason: z.string().trim().min(1).max(2_000),
      perMinute: z.int().min(1).max(60_000).default(600),
      startAt: epochMs.optional(),
      /** The count of the preview that was agreed to. */
      expectedCount: z.int().min(0),
    }),
    reply: bulkOperationSchema,
  }),
  listBulk: route({
    method: 'GET',
    path: '/bulk',
    tag: 'Bulk',
    summary: 'Bulk actions, newest first',
    access: 'runs.read',
    query: z.object(pageQuery),
    reply: pageOf(bulkOperationSchema),
  }),
  getBulk: route({
    method: 'GET',
    path: '/bulk/:operationId',
    tag: 'Bulk',
    summary: 'One bulk action and how far it is',
    access: 'runs.read',
    params: operationId,
    reply: bulkOperationSchema,
  }),
  listBulkItems: route({
    method: 'GET',
    path: '/bulk/:operationId/items',
    tag: 'Bulk',
    summary: 'Its runs, each with its result',
    access: 'runs.read',
    params: operationId,
    query: z.object({ ...pageQuery, status: bulkItemSchema.shape.status.optional() }),
    reply: pageOf(bulkItemSchema),
  }),
  steerBulk: route({
    method: 'POST',
    path: '/bulk/:operationId/steer',
    tag: 'Bulk',
    summary: 'Suspend, resume or cancel what is left, or change its pace',
    access: 'runs.act',
    params: operationId,
    body: z.strictObject({
      to: z.enum(['suspend', 'resume', 'cancel', 'pace']),
      perMinute: z.int().min(1).max(60_000).optional(),
      reason: z.string().trim().max(2_000).optional(),
    }),
    reply: bulkOperationSchema,
  }),
};
