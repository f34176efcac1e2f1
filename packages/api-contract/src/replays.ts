import { jsonValueSchema } from '@waybill/flow-model';
import { z } from 'zod';
import { effectConnectionSchema } from './effects.ts';
import { route } from './route.ts';
import { runSummarySchema } from './runs.ts';

const runId = z.object({ runId: z.string().max(128) });

const choice = {
  /** Step key; what does not follow from it is taken over. Absent: the whole run. */
  from: z.string().max(1_000).optional(),
  version: z.enum(['same', 'newest']).default('same'),
  /** What becomes of writes that were confirmed with the same data. */
  effects: z.enum(['skip-confirmed', 'write-again']).default('skip-confirmed'),
  /** Replaces the input of `from`, or of the trigger. */
  edited: jsonValueSchema.optional(),
};

export const replayedEffectSchema = z.object({
  /** A run that the repeated one called, whose write it is; absent: its own. */
  runId: z.string().optional(),
  step: z.string(),
  title: z.string(),
  connection: effectConnectionSchema.nullable(),
  verdict: z.enum(['skipped', 'written-again', 'new', 'in-doubt']),
  why: z.string(),
});
export const replayPreviewSchema = z.object({
  versionNumber: z.int().nullable(),
  effects: z.array(replayedEffectSchema),
  /** Writes beyond those listed. */
  more: z.int(),
  /** What the run wrote and the chosen version cannot take over, in words. */
  lost: z.array(z.object({ step: z.string(), title: z.string(), what: z.string() })),
});
export type ReplayPreview = z.infer<typeof replayPreviewSchema>;

export const replayRoutes = {
  previewReplay: route({
    method: 'POST',
    path: '/runs/:runId/replay/preview',
    tag: 'Runs',
    summary: 'What a replay would write, write again and leave alone; sends nothing',
    access: 'runs.act',
    params: runId,
    body: z.strictObject(choice),
    reply: replayPreviewSchema,
  }),
  replayRun: route({
    method: 'POST',
    path: '/runs/:runId/replay',
    tag: 'Runs',
    summary: 'Start a run that repeats one that is over',
    access: 'runs.act',
    params: runId,
    body: z.strictObject({ ...choice, reason: z.string().trim().min(1).max(2_000) }),
    reply: runSummarySchema,
  }),
  getReplayEdit: route({
    method: 'GET',
    path: '/runs/:runId/replay/edit',
    tag: 'Runs',
    summary: 'The data that a replay was given, and what it was before',
    access: 'runs.data',
    params: runId,
    reply: z.object({ step: z.string().nullable(), before: jsonValueSchema, after: jsonValueSchema }).nullable(),
  }),
};
