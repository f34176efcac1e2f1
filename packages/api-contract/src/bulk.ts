import { z } from 'zod';
import { epochMs, pageOf, pageQuery } from './common.ts';
import { exceptionActNames, exceptionActSchema, exceptionFilterQuery, exceptionSchema } from './exceptions.ts';
import { route } from './route.ts';
import { runFilterQuery, runStatusSchema, runSummarySchema } from './runs.ts';

export const bulkActs = ['pause', 'resume', 'cancel', 'retry', 'replay'] as const;
export const bulkActSchema = z.enum(bulkActs);
export type BulkAct = (typeof bulkActs)[number];
/** What an operation does, to runs or to exceptions. */
const operationActSchema = z.enum([...new Set([...bulkActs, ...exceptionActNames])]);

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

/** On which version a bulk retry goes on: its own, in the run itself; or the newest, on which a run of another is repeated. */
const retryOptions = z.strictObject({ version: z.enum(['same', 'newest']).default('same') });
export type BulkRetryOptions = z.infer<typeof retryOptions>;

const money = z.object({ amount: z.number(), currency: z.string() });

/** Which exceptions: open ones that match, and of these only those whose row of a lookup table is there now. */
const exceptionSelection = {
  filter: z.strictObject({ ...exceptionFilterQuery, status: z.literal('open').default('open') }),
  rowsOf: z.string().max(128).nullable().default(null),
};

export const bulkOperationSchema = z.object({
  id: z.string(),
  name: z.string(),
  subject: z.enum(['runs', 'exceptions']),
  act: operationActSchema,
  /** For `replay`. */
  replay: replayOptions.nullable(),
  /** For `retry` of runs. */
  retry: retryOptions.nullable(),
  /** Of runs; empty for exceptions. */
  filter: z.strictObject(runFilterQuery),
  /** Of exceptions. */
  exceptions: z.object(exceptionSelection).nullable(),
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
  /** Null for exceptions. */
  runStatus: runStatusSchema.nullable(),
  exceptionId: z.string().nullable(),
  status: z.enum(['pending', 'succeeded', 'refused', 'skipped']),
  note: z.string().nullable(),
  newRunId: z.string().nullable(),
  at: epochMs.nullable(),
  /** Where the run, or its new one, stands by now: live until it is over. Null for one that was not acted on. */
  since: z.object({ status: runStatusSchema, step: z.string().nullable(), what: z.string().nullable() }).nullable(),
});
export type BulkItem = z.infer<typeof bulkItemSchema>;

/** What became of what was acted on, as people count it; of several states of a run each. */
export const bulkOutcomes = ['ended', 'failed', 'in-doubt', 'waiting', 'running', 'cancelled'] as const;
export type BulkOutcome = (typeof bulkOutcomes)[number];

export const bulkOutcomeOf: Readonly<Record<z.infer<typeof runStatusSchema>, BulkOutcome>> = {
  succeeded: 'ended',
  ignored: 'ended',
  failed: 'failed',
  quarantined: 'failed',
  'in-doubt': 'in-doubt',
  waiting: 'waiting',
  paused: 'waiting',
  queued: 'waiting',
  running: 'running',
  cancelled: 'cancelled',
};

/** Of more items than this the newest are not counted. */
export const bulkOutcomesLimit = 5_000;

export const bulkOutcomesSchema = z.object({
  /** Items that were acted on and looked at: all of them, or the first `bulkOutcomesLimit`. */
  counted: z.int(),
  isMore: z.boolean(),
  byOutcome: z.partialRecord(z.enum(bulkOutcomes), z.int()),
});
export type BulkOutcomeCounts = z.infer<typeof bulkOutcomesSchema>;

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
  /** The runs of these that cannot be repeated so, each with the reason. */
  refusals: z.array(z.object({ runId: z.string(), businessKey: z.string().nullable(), why: z.string() })),
});
export type BulkPreview = z.infer<typeof bulkPreviewSchema>;

const selection = {
  filter: z.strictObject(runFilterQuery),
  act: bulkActSchema,
  replay: replayOptions.default(defaultReplay),
  retry: retryOptions.default({ version: 'same' }),
};
const operationId = z.object({ operationId: z.string().max(64) });

const pace = {
  name: z.string().trim().min(1).max(120),
  reason: z.string().trim().min(1).max(2_000),
  perMinute: z.int().min(1).max(60_000).default(600),
  startAt: epochMs.optional(),
  /** The count of the preview that was agreed to. */
  expectedCount: z.int().min(0),
};
const exceptionsAndAct = { ...exceptionSelection, act: exceptionActSchema };

export const exceptionBulkPreviewSchema = z.object({
  count: z.int(),
  /** There are more than an operation may act on. */
  isMore: z.boolean(),
  sample: z.array(exceptionSchema),
  value: z.array(money),
  /** Of the oldest ones, asked whether this person could do it: how many could not, and the first reason. */
  lookedAt: z.int(),
  refused: z.int(),
  whyNot: z.string().nullable(),
});
export type ExceptionBulkPreview = z.infer<typeof exceptionBulkPreviewSchema>;

export const bulkRoutes = {
  previewExceptionBulk: route({
    method: 'POST',
    path: '/bulk/exceptions/preview',
    tag: 'Bulk',
    summary: 'What an act on all exceptions of a filter would touch; changes nothing',
    access: 'tasks.decide',
    body: z.strictObject(exceptionsAndAct),
    reply: exceptionBulkPreviewSchema,
  }),
  createExceptionBulk: route({
    method: 'POST',
    path: '/bulk/exceptions',
    tag: 'Bulk',
    summary: 'Act on all exceptions of a filter, as it matches now, in the name of whoever asks',
    access: 'tasks.decide',
    status: 201,
    body: z.strictObject({ ...exceptionsAndAct, ...pace }),
    reply: bulkOperationSchema,
  }),
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
    body: z.strictObject({ ...selection, ...pace }),
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
    query: z.object({
      ...pageQuery,
      status: bulkItemSchema.shape.status.optional(),
      /** Only those that were acted on and of which this became by now. A page may have fewer than were asked for. */
      outcome: z.enum(bulkOutcomes).optional(),
    }),
    reply: pageOf(bulkItemSchema),
  }),
  countBulkOutcomes: route({
    method: 'GET',
    path: '/bulk/:operationId/outcomes',
    tag: 'Bulk',
    summary: 'What became by now of the runs it acted on',
    access: 'runs.read',
    params: operationId,
    reply: bulkOutcomesSchema,
  }),
  steerBulk: route({
    method: 'POST',
    path: '/bulk/:operationId/steer',
    tag: 'Bulk',
    summary: 'Suspend, resume or cancel what is left, or change its pace',
    /** On runs it takes the permission to act on runs; on exceptions whoever made it, or looks after all of them. */
    access: 'tasks.decide',
    params: operationId,
    body: z.strictObject({
      to: z.enum(['suspend', 'resume', 'cancel', 'pace']),
      perMinute: z.int().min(1).max(60_000).optional(),
      reason: z.string().trim().max(2_000).optional(),
    }),
    reply: bulkOperationSchema,
  }),
};
