import type { FlowProblem } from '@waybill/flow-model';
import {
  flowIdSchema,
  flowSchema,
  jsonValueSchema,
  nodeIdSchema,
  nodeManifestSchema,
  pinSchema,
} from '@waybill/flow-model';
import { z } from 'zod';
import { epochMs, errorRecordSchema, noContent, pageOf, pageQuery } from './common.ts';
import { callLimitsSchema } from './connection-limits.ts';
import { route } from './route.ts';

export const flowProblemSchema = z.object({
  severity: z.enum(['error', 'warning']),
  code: z.string(),
  nodeId: z.string().optional(),
  edgeId: z.string().optional(),
  field: z.string().optional(),
  what: z.string(),
  fix: z.string(),
}) as z.ZodType<FlowProblem>;

export const flowSummarySchema = z.object({
  id: flowIdSchema,
  name: z.string(),
  description: z.string().nullable(),
  state: z.enum(['draft', 'published', 'retired']),
  /** Rises with every saved change of the draft. */
  revision: z.int(),
  publishedVersion: z.int().nullable(),
  /** The draft differs in behaviour from the published version. */
  changed: z.boolean(),
  nodeCount: z.int(),
  triggers: z.array(z.string()),
  labels: z.array(z.string()),
  updatedAt: epochMs,
  updatedBy: z.string(),
});
export type FlowSummary = z.infer<typeof flowSummarySchema>;

export const flowDetailSchema = z.object({
  summary: flowSummarySchema,
  flow: flowSchema,
  problems: z.array(flowProblemSchema),
});
export type FlowDetail = z.infer<typeof flowDetailSchema>;

export const versionSummarySchema = z.object({
  id: z.string(),
  flowId: flowIdSchema,
  number: z.int(),
  note: z.string(),
  publishedAt: epochMs,
  publishedBy: z.string(),
  current: z.boolean(),
});
export type VersionSummary = z.infer<typeof versionSummarySchema>;

export const credentialTypeSchema = z.object({
  type: z.string(),
  title: z.string(),
  icon: z.string(),
  help: z.string().optional(),
  fields: z.record(
    z.string(),
    z.object({
      kind: z.enum(['text', 'url', 'secret', 'choice']),
      label: z.string(),
      help: z.string().optional(),
      placeholder: z.string().optional(),
      default: z.string().optional(),
      optional: z.boolean().optional(),
      options: z.array(z.object({ value: z.string(), label: z.string() })).optional(),
    }),
  ),
  testable: z.boolean(),
  /** Proves where incoming events come from; nothing is ever sent over it. */
  receivesOnly: z.boolean(),
  /** What holds for its calls as long as nobody sets limits on the connection. */
  proposedLimits: callLimitsSchema,
});
export type CredentialType = z.infer<typeof credentialTypeSchema>;

/** Outputs of steps that are lent to one test run may be this large together, as JSON text. */
export const CACHED_DATA_CHARS = 2_000_000;

const flowId = z.object({ flowId: flowIdSchema });
const versionNumber = z.object({ flowId: flowIdSchema, number: z.coerce.number().int().min(1) });

export const webhookUrlSchema = z.object({
  nodeId: z.string(),
  title: z.string(),
  method: z.string(),
  url: z.string(),
  armed: z.boolean(),
});

export const flowRoutes = {
  catalog: route({
    method: 'GET',
    path: '/catalog',
    tag: 'Catalog',
    summary: 'Node manifests and connection types',
    access: 'flows.read',
    reply: z.object({ manifests: z.array(nodeManifestSchema), credentials: z.array(credentialTypeSchema) }),
  }),
  listFlows: route({
    method: 'GET',
    path: '/flows',
    tag: 'Flows',
    summary: 'Flows',
    access: 'flows.read',
    query: z.object({
      ...pageQuery,
      text: z.string().max(100).optional(),
      state: z.enum(['draft', 'published', 'retired']).optional(),
      label: z.string().max(40).optional(),
    }),
    reply: pageOf(flowSummarySchema),
  }),
  listLabels: route({
    method: 'GET',
    path: '/flow-labels',
    tag: 'Flows',
    summary: 'Labels that flows have',
    access: 'flows.read',
    reply: z.object({ items: z.array(z.string()) }),
  }),
  createFlow: route({
    method: 'POST',
    path: '/flows',
    tag: 'Flows',
    summary: 'Make a flow, empty or from a document',
    access: 'flows.edit',
    status: 201,
    body: z.strictObject({ name: z.string().min(1).max(120), flow: z.unknown().optional() }),
    reply: flowDetailSchema,
  }),
  getFlow: route({
    method: 'GET',
    path: '/flows/:flowId',
    tag: 'Flows',
    summary: 'The draft with its problems',
    access: 'flows.read',
    params: flowId,
    reply: flowDetailSchema,
  }),
  /** 409 `DRAFT_CHANGED` when `revision` is not the newest: nothing is overwritten. */
  saveDraft: route({
    method: 'PUT',
    path: '/flows/:flowId/draft',
    tag: 'Flows',
    summary: 'Save the draft',
    access: 'flows.edit',
    params: flowId,
    body: z.strictObject({
      revision: z.int(),
      flow: z.unknown(),
      /** id of the editing tab */ editor: z.string().max(64).optional(),
    }),
    reply: z.object({ summary: flowSummarySchema, problems: z.array(flowProblemSchema) }),
  }),
  validateFlow: route({
    method: 'POST',
    path: '/flows/validate',
    tag: 'Flows',
    summary: 'All problems of a document',
    access: 'flows.read',
    body: z.strictObject({ flow: z.unknown() }),
    reply: z.object({ problems: z.array(flowProblemSchema) }),
  }),
  publishFlow: route({
    method: 'POST',
    path: '/flows/:flowId/publish',
    tag: 'Flows',
    summary: 'Publish the draft as a new version',
    access: 'flows.publish',
    params: flowId,
    body: z.strictObject({ revision: z.int(), note: z.string().max(2_000).default('') }),
    reply: z.object({ summary: flowSummarySchema, version: versionSummarySchema }),
  }),
  retireFlow: route({
    method: 'POST',
    path: '/flows/:flowId/retire',
    tag: 'Flows',
    summary: 'Stop the triggers; nothing is deleted',
    access: 'flows.publish',
    params: flowId,
    reply: flowSummarySchema,
  }),
  restoreFlow: route({
    method: 'POST',
    path: '/flows/:flowId/restore',
    tag: 'Flows',
    summary: 'Bring a retired flow back',
    access: 'flows.publish',
    params: flowId,
    reply: flowSummarySchema,
  }),
  listVersions: route({
    method: 'GET',
    path: '/flows/:flowId/versions',
    tag: 'Flows',
    summary: 'Published versions, newest first',
    access: 'flows.read',
    params: flowId,
    reply: z.object({ items: z.array(versionSummarySchema) }),
  }),
  getVersion: route({
    method: 'GET',
    path: '/flows/:flowId/versions/:number',
    tag: 'Flows',
    summary: 'One published version',
    access: 'flows.read',
    params: versionNumber,
    reply: z.object({ version: versionSummarySchema, flow: flowSchema }),
  }),
  revertDraft: route({
    method: 'POST',
    path: '/flows/:flowId/versions/:number/revert',
    tag: 'Flows',
    summary: 'Make the draft equal to this version',
    access: 'flows.edit',
    params: versionNumber,
    body: z.strictObject({ revision: z.int() }),
    reply: flowDetailSchema,
  }),
  diffVersions: route({
    method: 'GET',
    path: '/flows/:flowId/diff',
    tag: 'Flows',
    summary: 'What changed between two versions; `draft` is allowed',
    access: 'flows.read',
    params: flowId,
    query: z.object({ from: z.string(), to: z.string() }),
    reply: z.object({ words: z.array(z.string()), diff: z.unknown() }),
  }),
  exportFlow: route({
    method: 'GET',
    path: '/flows/:flowId/text',
    tag: 'Flows',
    summary: 'Text format, one file per key',
    access: 'flows.read',
    params: flowId,
    query: z.object({ version: z.coerce.number().int().optional() }),
    reply: z.object({ files: z.record(z.string(), z.string()) }),
  }),
  importFlow: route({
    method: 'POST',
    path: '/flows/import',
    tag: 'Flows',
    summary: 'Make or update a flow from its text format',
    access: 'flows.edit',
    status: 201,
    body: z.strictObject({ files: z.record(z.string(), z.string().max(8_000_000)), revision: z.int().optional() }),
    reply: flowDetailSchema,
  }),
  webhooks: route({
    method: 'GET',
    path: '/flows/:flowId/webhooks',
    tag: 'Flows',
    summary: 'URLs that start this flow',
    access: 'flows.read',
    params: flowId,
    reply: z.object({ items: z.array(webhookUrlSchema) }),
  }),
  runFlow: route({
    method: 'POST',
    path: '/flows/:flowId/run',
    tag: 'Runs',
    summary: 'Start a run of the draft (test) or the published version (live)',
    access: 'runs.start',
    params: flowId,
    status: 202,
    body: z
      .strictObject({
        of: z.enum(['draft', 'published']).default('draft'),
        triggerNode: z.string().optional(),
        input: jsonValueSchema.default(null),
        dedupeKey: z.string().max(200).optional(),
        waitMs: z.int().min(0).max(60_000).default(0),
        /** Draft only: run no further than this step. */
        upTo: nodeIdSchema.optional(),
        /** Draft only: run this step alone, on outputs given in `cached` or pinned. */
        only: nodeIdSchema.optional(),
        /** Draft only: run this step and what follows, on outputs given in `cached` or pinned. */
        from: nodeIdSchema.optional(),
        /** Draft only: outputs of an earlier run, used like pins in this run alone. The draft's own pins win. */
        cached: z.record(nodeIdSchema, pinSchema).optional(),
      })
      .refine((body) => [body.upTo, body.only, body.from].filter((part) => part !== undefined).length <= 1, {
        message: 'give at most one of upTo, only and from',
      })
      .refine((body) => body.of === 'draft' || (body.upTo ?? body.only ?? body.from ?? body.cached) === undefined, {
        message: 'a published version runs as a whole: leave out upTo, only, from and cached',
      })
      .refine(({ cached }) => cached === undefined || JSON.stringify(cached).length <= CACHED_DATA_CHARS, {
        message: `at most ${CACHED_DATA_CHARS} characters of outputs can be lent to a run`,
        path: ['cached'],
      }),
    reply: z.object({
      runId: z.string(),
      duplicate: z.boolean(),
      status: z.string().optional(),
      output: jsonValueSchema.optional(),
    }),
  }),
  evaluate: route({
    method: 'POST',
    path: '/expressions/evaluate',
    tag: 'Catalog',
    summary: 'Evaluate an expression in the sandbox, for previews',
    access: 'flows.edit',
    body: z.strictObject({ expression: z.string().max(20_000), scope: z.record(z.string(), jsonValueSchema) }),
    reply: z.discriminatedUnion('ok', [
      z.object({ ok: z.literal(true), value: jsonValueSchema }),
      z.object({ ok: z.literal(false), error: errorRecordSchema }),
    ]),
  }),
  deleteFlow: route({
    method: 'DELETE',
    path: '/flows/:flowId',
    tag: 'Flows',
    summary: 'Delete a flow that was never published',
    access: 'flows.edit',
    params: flowId,
    reply: noContent,
    status: 204,
  }),
};
