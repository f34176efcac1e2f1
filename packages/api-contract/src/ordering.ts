import { z } from 'zod';
import { epochMs } from './common.ts';
import { route } from './route.ts';
import { runStatusSchema } from './runs.ts';

/** A run that keeps others of its ordering key waiting. */
export const holderSchema = z.object({
  runId: z.string(),
  businessKey: z.string().nullable(),
  status: runStatusSchema,
  /** A sentence about the run without its subject: `waits for a decision: Approve the project`. */
  reason: z.string(),
  since: epochMs,
  /** When it goes on by itself, if it does. */
  until: epochMs.nullable(),
});
export type Holder = z.infer<typeof holderSchema>;

export const blockedKeySchema = z.object({
  flowId: z.string(),
  flowName: z.string(),
  orderingKey: z.string(),
  holder: holderSchema,
  /** Runs that wait behind it. */
  waiting: z.int(),
  oldestAcceptedAt: epochMs,
});
export type BlockedKey = z.infer<typeof blockedKeySchema>;

/** Why a run has not begun: another of its ordering key goes first, or enough of its flow are under way. */
export const queuedBehindSchema = z.discriminatedUnion('for', [
  z.object({ for: z.literal('key'), orderingKey: z.string(), holder: holderSchema }),
  z.object({ for: z.literal('place'), concurrency: z.int(), underWay: z.int() }),
]);
export type QueuedBehind = z.infer<typeof queuedBehindSchema>;

export const orderingRoutes = {
  listBlockedKeys: route({
    method: 'GET',
    path: '/ordering/blocked',
    tag: 'Runs',
    summary: 'Ordering keys that keep runs waiting, the longest wait first',
    access: 'runs.read',
    query: z.object({ flowId: z.string().max(128).optional() }),
    reply: z.object({ items: z.array(blockedKeySchema) }),
  }),
  getQueuedBehind: route({
    method: 'GET',
    path: '/runs/:runId/behind',
    tag: 'Runs',
    summary: 'What a queued run waits for; null once it may begin',
    access: 'runs.read',
    params: z.object({ runId: z.string().max(128) }),
    reply: z.object({ behind: queuedBehindSchema.nullable() }),
  }),
  releaseKey: route({
    method: 'POST',
    path: '/ordering/release',
    tag: 'Runs',
    summary: 'Let the next run of an ordering key begin although the one before is not over',
    access: 'runs.act',
    body: z.strictObject({
      flowId: z.string().min(1).max(128),
      orderingKey: z.string().max(10_000),
      /** The run that holds it, and how it stood when this was decided: by now another one may hold it. Absent: whichever does. */
      holder: z.strictObject({ runId: z.string().min(1).max(128), status: runStatusSchema }).optional(),
      reason: z.string().trim().min(1).max(2_000),
    }),
    reply: z.object({ released: z.array(z.string()) }),
  }),
};
