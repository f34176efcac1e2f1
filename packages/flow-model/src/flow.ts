import * as z from 'zod';
import type { EdgeId, NodeId } from './ids.ts';
import { flowIdSchema, nodeIdSchema } from './ids.ts';
import { jsonValueSchema } from './json.ts';

/** The version of the document format written by this code; older documents pass through `migrateFlow`. */
export const FLOW_FORMAT_VERSION = 1;

/** Explicit bounds of one flow, reported by validation when crossed. */
export const flowLimits = {
  nodes: 5_000,
  edges: 20_000,
  expressionChars: 20_000,
  documentBytes: 8_000_000,
  nesting: 16,
};

/** `{ $: "<JSONata>" }`, evaluated in an isolate over `input, steps, trigger, run, vars, item, index`. */
export const expressionSchema = z.strictObject({ $: z.string().max(flowLimits.expressionChars) });
export type Expression = z.infer<typeof expressionSchema>;

/** A literal, or an expression; expressions may also stand anywhere inside a literal object or list. */
export const paramValueSchema = jsonValueSchema;
export type ParamValue = z.infer<typeof paramValueSchema>;

const portNameSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,62}$/, 'a port name is a letter followed by letters, digits or _');

export const retryPolicySchema = z.strictObject({
  attempts: z.int().min(1).max(100),
  firstDelayMs: z.int().min(0).max(86_400_000),
  maxDelayMs: z.int().min(0).max(86_400_000),
});
export type RetryPolicy = z.infer<typeof retryPolicySchema>;

export const flowNodeSchema = z.strictObject({
  /** `<package>.<operation>`, for example `netsuite.upsert-record`. */
  type: z.string().regex(/^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/, 'a node type reads package.operation'),
  /** Version of the node definition this node was made with. */
  version: z.int().min(1),
  title: z.string().min(1).max(120).optional(),
  params: z.record(z.string(), paramValueSchema),
  /** Credential slot of the node -> role alias (`crm`, `erp`) or connection id. */
  connections: z.record(z.string(), z.string().min(1)).optional(),
  /** The container this node lives in; absent at the top level. */
  parent: nodeIdSchema.optional(),
  /** When the node runs once all incoming edges are decided: `any` edge taken, or `all`. Default: the manifest's. */
  join: z.enum(['any', 'all']).optional(),
  retry: retryPolicySchema.optional(),
  timeoutMs: z.int().min(1).max(86_400_000).optional(),
  /** A disabled node passes its input through its first output. */
  disabled: z.boolean().optional(),
  comment: z.string().max(4_000).optional(),
});
export type FlowNode = z.infer<typeof flowNodeSchema>;

export const portRefSchema = z.strictObject({ node: nodeIdSchema, port: portNameSchema });
export type PortRef = z.infer<typeof portRefSchema>;

export const edgeSchema = z.strictObject({ from: portRefSchema, to: portRefSchema });
export type Edge = z.infer<typeof edgeSchema>;

/** The one id an edge can have: two edges between the same ports are the same edge. */
export const edgeId = (edge: Edge): EdgeId => `${edge.from.node}.${edge.from.port}>${edge.to.node}.${edge.to.port}`;

export const noteSchema = z.strictObject({
  text: z.string().max(10_000),
  color: z.enum(['yellow', 'blue', 'green', 'red', 'grey']).optional(),
});
export type Note = z.infer<typeof noteSchema>;

export const boxSchema = z.strictObject({
  x: z.number(),
  y: z.number(),
  width: z.number().positive().optional(),
  height: z.number().positive().optional(),
  collapsed: z.boolean().optional(),
});
/** Position and size on the canvas, relative to the parent container, in canvas pixels. */
export type Box = z.infer<typeof boxSchema>;

export const flowSettingsSchema = z.strictObject({
  /** Names the business object a run is about (project, deal, invoice); shown and searchable. */
  businessKey: expressionSchema.optional(),
  /** Carried to every outside call; defaults to the run id. */
  correlationKey: expressionSchema.optional(),
  /** Runs with the same value run in acceptance order. */
  orderingKey: expressionSchema.optional(),
  /**
   * When the next run of an ordering key begins. `strict` (default): once the one before is over. `until-first-wait`: or
   * once that one waits for a person, an event, a time or a flow it called. `start-order`: at once, in order.
   */
  ordering: z.enum(['strict', 'until-first-wait', 'start-order']).optional(),
  /** Whether a run that failed lets the next of its ordering key go (default), or keeps it until a person says so. */
  onFailed: z.enum(['release', 'hold']).optional(),
  /** Runs of this flow under way at once; more wait in acceptance order. */
  concurrency: z.int().min(1).max(10_000).optional(),
  slaMs: z.int().positive().optional(),
  retentionDays: z.int().min(1).max(36_500).optional(),
  /** The role that owns what this flow cannot resolve by itself. */
  errorOwner: z.string().max(64).optional(),
  /** What a run is worth to the business, and in which currency: shown where it cannot go on. */
  valueAtStake: expressionSchema.optional(),
  currency: expressionSchema.optional(),
  /** What people sort flows and their runs by, such as a department or a process; plays no part in a run. */
  labels: z.array(z.string().trim().min(1).max(40)).max(20).optional(),
  /** Names of fields whose values only people who may see masked data see, wherever in a run they stand. */
  masked: z.array(z.string().trim().min(1).max(80)).max(200).optional(),
  /** What a group that fails does with what was done inside it, where it does not say so itself. */
  compensation: z.enum(['none', 'automatic', 'ask']).optional(),
  /** Whether a run that fails takes back what it did, group or not; default `never`. */
  undoFailedRun: z.enum(['never', 'ask', 'always']).optional(),
  lane: z.enum(['high', 'normal', 'low']).optional(),
  /** Named constants, read in expressions as `vars.<name>`. */
  vars: z.record(z.string(), jsonValueSchema).optional(),
});
export type FlowSettings = z.infer<typeof flowSettingsSchema>;

/** A fixed output used instead of running the node while designing; never in a published version. */
export const pinSchema = z.strictObject({ port: portNameSchema, value: jsonValueSchema });
export type Pin = z.infer<typeof pinSchema>;

export const flowSchema = z.strictObject({
  formatVersion: z.literal(FLOW_FORMAT_VERSION),
  id: flowIdSchema,
  name: z.string().min(1).max(120),
  description: z.string().max(4_000).optional(),
  nodes: z.record(nodeIdSchema, flowNodeSchema),
  /** Keyed by `edgeId`. */
  edges: z.record(z.string(), edgeSchema),
  settings: flowSettingsSchema,
  notes: z.record(nodeIdSchema, noteSchema),
  /** By node or note id; no part of a flow's behaviour. */
  layout: z.record(nodeIdSchema, boxSchema),
  pins: z.record(nodeIdSchema, pinSchema),
});
export type Flow = z.infer<typeof flowSchema>;

export const emptyFlow = (id: Flow['id'], name: string): Flow => ({
  formatVersion: FLOW_FORMAT_VERSION,
  id,
  name,
  nodes: {},
  edges: {},
  settings: {},
  notes: {},
  layout: {},
  pins: {},
});

/** Narrowing test for a param value that is an expression and not a literal. */
export const isExpression = (value: unknown): value is Expression =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.keys(value).length === 1 &&
  typeof (value as { $?: unknown }).$ === 'string';

/** Safe for any text, `constructor` included. */
export const hasNode = (flow: Flow, id: NodeId): boolean => Object.hasOwn(flow.nodes, id);

export const childrenOf = (flow: Flow, parent: NodeId | undefined): NodeId[] =>
  Object.keys(flow.nodes).filter((id) => flow.nodes[id]?.parent === parent);
