import { exceptionClasses, jsonValueSchema } from '@waybill/flow-model';
import { z } from 'zod';
import { epochMs, pageOf, pageQuery } from './common.ts';
import { route } from './route.ts';
import { runStatusSchema, stepStatusSchema } from './runs.ts';
import { taskSchema } from './tasks.ts';

export const exceptionClassNames = exceptionClasses;
export const exceptionClassSchema = z.enum(exceptionClassNames);
export type ExceptionClassName = (typeof exceptionClassNames)[number];

/** Sums of money are kept apart by currency. */
export const moneySchema = z.object({ amount: z.number(), currency: z.string() });
export type Money = z.infer<typeof moneySchema>;

/** How old, counted from the opening. */
export const ageBandNames = ['under-4h', '4h-24h', '1d-3d', '3d-7d', 'over-7d'] as const;
export type AgeBand = (typeof ageBandNames)[number];
/** Where the clock of the promise stands. */
export const slaStateNames = ['none', 'ok', 'soon', 'overdue'] as const;
export type SlaState = (typeof slaStateNames)[number];

const money = z.object({ count: z.int(), values: z.array(moneySchema) });

const historyLine = z.object({ at: epochMs, byName: z.string(), kind: z.string(), text: z.string().nullable() });

/** One line of the desk. */
export const exceptionSchema = z.object({
  id: z.string(),
  status: taskSchema.shape.status,
  /** `failure`: a run failed or stands still; `run`: a run waits for whoever fixes it. */
  origin: z.enum(['run', 'failure']),
  title: z.string(),
  class: exceptionClassSchema,
  fingerprint: z.string(),
  subject: z.object({ kind: z.string(), label: z.string() }).nullable(),
  flowId: z.string(),
  flowName: z.string(),
  runId: z.string(),
  step: z.string(),
  stepTitle: z.string(),
  businessKey: z.string().nullable(),
  owners: z.array(z.string()),
  claimedBy: z.string().nullable(),
  priority: z.enum(['low', 'normal', 'high', 'urgent']),
  openedAt: epochMs,
  dueAt: epochMs.nullable(),
  closedAt: epochMs.nullable(),
  value: moneySchema.nullable(),
  /** How often it came back: it was checked, tried or repeated again after it was opened, and still could not be done. */
  round: z.int(),
  /** What people did about it, and how it closed by itself if it did; oldest first, `kind` as in its history. */
  done: z.array(historyLine),
});
export type Exception = z.infer<typeof exceptionSchema>;

/** A field of the failed step, as the person who fixes it sees it. */
export const fixFieldSchema = z.object({
  /** Where it stands in the fields of the step: `fields.subsidiary`. */
  path: z.string(),
  label: z.string(),
  help: z.string().nullable(),
  /** `json`: a list or an object, whole. `expression` and `code`: the text of a program. */
  kind: z.enum(['text', 'multiline', 'number', 'boolean', 'choice', 'json', 'expression', 'code']),
  options: z.array(z.object({ value: z.string(), label: z.string() })).optional(),
  required: z.boolean(),
  value: jsonValueSchema,
  /** What it holds is hidden; it can be replaced, and is kept when it is left alone. */
  masked: z.boolean().optional(),
  /** The error names this field or its value. */
  suspect: z.boolean(),
});
export type FixField = z.infer<typeof fixFieldSchema>;

export const exceptionActNames = ['decide', 'fix', 'retry', 'skip', 'resolved-outside', 'cancel-run'] as const;
export type ExceptionActName = (typeof exceptionActNames)[number];

export const exceptionDetailSchema = exceptionSchema.extend({
  description: z.string(),
  likelyCause: z.string().nullable(),
  afterFix: z.string().nullable(),
  links: z.array(z.object({ label: z.string(), url: z.string() })),
  /** A masked fact has no value here; `revealException` gives it, with a reason. */
  facts: z.array(z.object({ label: z.string(), value: jsonValueSchema, masked: z.boolean() })),
  /** Something is hidden that this person may have shown. */
  mayReveal: z.boolean(),
  error: z.object({ code: z.string(), what: z.string(), fix: z.string() }).nullable(),
  /** Rises when the same step fails again, or the check of what was fixed; an act names the failure it is meant for. */
  seq: z.int(),
  run: z.object({ status: runStatusSchema, stepStatus: stepStatusSchema.nullable() }).nullable(),
  /** Others with the same cause that are open. */
  siblings: z.int(),
  /** What may be done now, by this person. */
  acts: z.array(z.enum(exceptionActNames)),
  /** Why nothing may be done, if so. */
  whyNot: z.string().nullable(),
  /** The fields of the failed step; null when there is nothing to correct, or this person may not see the data. */
  fields: z.array(fixFieldSchema).nullable(),
  /** The lookup table that lacks a row. */
  table: z.object({ name: z.string(), key: z.record(z.string(), jsonValueSchema) }).nullable(),
  connectionId: z.string().nullable(),
  history: z.array(historyLine),
});
export type ExceptionDetail = z.infer<typeof exceptionDetailSchema>;

export const exceptionGroupSchema = z.object({
  fingerprint: z.string(),
  title: z.string(),
  /** What was said of the oldest. */
  what: z.string(),
  count: z.int(),
  oldestAt: epochMs,
  newestAt: epochMs,
  overdue: z.int(),
  values: z.array(moneySchema),
  classes: z.array(exceptionClassSchema),
  flows: z.array(z.object({ id: z.string(), name: z.string() })),
  owners: z.array(z.string()),
  /** The oldest of them. */
  sampleId: z.string(),
});
export type ExceptionGroup = z.infer<typeof exceptionGroupSchema>;

const facet = z.object({ name: z.string(), label: z.string(), count: z.int(), values: z.array(moneySchema) });

export const exceptionTotalsSchema = money.extend({
  byClass: z.array(facet),
  byFlow: z.array(facet),
  byOwner: z.array(facet),
  ageing: z.array(money.extend({ band: z.enum(ageBandNames) })),
  sla: z.array(money.extend({ state: z.enum(slaStateNames) })),
  /** There are more than were counted. */
  truncated: z.boolean(),
});
export type ExceptionTotals = z.infer<typeof exceptionTotalsSchema>;

export const exceptionFilterQuery = {
  status: z.enum(['open', 'decided', 'expired', 'cancelled']).default('open'),
  class: exceptionClassSchema.optional(),
  flowId: z.string().max(128).optional(),
  businessKey: z.string().max(200).optional(),
  owner: z.string().max(64).optional(),
  age: z.enum(ageBandNames).optional(),
  sla: z.enum(slaStateNames).optional(),
  minValue: z.coerce.number().min(0).optional(),
  fingerprint: z.string().max(64).optional(),
  /** `table:<name>`, `connection:<id>`, `app:<name>`, `code:<code>` or `run:<id>`, also of runs it called. */
  tag: z.string().max(200).optional(),
  text: z.string().max(200).optional(),
};
const filterOnly = z.object(exceptionFilterQuery);
export type ExceptionFilterQuery = z.infer<typeof filterOnly>;

const reason = z.string().trim().min(1).max(2_000);
export const exceptionActSchema = z.discriminatedUnion('act', [
  /** For what a run asked people about: one of its outcomes, with the form filled in. */
  z.strictObject({
    act: z.literal('decide'),
    outcome: z.string().max(64),
    comment: z.string().max(4_000).optional(),
    form: z.record(z.string(), jsonValueSchema).default({}),
  }),
  z.strictObject({
    act: z.literal('fix'),
    edits: z
      .array(z.strictObject({ path: z.string().max(400), value: jsonValueSchema }))
      .min(1)
      .max(100),
    reason: reason.optional(),
  }),
  z.strictObject({ act: z.literal('retry'), reason: reason.optional() }),
  z.strictObject({ act: z.literal('skip'), reason, value: jsonValueSchema.optional() }),
  z.strictObject({ act: z.literal('resolved-outside'), reason, cancelRun: z.boolean().default(false) }),
  z.strictObject({ act: z.literal('cancel-run'), reason }),
]);
export type ExceptionAct = z.infer<typeof exceptionActSchema>;

const groupName = z.string().trim().min(1).max(64);
/** A rule says who gets what it fits; the first that fits counts. Empty conditions fit everything. */
export const routingRuleSchema = z.strictObject({
  id: z.string().max(64),
  class: exceptionClassSchema.nullable(),
  flowId: z.string().max(128).nullable(),
  app: z.string().max(64).nullable(),
  /** Smallest value at stake, in whatever currency it is. */
  minValue: z.number().min(0).nullable(),
  owner: groupName,
  priority: z.enum(['low', 'normal', 'high', 'urgent']).nullable(),
  slaMs: z.int().positive().max(31_536_000_000).nullable(),
  escalation: z.array(z.strictObject({ afterMs: z.int().positive().max(31_536_000_000), group: groupName })).max(10),
});
export type RoutingRule = z.infer<typeof routingRuleSchema>;
const rulesReply = z.object({ rules: z.array(routingRuleSchema), revision: z.int() });

const routedSchema = z.object({
  /** Number of the rule from 1; null: the flow's own owner, or the operators. */
  rule: z.int().nullable(),
  owner: z.string(),
  priority: z.enum(['low', 'normal', 'high', 'urgent']),
  slaMs: z.int().nullable(),
  escalation: routingRuleSchema.shape.escalation,
});
export type Routed = z.infer<typeof routedSchema>;

const exceptionId = z.object({ exceptionId: z.string().max(128) });

export const exceptionRoutes = {
  listExceptions: route({
    method: 'GET',
    path: '/exceptions',
    tag: 'Exceptions',
    summary: 'Business problems, one by one',
    access: 'tasks.read',
    query: z.object({
      ...pageQuery,
      ...exceptionFilterQuery,
      /** `any`: with a business key only. */
      status: z.enum(['open', 'decided', 'expired', 'cancelled', 'any']).default('open'),
      order: z.enum(['newest', 'oldest', 'due', 'value']).default('oldest'),
    }),
    reply: pageOf(exceptionSchema),
  }),
  groupExceptions: route({
    method: 'GET',
    path: '/exceptions/groups',
    tag: 'Exceptions',
    summary: 'Business problems by cause',
    access: 'tasks.read',
    query: z.object({ ...pageQuery, ...exceptionFilterQuery }),
    /** `truncated`: there are more closed ones than were looked at. */
    reply: pageOf(exceptionGroupSchema).extend({ truncated: z.boolean() }),
  }),
  sumExceptions: route({
    method: 'GET',
    path: '/exceptions/totals',
    tag: 'Exceptions',
    summary: 'How many, how old and how much, for a filter',
    access: 'tasks.read',
    query: filterOnly,
    reply: exceptionTotalsSchema,
  }),
  countExceptions: route({
    method: 'GET',
    path: '/exceptions/count',
    tag: 'Exceptions',
    summary: 'How many are open',
    access: 'tasks.read',
    query: z.object({ tag: exceptionFilterQuery.tag }),
    reply: z.object({ open: z.int() }),
  }),
  getRoutingRules: route({
    method: 'GET',
    path: '/exceptions/rules',
    tag: 'Exceptions',
    summary: 'Who gets what, in order',
    access: 'tasks.read',
    reply: rulesReply,
  }),
  getException: route({
    method: 'GET',
    path: '/exceptions/:exceptionId',
    tag: 'Exceptions',
    summary: 'One business problem with all that may be done about it',
    access: 'tasks.read',
    params: exceptionId,
    reply: exceptionDetailSchema,
  }),
  revealException: route({
    method: 'POST',
    path: '/exceptions/:exceptionId/reveal',
    tag: 'Exceptions',
    summary: 'Hidden facts and fields in the clear; the reason is written down',
    access: 'data.reveal',
    params: exceptionId,
    body: z.strictObject({ reason: z.string().trim().min(1).max(1_000) }),
    reply: z.object({
      facts: z.array(z.object({ label: z.string(), value: jsonValueSchema })),
      fields: z.array(z.object({ path: z.string(), value: jsonValueSchema })),
    }),
  }),
  actOnException: route({
    method: 'POST',
    path: '/exceptions/:exceptionId/act',
    tag: 'Exceptions',
    summary: 'Fix, retry, skip or close; durable before the answer',
    access: 'tasks.decide',
    params: exceptionId,
    body: z.strictObject({ seq: z.int(), act: exceptionActSchema }),
    reply: exceptionDetailSchema,
  }),
  readyAfterTable: route({
    method: 'GET',
    path: '/exceptions/tables/:name/ready',
    tag: 'Exceptions',
    summary: 'Open problems that waited for a row of this table, and those whose row is there now',
    access: 'tasks.read',
    params: z.object({ name: z.string().max(128) }),
    reply: z.object({ waiting: z.int(), ready: z.int() }),
  }),
  putRoutingRules: route({
    method: 'PUT',
    path: '/exceptions/rules',
    tag: 'Exceptions',
    summary: 'Replace the routing rules',
    access: 'exceptions.route',
    body: z.strictObject({ rules: z.array(routingRuleSchema).max(200), revision: z.int() }),
    reply: rulesReply,
  }),
  tryRoutingRules: route({
    method: 'POST',
    path: '/exceptions/rules/try',
    tag: 'Exceptions',
    summary: 'Who would get a problem like this, by the rules given',
    access: 'tasks.read',
    body: z.strictObject({
      rules: z.array(routingRuleSchema).max(200),
      problem: z.strictObject({
        class: exceptionClassSchema,
        flowId: z.string().max(128).nullable(),
        app: z.string().max(64).nullable(),
        amount: z.number().nullable(),
      }),
    }),
    reply: routedSchema,
  }),
};
