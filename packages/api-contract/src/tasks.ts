import { jsonValueSchema } from '@waybill/flow-model';
import { z } from 'zod';
import { epochMs, pageOf, pageQuery } from './common.ts';
import { route } from './route.ts';

export const taskFormFieldSchema = z.object({
  name: z.string(),
  label: z.string(),
  kind: z.enum(['text', 'multiline', 'number', 'boolean', 'date', 'choice']),
  options: z.array(z.string()).optional(),
  required: z.boolean().optional(),
  default: jsonValueSchema.optional(),
});

export const taskSchema = z.object({
  id: z.string(),
  kind: z.enum(['approval', 'fix', 'in-doubt', 'exception']),
  title: z.string(),
  description: z.string(),
  status: z.enum(['open', 'decided', 'expired', 'cancelled']),
  runId: z.string(),
  flowId: z.string(),
  flowName: z.string(),
  step: z.string(),
  businessKey: z.string().nullable(),
  correlationId: z.string(),
  users: z.array(z.string()),
  groups: z.array(z.string()),
  /** User id of whoever claimed it. */
  claimedBy: z.string().nullable(),
  openedAt: epochMs,
  dueAt: epochMs.nullable(),
  expiresAt: epochMs.nullable(),
  closedAt: epochMs.nullable(),
  needed: z.int(),
  decisions: z.array(
    z.object({ by: z.string(), byName: z.string(), outcome: z.string(), comment: z.string().nullable(), at: epochMs }),
  ),
  facts: z.array(z.object({ label: z.string(), value: jsonValueSchema })),
  valueAtStake: z.object({ amount: z.number(), currency: z.string() }).nullable(),
  form: z.object({ fields: z.array(taskFormFieldSchema) }),
  commentRequired: z.enum(['never', 'on-reject', 'always']),
  outcomes: z.array(
    z.object({ name: z.string(), label: z.string(), tone: z.enum(['positive', 'negative', 'neutral']) }),
  ),
  /** Whether the signed-in user may decide, and if not, why. */
  mayDecide: z.boolean(),
  whyNot: z.string().nullable(),
});
export type Task = z.infer<typeof taskSchema>;

const taskId = z.object({ taskId: z.string().max(128) });

export const taskRoutes = {
  listTasks: route({
    method: 'GET',
    path: '/tasks',
    tag: 'Tasks',
    summary: 'The inbox',
    access: 'tasks.read',
    query: z.object({
      ...pageQuery,
      view: z.enum(['mine', 'groups', 'unassigned', 'all']).default('mine'),
      status: z.enum(['open', 'decided', 'expired', 'cancelled']).default('open'),
      text: z.string().max(200).optional(),
    }),
    reply: pageOf(taskSchema),
  }),
  countTasks: route({
    method: 'GET',
    path: '/tasks/counts',
    tag: 'Tasks',
    summary: 'Open tasks by view',
    access: 'tasks.read',
    reply: z.object({ mine: z.int(), groups: z.int(), unassigned: z.int(), all: z.int() }),
  }),
  getTask: route({
    method: 'GET',
    path: '/tasks/:taskId',
    tag: 'Tasks',
    summary: 'One task',
    access: 'tasks.read',
    params: taskId,
    reply: taskSchema,
  }),
  claimTask: route({
    method: 'POST',
    path: '/tasks/:taskId/claim',
    tag: 'Tasks',
    summary: 'Take a task, or give it back',
    access: 'tasks.decide',
    params: taskId,
    body: z.strictObject({ claim: z.boolean() }),
    reply: taskSchema,
  }),
  decideTask: route({
    method: 'POST',
    path: '/tasks/:taskId/decision',
    tag: 'Tasks',
    summary: 'Decide; durable before the answer',
    access: 'tasks.decide',
    params: taskId,
    body: z.strictObject({
      outcome: z.string().max(64),
      comment: z.string().max(4_000).optional(),
      form: z.record(z.string(), jsonValueSchema).default({}),
    }),
    reply: taskSchema,
  }),
};
