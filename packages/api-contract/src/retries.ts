import { z } from 'zod';
import { errorRecordSchema, pageOf, pageQuery } from './common.ts';
import { effectConnectionSchema } from './effects.ts';
import { route } from './route.ts';
import { runSummarySchema } from './runs.ts';

const runId = z.object({ runId: z.string().max(128) });

const verdicts = ['written-again', 'in-doubt', 'looked-for', 'new', 'skipped'] as const;

export const retriedWriteSchema = z.object({
  /** The run, or one that it called. */
  runId: z.string(),
  step: z.string(),
  /** Which item of which loop around it, counted from 1; empty outside of loops, and where it stands for all items. */
  items: z.array(z.int()),
  title: z.string(),
  connection: effectConnectionSchema.nullable(),
  /** `new`: not written yet. `looked-for`: sent only if it is not found. `in-doubt`: a person is asked before. */
  verdict: z.enum(verdicts),
  why: z.string(),
});
export type RetriedWrite = z.infer<typeof retriedWriteSchema>;

/** What retrying a run takes up and writes, in the runs it called too. */
export const retryPreviewSchema = z.object({
  /** Failed steps that are taken up, at most 500; `runId` is the run or one that it called. */
  steps: z.array(
    z.object({ runId: z.string(), step: z.string(), title: z.string(), error: errorRecordSchema.nullable() }),
  ),
  stepCount: z.int(),
  /** Of all writes: those of iterations and called runs that are over as well. */
  counts: z.record(z.enum(verdicts), z.int()),
  /** The first writes in the order of the flow; of very many, those that are sent before those that are left alone. */
  effects: z.array(retriedWriteSchema),
  /** Writes beyond those listed. */
  more: z.int(),
  /** What was not looked at because there is too much of it: writes that were confirmed, and called runs. */
  unread: z.object({ writes: z.int(), runs: z.int() }),
});
export type RetryPreview = z.infer<typeof retryPreviewSchema>;

export const retryRoutes = {
  previewRetry: route({
    method: 'GET',
    path: '/runs/:runId/retry',
    tag: 'Runs',
    summary: 'What retrying a failed run would take up and write; sends nothing',
    access: 'runs.act',
    params: runId,
    reply: retryPreviewSchema,
  }),
  listRetriedWrites: route({
    method: 'GET',
    path: '/runs/:runId/retry/writes',
    tag: 'Runs',
    summary: 'All that retrying a run would write or leave alone, in the order of the flow; sends nothing',
    access: 'runs.act',
    params: runId,
    query: z.object({
      ...pageQuery,
      /** In the title, the step, the run or the connection. */
      text: z.string().trim().max(200).optional(),
      /** `sent`: all that are not left alone. */
      verdict: z.enum([...verdicts, 'sent']).optional(),
    }),
    reply: pageOf(retriedWriteSchema).extend({ total: z.int() }),
  }),
  retryRun: route({
    method: 'POST',
    path: '/runs/:runId/retry',
    tag: 'Runs',
    summary: 'Take up all failed steps of a run, in loops, branches and called runs; what was written stays',
    access: 'runs.act',
    params: runId,
    body: z.strictObject({ reason: z.string().trim().min(1).max(2_000) }),
    reply: runSummarySchema,
  }),
};
