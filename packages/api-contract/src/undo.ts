import { z } from 'zod';
import { epochMs } from './common.ts';
import { effectConnectionSchema } from './effects.ts';
import { route } from './route.ts';
import { runStatusSchema, runSummarySchema } from './runs.ts';

const stepWords = { step: z.string(), title: z.string(), nodeType: z.string() };

/** What of a run can be taken back, the newest effect first, and what would stay as it is. */
export const undoPreviewSchema = z.object({
  effects: z.array(
    z.object({ ...stepWords, effectKey: z.string(), at: epochMs, connection: effectConnectionSchema.nullable() }),
  ),
  stays: z.array(
    z.object({
      ...stepWords,
      effectKey: z.string().nullable(),
      why: z.enum(['no-undo', 'not-asked', 'unknown', 'called-flow']),
      /** Why its step cannot be taken back, as a sentence. */
      because: z.string().nullable(),
      runId: z.string().optional(),
    }),
  ),
  /** Later runs that repeat this one and took something over from those before them. */
  goesOnIn: z.array(z.object({ runId: z.string(), status: runStatusSchema })),
});
export type UndoPreview = z.infer<typeof undoPreviewSchema>;

const runId = z.object({ runId: z.string().max(128) });

export const undoRoutes = {
  previewUndo: route({
    method: 'GET',
    path: '/runs/:runId/undo',
    tag: 'Runs',
    summary: 'What of a run can be taken back, and what would stay',
    access: 'runs.read',
    params: runId,
    reply: undoPreviewSchema,
  }),
  undoRun: route({
    method: 'POST',
    path: '/runs/:runId/undo',
    tag: 'Runs',
    summary: 'Take confirmed effects of a failed or cancelled run back, the newest first',
    access: 'runs.act',
    params: runId,
    body: z.strictObject({
      reason: z.string().trim().min(1).max(2_000),
      /** Keys of the effects to take back; absent: all that can be. */
      effects: z.array(z.string().max(64)).min(1).max(10_000).optional(),
    }),
    reply: runSummarySchema,
  }),
};
