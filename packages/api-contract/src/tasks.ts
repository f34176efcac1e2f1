import { jsonValueSchema } from '@waybill/flow-model';
import { z } from 'zod';
import { epochMs, pageOf, pageQuery } from './common.ts';
import { fileBody, fileReply, route } from './route.ts';

export const taskFormFieldSchema = z.object({
  name: z.string(),
  label: z.string(),
  kind: z.enum(['text', 'multiline', 'number', 'boolean', 'date', 'choice']),
  options: z.array(z.string()).optional(),
  required: z.boolean().optional(),
  default: jsonValueSchema.optional(),
  /** What it holds is hidden, and kept when it is left empty. */
  masked: z.boolean().optional(),
});

export const taskKindSchema = z.enum(['approval', 'fix', 'in-doubt', 'exception']);
export const taskPrioritySchema = z.enum(['low', 'normal', 'high', 'urgent']);
export type TaskPriority = z.infer<typeof taskPrioritySchema>;
const someone = z.object({ id: z.string(), name: z.string() });

export const taskSchema = z.object({
  id: z.string(),
  kind: taskKindSchema,
  title: z.string(),
  description: z.string(),
  status: z.enum(['open', 'decided', 'expired', 'cancelled']),
  /** `run`: a run waits for the decision. `failure`: it is about a run that failed or stands still. */
  origin: z.enum(['run', 'failure']),
  runId: z.string(),
  flowId: z.string(),
  flowName: z.string(),
  step: z.string(),
  businessKey: z.string().nullable(),
  correlationId: z.string(),
  users: z.array(z.string()),
  groups: z.array(z.string()),
  /** `users` with names instead of ids, where they are known. */
  userNames: z.array(z.string()),
  /** Who has it on their desk: by claim or because it was assigned to them. */
  assignee: someone.nullable(),
  openedAt: epochMs,
  dueAt: epochMs.nullable(),
  expiresAt: epochMs.nullable(),
  closedAt: epochMs.nullable(),
  priority: taskPrioritySchema,
  /** Put aside by the assignee until then. */
  followUpAt: epochMs.nullable(),
  needed: z.int(),
  /** How often it came back because its run checked again and still could not go on; a decision names the round it is for. */
  round: z.int(),
  decisions: z.array(
    z.object({
      by: z.string(),
      byName: z.string(),
      /** In whose right, if not their own. */
      for: someone.nullable(),
      outcome: z.string(),
      comment: z.string().nullable(),
      at: epochMs,
      /** What was filled in, hidden values left out; not in lists. */
      answers: z.array(z.object({ label: z.string(), value: jsonValueSchema })).optional(),
    }),
  ),
  delegations: z.array(z.object({ from: someone, to: someone, at: epochMs })),
  /** A masked fact has no value here; `revealTask` gives it, with a reason. */
  facts: z.array(z.object({ label: z.string(), value: jsonValueSchema, masked: z.boolean() })),
  valueAtStake: z.object({ amount: z.number(), currency: z.string() }).nullable(),
  form: z.object({ fields: z.array(taskFormFieldSchema) }),
  commentRequired: z.enum(['never', 'on-reject', 'always']),
  outcomes: z.array(
    z.object({ name: z.string(), label: z.string(), tone: z.enum(['positive', 'negative', 'neutral']) }),
  ),
  /** Of exceptions: their class, what they have in common with others, and business words. */
  exceptionClass: z.string().nullable(),
  fingerprint: z.string().nullable(),
  exception: z
    .object({
      subject: z.object({ kind: z.string(), label: z.string() }).nullable(),
      likelyCause: z.string().nullable(),
      afterFix: z.string().nullable(),
      links: z.array(z.object({ label: z.string(), url: z.string() })),
    })
    .nullable(),
  comments: z.int(),
  files: z.int(),
  watching: z.boolean(),
  /** Whether the signed-in user may decide, and if not, why. */
  mayDecide: z.boolean(),
  whyNot: z.string().nullable(),
  /** In whose right they would: somebody who is away, or who handed the decision over. */
  decidesFor: someone.nullable(),
  /** What else the signed-in user may do. */
  may: z.object({
    claim: z.boolean(),
    release: z.boolean(),
    assign: z.boolean(),
    delegate: z.boolean(),
    takeBack: z.boolean(),
    change: z.boolean(),
    reveal: z.boolean(),
  }),
});
export type Task = z.infer<typeof taskSchema>;

export const taskDetailSchema = taskSchema.extend({
  /** Comments and everything else that happened, oldest first. */
  notes: z.array(
    z.object({
      id: z.string(),
      at: epochMs,
      by: z.string(),
      byName: z.string(),
      kind: z.string(),
      text: z.string().nullable(),
    }),
  ),
  attachments: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      mediaType: z.string(),
      sizeBytes: z.int(),
      by: z.string(),
      byName: z.string(),
      at: epochMs,
    }),
  ),
});
export type TaskDetail = z.infer<typeof taskDetailSchema>;

export const personSchema = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  /** Out of office until then; null if here. */
  awayUntil: epochMs.nullable(),
  /** Why this person cannot be chosen; null if they can. */
  whyNot: z.string().nullable(),
});
export type PersonChoice = z.infer<typeof personSchema>;

export const taskViews = ['mine', 'groups', 'unassigned', 'watching', 'later', 'done', 'all'] as const;
export const taskOrders = ['newest', 'oldest', 'due', 'priority', 'value'] as const;
export const attachmentMaxBytes = 10_000_000;

const taskId = z.object({ taskId: z.string().max(128) });
const userId = z.string().min(1).max(64);
const reason = z.string().trim().min(1).max(1_000);
/** Made by the caller: the same request sent twice then happens once. */
const ownId = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/);

const act = <B extends z.ZodType>(
  name: string,
  summary: string,
  body: B,
  access: 'tasks.decide' | 'tasks.read' = 'tasks.decide',
) =>
  route({
    method: 'POST',
    path: `/tasks/:taskId/${name}`,
    tag: 'Tasks',
    summary,
    access,
    params: taskId,
    body,
    reply: taskDetailSchema,
  });

export const taskRoutes = {
  listTasks: route({
    method: 'GET',
    path: '/tasks',
    tag: 'Tasks',
    summary: 'The inbox; `done` is what one has decided, whatever its status',
    access: 'tasks.read',
    query: z.object({
      ...pageQuery,
      view: z.enum(taskViews).default('mine'),
      /** `any`: with a business key only. */
      status: z.enum(['open', 'decided', 'expired', 'cancelled', 'any']).default('open'),
      kind: taskKindSchema.optional(),
      flowId: z.string().max(128).optional(),
      businessKey: z.string().max(200).optional(),
      overdue: z.stringbool().optional(),
      order: z.enum(taskOrders).default('newest'),
      text: z.string().max(200).optional(),
    }),
    reply: pageOf(taskSchema),
  }),
  countTasks: route({
    method: 'GET',
    path: '/tasks/counts',
    tag: 'Tasks',
    summary: 'Open tasks by view, up to 1,000',
    access: 'tasks.read',
    reply: z.object({
      /** Mine and my groups', each task once. */
      waiting: z.int(),
      mine: z.int(),
      groups: z.int(),
      unassigned: z.int(),
      watching: z.int(),
      later: z.int(),
      all: z.int(),
    }),
  }),
  claimTasks: route({
    method: 'POST',
    path: '/tasks/claims',
    tag: 'Tasks',
    summary: 'Claim several tasks, or assign them to one person; says of each whether it was done',
    access: 'tasks.decide',
    body: z.strictObject({
      taskIds: z.array(z.string().max(128)).min(1).max(100),
      /** Left out: for oneself. */
      userId: userId.optional(),
      reason: reason.optional(),
    }),
    reply: z.object({
      items: z.array(z.object({ taskId: z.string(), done: z.boolean(), whyNot: z.string().nullable() })),
    }),
  }),
  getTask: route({
    method: 'GET',
    path: '/tasks/:taskId',
    tag: 'Tasks',
    summary: 'One task with its history',
    access: 'tasks.read',
    params: taskId,
    reply: taskDetailSchema,
  }),
  listTaskPeople: route({
    method: 'GET',
    path: '/tasks/:taskId/people',
    tag: 'Tasks',
    summary: 'People a task can be assigned or delegated to or a comment can name, those who can be chosen first',
    access: 'tasks.decide',
    params: taskId,
    query: z.object({ to: z.enum(['assign', 'delegate', 'mention']), text: z.string().max(100).optional() }),
    reply: z.object({ items: z.array(personSchema) }),
  }),
  claimTask: act('claim', 'Take a task, or give it back', z.strictObject({ claim: z.boolean() })),
  assignTask: act(
    'assignee',
    'Give a task to somebody who may decide it',
    z.strictObject({ userId, reason: reason.optional() }),
  ),
  delegateTask: act(
    'delegation',
    'Hand the own decision to somebody, or take it back with null',
    z.strictObject({ userId: userId.nullable(), reason: reason.optional() }),
  ),
  watchTask: act('watch', 'Follow a task, or no longer', z.strictObject({ watch: z.boolean() }), 'tasks.read'),
  putTaskAside: act(
    'follow-up',
    'Out of sight until a moment; null brings it back',
    z.strictObject({ until: epochMs.nullable() }),
  ),
  prioritiseTask: act(
    'priority',
    'Set the priority',
    z.strictObject({ priority: taskPrioritySchema, reason: reason.optional() }),
  ),
  setTaskDue: act('due', 'Set the due date', z.strictObject({ dueAt: epochMs.nullable(), reason })),
  commentTask: act(
    'comments',
    'Comment; sent twice with one id it is one comment',
    z.strictObject({
      id: ownId,
      text: z.string().trim().min(1).max(4_000),
      /** Ids of people the words name, who are told so. */
      mentions: z.array(z.string().max(64)).max(20).optional(),
    }),
    'tasks.read',
  ),
  removeTaskComment: route({
    method: 'DELETE',
    path: '/tasks/:taskId/comments/:noteId',
    tag: 'Tasks',
    summary: 'Take the words of the own comment away',
    access: 'tasks.read',
    params: taskId.extend({ noteId: z.string().max(64) }),
    reply: taskDetailSchema,
  }),
  attachToTask: route({
    method: 'POST',
    path: '/tasks/:taskId/attachments',
    tag: 'Tasks',
    summary: 'Attach a file of up to 10 MB',
    access: 'tasks.decide',
    params: taskId,
    query: z.object({ id: ownId, name: z.string().trim().min(1).max(200) }),
    body: fileBody,
    upload: { maxBytes: attachmentMaxBytes },
    reply: taskDetailSchema,
  }),
  getTaskAttachment: route({
    method: 'GET',
    path: '/tasks/:taskId/attachments/:attachmentId',
    tag: 'Tasks',
    summary: 'The attached file, to save',
    access: 'tasks.read',
    params: taskId.extend({ attachmentId: z.string().max(64) }),
    reply: fileReply,
    download: true,
  }),
  removeTaskAttachment: route({
    method: 'DELETE',
    path: '/tasks/:taskId/attachments/:attachmentId',
    tag: 'Tasks',
    summary: 'Take the own file away',
    access: 'tasks.decide',
    params: taskId.extend({ attachmentId: z.string().max(64) }),
    reply: taskDetailSchema,
  }),
  revealTask: route({
    method: 'POST',
    path: '/tasks/:taskId/reveal',
    tag: 'Tasks',
    summary: 'Masked facts in the clear; the reason is written down',
    access: 'data.reveal',
    params: taskId,
    body: z.strictObject({ reason }),
    reply: z.object({
      facts: z.array(z.object({ label: z.string(), value: jsonValueSchema })),
      /** What masked fields of the form hold, by name. */
      form: z.record(z.string(), jsonValueSchema),
    }),
  }),
  decideTask: act(
    'decision',
    'Decide; durable before the answer',
    z.strictObject({
      outcome: z.string().max(64),
      comment: z.string().max(4_000).optional(),
      form: z.record(z.string(), jsonValueSchema).default({}),
      /** `round` of the task as it was looked at; a decision about an earlier one is refused. */
      round: z.int().min(0).optional(),
    }),
  ),
};
