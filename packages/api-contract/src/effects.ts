import { z } from 'zod';
import { epochMs, pageOf, pageQuery } from './common.ts';
import { route } from './route.ts';

export const effectStateNames = [
  'planned',
  'sent',
  'unknown',
  'confirmed',
  'refused',
  'reversed',
  'skipped',
  'reused',
] as const;
export const effectStateSchema = z.enum(effectStateNames);

/** What a step's credential is bound to; id and name as the binding stands now, null where it is not bound. */
export const effectConnectionSchema = z.object({
  binding: z.string(),
  id: z.string().nullable(),
  name: z.string().nullable(),
});

/** One change in an outside system, in its newest state. */
export const effectSchema = z.object({
  effectKey: z.string(),
  /** The same for the same step of the same business object in any run; null for effects without a connection. */
  businessEffectKey: z.string().nullable(),
  runId: z.string(),
  flowId: z.string(),
  flowName: z.string(),
  step: z.string(),
  nodeType: z.string(),
  nodeTitle: z.string(),
  /** How often a person repeated the step after its effect was confirmed. */
  generation: z.int(),
  attempt: z.int(),
  state: effectStateSchema,
  /** How the step is safe: a repeat changes nothing, the system takes a key, it can be looked for, or none of these. */
  safety: z.enum(['natural', 'key', 'probe', 'none']),
  connection: effectConnectionSchema.nullable(),
  businessKey: z.string().nullable(),
  correlationId: z.string(),
  mode: z.enum(['live', 'test']),
  firstAt: epochMs,
  updatedAt: epochMs,
  /** In words: why it is not confirmed, or who decided. */
  note: z.string().nullable(),
});
export type Effect = z.infer<typeof effectSchema>;

export const effectFilterQuery = {
  runId: z.string().max(128).optional(),
  flowId: z.string().max(128).optional(),
  businessKey: z.string().max(200).optional(),
  /** Role alias or connection id: finds what was written through either. */
  connection: z.string().max(128).optional(),
  /** Comma separated. */
  state: z.string().max(200).optional(),
  mode: z.enum(['live', 'test']).optional(),
  /** What the same step did for the same business object, in any run. */
  sameAs: z.string().max(64).optional(),
  from: z.coerce.number().int().optional(),
  to: z.coerce.number().int().optional(),
  /** Beginning of a business key, run id or effect key. */
  text: z.string().max(200).optional(),
};

export const effectRoutes = {
  listEffects: route({
    method: 'GET',
    path: '/effects',
    tag: 'Effects',
    summary: 'Changes in outside systems, newest first',
    access: 'runs.read',
    query: z.object({ ...pageQuery, ...effectFilterQuery }),
    reply: pageOf(effectSchema),
  }),
  countEffects: route({
    method: 'GET',
    path: '/effects/counts',
    tag: 'Effects',
    summary: 'Counts by state for a filter',
    access: 'runs.read',
    query: z.object(effectFilterQuery),
    reply: z.object({ counts: z.partialRecord(effectStateSchema, z.int()) }),
  }),
};
