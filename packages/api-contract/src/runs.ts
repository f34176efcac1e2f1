import { flowSchema, jsonValueSchema } from '@waybill/flow-model';
import { z } from 'zod';
import { epochMs, errorRecordSchema, pageOf, pageQuery } from './common.ts';
import { route } from './route.ts';

export const runStatusNames = [
  'queued',
  'running',
  'waiting',
  'paused',
  'in-doubt',
  'succeeded',
  'failed',
  'cancelled',
  'ignored',
  'quarantined',
] as const;
export const runStatusSchema = z.enum(runStatusNames);
export const stepStatusSchema = z.enum([
  'pending',
  'running',
  'retrying',
  'waiting',
  'in-doubt',
  'succeeded',
  'failed',
  'skipped',
  'cancelled',
  'undoing',
  'undone',
  'undo-failed',
]);
export type StepStatus = z.infer<typeof stepStatusSchema>;

export const runSummarySchema = z.object({
  id: z.string(),
  flowId: z.string(),
  flowName: z.string(),
  versionNumber: z.int().nullable(),
  status: runStatusSchema,
  mode: z.enum(['live', 'test']),
  startedBy: z.string(),
  /** Name of the person or key behind `startedBy`, if it was one. */
  startedByName: z.string().nullable(),
  acceptedAt: epochMs,
  updatedAt: epochMs,
  finishedAt: epochMs.nullable(),
  correlationId: z.string(),
  businessKey: z.string().nullable(),
  parentRunId: z.string().nullable(),
  /** The first of the runs that repeat each other; null for that one, and for a run that repeats none. */
  replayRoot: z.string().nullable(),
  currentStep: z.string().nullable(),
  /** Parked: it waits until a system may be called again. Taken back: what it wrote, all of it or some. Record errors: records could not be used, or a system refused them. */
  note: z.enum(['parked', 'taken-back', 'partly-taken-back', 'record-errors']).nullable(),
  errorCode: z.string().nullable(),
  errorWhat: z.string().nullable(),
  seq: z.int(),
});
export type RunSummaryView = z.infer<typeof runSummarySchema>;

export const attemptSchema = z.object({
  attempt: z.int(),
  startedAt: epochMs,
  endedAt: epochMs.nullable(),
  outcome: z.enum(['running', 'succeeded', 'failed', 'waiting']),
  error: errorRecordSchema.nullable(),
  retryAt: epochMs.nullable(),
  /** The system asked for fewer calls: it did not count. */
  throttled: z.literal(true).optional(),
});

export const stepViewSchema = z.object({
  /** Step key: node ids with the iterations they are in, `perLine[3]/createTask`. */
  step: z.string(),
  nodeId: z.string(),
  /** Iteration numbers from the outermost container in. */
  iteration: z.array(z.int()),
  title: z.string(),
  nodeType: z.string(),
  status: stepStatusSchema,
  startedAt: epochMs.nullable(),
  endedAt: epochMs.nullable(),
  attempts: z.array(attemptSchema),
  port: z.string().nullable(),
  /** What it waits for, in words, and until when. */
  waiting: z
    .object({
      kind: z.string(),
      words: z.string(),
      until: epochMs.nullable(),
      taskId: z.string().nullable(),
      childRunId: z.string().nullable(),
      /** Parked: role or connection that is not called at the moment. */
      connection: z.string().nullable(),
    })
    .nullable(),
  error: errorRecordSchema.nullable(),
  effectKey: z.string().nullable(),
  /** The run whose outcome was taken over: nothing was executed. */
  reused: z.string().optional(),
  /** Attempts that its system turned away; they count for nothing. */
  throttles: z.int().optional(),
  /** How often the run was sent back to an earlier step from here; absent: never. */
  sentBack: z.int().optional(),
  /** How taking its effect back stands. */
  undo: z
    .object({
      state: z.enum(['planned', 'undoing', 'parked', 'retrying', 'asking', 'undone', 'left']),
      /** The whole run is taken back, not one group of it. */
      ofRun: z.boolean(),
      /** For `parked`: which connection is not called now, why, and until when. */
      parked: z.object({ connection: z.string(), words: z.string(), until: epochMs }).optional(),
      attempts: z.int(),
      plannedAt: epochMs,
      endedAt: epochMs.nullable(),
      retryAt: epochMs.nullable(),
      error: errorRecordSchema.nullable(),
      /** The task that must be decided first. */
      taskId: z.string().nullable(),
      by: z.string(),
    })
    .nullable(),
  /** For a container: iterations in all and finished. */
  iterations: z.object({ total: z.int(), finished: z.int(), failed: z.int() }).nullable(),
  /** For a step that carries a record stream: how far it is, as of `at`. */
  records: z
    .object({
      rowsIn: z.int(),
      rowsOut: z.int(),
      /** Records that could not be used. */
      errors: z.int(),
      /** Records that went on and were refused by the system they were sent to. */
      refused: z.int(),
      bytesDone: z.number().nullable(),
      bytesTotal: z.number().nullable(),
      /** First report of this view, to tell the pace from. */
      firstAt: epochMs,
      firstRows: z.int(),
      at: epochMs,
    })
    .nullable(),
  /** Who had refused records of its batches sent again, the newest last; at most 20. */
  resent: z
    .array(z.object({ at: epochMs, by: z.string(), reason: z.string(), records: z.int(), edited: z.boolean() }))
    .optional(),
  /** For a step that sends records and is answered one by one. */
  sent: z.object({ records: z.int(), refused: z.int() }).optional(),
  /** The sequence number of the last record about this step. */
  seq: z.int(),
});
export type StepView = z.infer<typeof stepViewSchema>;

export const runDetailSchema = z.object({
  run: runSummarySchema,
  flow: flowSchema,
  steps: z.array(stepViewSchema),
  /** Steps of a very long run that are not among them; `getIteration` has those of one. */
  leftOut: z.int(),
  related: z.array(runSummarySchema),
  /** It should be running, but nothing was heard of it since. */
  silentSince: epochMs.optional(),
  /** It repeats another run. */
  replay: z
    .object({
      of: z.string(),
      from: z.string().optional(),
      effects: z.enum(['skip-confirmed', 'write-again']),
      edited: z.boolean(),
      by: z.string(),
      reason: z.string(),
    })
    .optional(),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

export const stepDataSchema = z.object({
  step: z.string(),
  input: jsonValueSchema,
  params: jsonValueSchema,
  output: jsonValueSchema,
  log: z.array(
    z.object({
      at: epochMs,
      level: z.enum(['info', 'warn', 'error']),
      message: z.string(),
      data: jsonValueSchema.optional(),
    }),
  ),
  /** What persons gave it in place of its input, newest last. */
  edits: z.array(
    z.object({
      at: epochMs,
      by: z.string(),
      reason: z.string().nullable(),
      before: jsonValueSchema,
      after: jsonValueSchema,
    }),
  ),
  /** The value was cut for display; the whole is at `?full=true`. */
  truncated: z.boolean(),
  /** Values that are hidden here; `revealStepData` gives them, with a reason. */
  hidden: z.int(),
});
export type StepData = z.infer<typeof stepDataSchema>;

/** How a run stands at a step. */
export const standingAsNames = ['running', 'waiting', 'parked', 'in-doubt', 'failed'] as const;
export type StandingAs = (typeof standingAsNames)[number];

export const runFilterQuery = {
  flowId: z.string().optional(),
  /** Comma separated. */
  status: z.string().max(200).optional(),
  mode: z.enum(['live', 'test']).optional(),
  businessKey: z.string().max(200).optional(),
  /** Start of the business key. */
  businessKeyPrefix: z.string().max(200).optional(),
  correlationId: z.string().max(200).optional(),
  parentRunId: z.string().max(128).optional(),
  /** Id of a step in its flow: runs that stand, wait or failed at it. Those that have not moved for very long may be missing. */
  node: z.string().max(200).optional(),
  /** With `node`: how they stand there, wherever else they do; a paused run waits, one in quarantine failed. */
  as: z.enum(standingAsNames).optional(),
  /** Number of a published version; needs `flowId`. */
  version: z.coerce.number().int().min(1).optional(),
  /** Id of a connection or name of a role: runs of the flow versions that use it. */
  connection: z.string().max(128).optional(),
  /** Runs of the flows that have this label now. */
  label: z.string().max(40).optional(),
  /** Comma separated. */
  errorCode: z.string().max(500).optional(),
  /** Classes of the exception desk, comma separated. Runs that failed before these were kept have none. */
  errorClass: z.string().max(200).optional(),
  /** A user id, `webhook`, `schedule` ... */
  startedBy: z.string().max(200).optional(),
  from: z.coerce.number().int().optional(),
  to: z.coerce.number().int().optional(),
  text: z.string().max(200).optional(),
};

/**
 * Runs that stand at a step; one that waits at several counts at each of them. `waits`: how many steps of theirs wait there, which in a loop is one for each iteration.
 * `oldestAt`: since when the run that stands there longest does; null for none.
 */
const standingAt = z.object({ runs: z.int(), waits: z.int(), oldestAt: epochMs.nullable() });
export const flowLiveSchema = z.object({
  at: epochMs,
  /** Failed runs are counted from this moment on. */
  failedSince: epochMs,
  /** Runs that have not begun yet. */
  queued: standingAt,
  nodes: z.array(
    z.object({
      nodeId: z.string(),
      running: standingAt,
      waiting: standingAt,
      /** They wait until a system may be called again. */
      parked: standingAt,
      inDoubt: standingAt,
      failed: standingAt,
    }),
  ),
});
export type FlowLive = z.infer<typeof flowLiveSchema>;

const runId = z.object({ runId: z.string().max(128) });
const runStep = z.object({ runId: z.string().max(128), step: z.string().max(1_000) });
const reason = z.string().max(2_000);

export const runRoutes = {
  listRuns: route({
    method: 'GET',
    path: '/runs',
    tag: 'Runs',
    summary: 'Runs, newest first',
    access: 'runs.read',
    query: z.object({ ...pageQuery, ...runFilterQuery }),
    reply: pageOf(runSummarySchema),
  }),
  countRuns: route({
    method: 'GET',
    path: '/runs/counts',
    tag: 'Runs',
    summary: 'Counts by status for a filter',
    access: 'runs.read',
    query: z.object(runFilterQuery),
    reply: z.object({
      counts: z.partialRecord(runStatusSchema, z.int()),
      /** There may be more of these: counting stops where it would take too long. */
      atLeast: z.array(runStatusSchema),
    }),
  }),
  flowLive: route({
    method: 'GET',
    path: '/flows/:flowId/live',
    tag: 'Runs',
    summary: 'Where the runs of a flow stand, by step',
    access: 'runs.read',
    params: z.object({ flowId: z.string().max(128) }),
    reply: flowLiveSchema,
  }),
  getRun: route({
    method: 'GET',
    path: '/runs/:runId',
    tag: 'Runs',
    summary: 'A run with its steps and the flow version it is pinned to',
    access: 'runs.read',
    params: runId,
    reply: runDetailSchema,
  }),
  getIteration: route({
    method: 'GET',
    path: '/runs/:runId/steps/:step/iteration',
    tag: 'Runs',
    summary: 'The steps of the iteration that a step is in',
    access: 'runs.read',
    params: runStep,
    reply: z.object({ steps: z.array(stepViewSchema) }),
  }),
  getStepData: route({
    method: 'GET',
    path: '/runs/:runId/steps/:step/data',
    tag: 'Runs',
    summary: 'Input, params, output and log of a step',
    access: 'runs.data',
    params: runStep,
    query: z.object({ full: z.stringbool().optional() }),
    reply: stepDataSchema,
  }),
  revealStepData: route({
    method: 'POST',
    path: '/runs/:runId/steps/:step/reveal',
    tag: 'Runs',
    summary: 'Data of a step with nothing hidden; the reason is written down',
    access: 'data.reveal',
    params: z.object({ runId: z.string().max(128), step: z.string().max(1_000) }),
    body: z.strictObject({ reason: z.string().trim().min(1).max(1_000) }),
    reply: stepDataSchema,
  }),
  getJournal: route({
    method: 'GET',
    path: '/runs/:runId/journal',
    tag: 'Runs',
    summary: 'Journal records after a sequence number',
    access: 'runs.data',
    params: runId,
    query: z.object({
      after: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(1_000).default(200),
    }),
    reply: z.object({ records: z.array(z.object({ seq: z.int(), record: z.record(z.string(), z.unknown()) })) }),
  }),
  pauseRun: route({
    method: 'POST',
    path: '/runs/:runId/pause',
    tag: 'Runs',
    summary: 'Start no further steps',
    access: 'runs.act',
    params: runId,
    body: z.strictObject({ reason: reason.optional() }),
    reply: runSummarySchema,
  }),
  resumeRun: route({
    method: 'POST',
    path: '/runs/:runId/resume',
    tag: 'Runs',
    summary: 'Go on',
    access: 'runs.act',
    params: runId,
    body: z.strictObject({}),
    reply: runSummarySchema,
  }),
  cancelRun: route({
    method: 'POST',
    path: '/runs/:runId/cancel',
    tag: 'Runs',
    summary: 'End the run; confirmed effects stay unless they are to be taken back',
    access: 'runs.act',
    params: runId,
    body: z.strictObject({ reason: reason.min(1), undo: z.boolean().optional() }),
    reply: runSummarySchema,
  }),
  retryStep: route({
    method: 'POST',
    path: '/runs/:runId/steps/:step/retry',
    tag: 'Runs',
    summary: 'Run a step and what follows again',
    access: 'runs.act',
    params: runStep,
    body: z.strictObject({
      reason: reason.optional(),
      edited: jsonValueSchema.optional(),
      /** For a step that called another flow: another run of it, instead of having the failed one go on. */
      anew: z.boolean().optional(),
    }),
    reply: runSummarySchema,
  }),
  skipStep: route({
    method: 'POST',
    path: '/runs/:runId/steps/:step/skip',
    tag: 'Runs',
    summary: 'Go on without this step',
    access: 'runs.act',
    params: runStep,
    body: z.strictObject({ reason: reason.min(1), value: jsonValueSchema.optional() }),
    reply: runSummarySchema,
  }),
  resolveInDoubt: route({
    method: 'POST',
    path: '/runs/:runId/steps/:step/resolve',
    tag: 'Runs',
    summary: 'Say what became of an effect nobody could confirm',
    access: 'runs.act',
    params: runStep,
    body: z.strictObject({
      decision: z.enum(['happened', 'retry', 'skip']),
      reason: reason.min(1),
      value: jsonValueSchema.optional(),
    }),
    reply: runSummarySchema,
  }),
};
