import { z } from 'zod';
import { errorRecordSchema } from './common.ts';
import { effectConnectionSchema } from './effects.ts';
import { route } from './route.ts';
import { runSummarySchema } from './runs.ts';

const runId = z.object({ runId: z.string().max(128) });

/** What retrying a run takes up and writes, in the runs it called too. */
export const retryPreviewSchema = z.object({
  /** Failed steps that are taken up; `runId` is the run or one that it called. */
  steps: z.array(
    z.object({ runId: z.string(), step: z.string(), title: z.string(), error: errorRecordSchema.nullable() }),
  ),
  effects: z.array(
    z.object({
      runId: z.string(),
      step: z.string(),
      title: z.string(),
      connection: effectConnectionSchema.nullable(),
      /** `new`: not written yet. `looked-for`: sent only if it is not found. `in-doubt`: a person is asked before. */
      verdict: z.enum(['skipped', 'written-again', 'new', 'looked-for', 'in-doubt']),
      why: z.string(),
    }),
  ),
  /** Writes beyond those listed. */
  more: z.int(),
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
