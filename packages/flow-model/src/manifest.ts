import * as z from 'zod';
import { retryPolicySchema } from './flow.ts';
import { jsonObjectSchema, jsonValueSchema } from './json.ts';

/** How the editor asks for a value and what the server accepts; all of a param but its value. */
const paramCommon = {
  label: z.string(),
  help: z.string().optional(),
  placeholder: z.string().optional(),
  /** Absent means required, unless `default` is given. */
  optional: z.boolean().optional(),
  /** Once it is set it must come to something; found nothing, the step fails instead of doing without what it was set for. */
  neverBlank: z.boolean().optional(),
  default: jsonValueSchema.optional(),
  /** `false`: a literal only, for values the engine must know before a run. Default true. */
  expression: z.boolean().optional(),
  /** Shown only when another param has one of these literal values. */
  when: z.strictObject({ param: z.string(), is: z.array(jsonValueSchema) }).optional(),
  group: z.string().optional(),
  /** Its value is for people who may see masked data. */
  masked: z.boolean().optional(),
};

const scalarParamSpecSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('text'),
    ...paramCommon,
    multiline: z.boolean().optional(),
    maxLength: z.int().optional(),
    pattern: z.string().optional(),
    /** The editor offers the files that came in; the value is the path of one. */
    picks: z.literal('file').optional(),
  }),
  z.strictObject({
    kind: z.literal('integer'),
    ...paramCommon,
    min: z.number().optional(),
    max: z.number().optional(),
  }),
  z.strictObject({ kind: z.literal('number'), ...paramCommon, min: z.number().optional(), max: z.number().optional() }),
  z.strictObject({ kind: z.literal('boolean'), ...paramCommon }),
  z.strictObject({
    kind: z.literal('choice'),
    ...paramCommon,
    options: z.array(z.strictObject({ value: z.string(), label: z.string() })),
  }),
  z.strictObject({ kind: z.literal('duration'), ...paramCommon, minMs: z.int().optional(), maxMs: z.int().optional() }),
  /** ISO 8601 instant. */
  z.strictObject({ kind: z.literal('datetime'), ...paramCommon }),
  z.strictObject({ kind: z.literal('json'), ...paramCommon, schema: jsonObjectSchema.optional() }),
  /** An object whose fields are each a literal or an expression: the mapper. */
  z.strictObject({
    kind: z.literal('mapping'),
    ...paramCommon,
    fields: z
      .array(
        z.strictObject({
          name: z.string(),
          label: z.string().optional(),
          required: z.boolean().optional(),
          schema: jsonObjectSchema.optional(),
        }),
      )
      .optional(),
  }),
  z.strictObject({
    kind: z.literal('code'),
    ...paramCommon,
    language: z.enum(['typescript', 'jsonata', 'sql', 'soql', 'json']),
    /** For JSONata that is not evaluated over the step's scope: the names it sees instead, such as `record`. */
    names: z.array(z.string()).optional(),
  }),
  /** Its text is JSONata by itself and evaluated without the `{ $: }` wrapper, e.g. a condition. */
  z.strictObject({
    kind: z.literal('expression'),
    ...paramCommon,
    yields: z.enum(['boolean', 'string', 'number', 'array', 'any']).optional(),
  }),
  z.strictObject({ kind: z.literal('cron'), ...paramCommon }),
  z.strictObject({ kind: z.literal('timezone'), ...paramCommon }),
  z.strictObject({ kind: z.literal('flow'), ...paramCommon }),
  z.strictObject({ kind: z.literal('table'), ...paramCommon }),
  z.strictObject({ kind: z.literal('people'), ...paramCommon }),
  /** An earlier step in the same container, by its id: where a run goes back to. */
  z.strictObject({ kind: z.literal('step'), ...paramCommon }),
]);

/** A list of rows; each row has these fields. Lists do not nest. */
const listParamSpecSchema = z.strictObject({
  kind: z.literal('list'),
  ...paramCommon,
  item: z.record(z.string(), scalarParamSpecSchema),
});

export const paramSpecSchema = z.discriminatedUnion('kind', [scalarParamSpecSchema, listParamSpecSchema]);
export type ParamSpec = z.infer<typeof paramSpecSchema>;

export const portSpecSchema = z.strictObject({
  label: z.string(),
  /** JSON Schema of the value; `{}` is anything. */
  schema: jsonObjectSchema,
});
export type PortSpec = z.infer<typeof portSpecSchema>;

const idempotencySpecSchema = z.discriminatedUnion('how', [
  /** Repeating the call changes nothing more (upsert, PUT, DELETE). */
  z.strictObject({ how: z.literal('natural') }),
  /** The system takes an idempotency key and remembers it this long. */
  z.strictObject({ how: z.literal('key'), rememberedForMs: z.int().positive() }),
  /** Our marker can be looked for; after a crash the engine looks, waits `lagMs`, looks again, then sends. */
  z.strictObject({ how: z.literal('probe'), lagMs: z.int().min(0) }),
  /** Nothing can be known: after a crash a person decides. */
  z.strictObject({ how: z.literal('none') }),
]);
export type IdempotencySpec = z.infer<typeof idempotencySpecSchema>;

export const traitsSchema = z.discriminatedUnion('effect', [
  /** Result depends on the input alone; re-executed freely. */
  z.strictObject({ effect: z.literal('pure'), timeoutMs: z.int().positive(), memoryMb: z.int().positive().optional() }),
  z.strictObject({
    effect: z.literal('read'),
    timeoutMs: z.int().positive(),
    memoryMb: z.int().positive().optional(),
    retry: retryPolicySchema,
  }),
  z.strictObject({
    effect: z.literal('write'),
    timeoutMs: z.int().positive(),
    memoryMb: z.int().positive().optional(),
    retry: retryPolicySchema,
    idempotency: idempotencySpecSchema,
    undo: z.boolean().optional(),
    /** Why there is no undo, as a sentence; shown where people take things back. */
    cannotUndo: z.string().min(1).optional(),
  }),
]);
export type NodeTraits = z.infer<typeof traitsSchema>;

/** What a package may reach; everything not named is denied. Shown at install, enforced at run time. */
export const capabilitiesSchema = z.strictObject({
  /** Host names (`*.example.com` allowed) or `connection`: the host of the bound connection. */
  network: z.array(z.string()).optional(),
  crosswalk: z.boolean().optional(),
  tables: z.boolean().optional(),
});
export type NodeCapabilities = z.infer<typeof capabilitiesSchema>;

export const nodeKindSchema = z.enum(['trigger', 'connector', 'transform', 'control', 'approval']);
export type NodeKind = z.infer<typeof nodeKindSchema>;

/** How a trigger starts runs; the server arms it at publish. */
export const triggerSpecSchema = z.discriminatedUnion('how', [
  z.strictObject({ how: z.literal('webhook') }),
  z.strictObject({ how: z.literal('schedule') }),
  z.strictObject({ how: z.literal('manual') }),
  /** The node's `poll` is called every `everyMs` with the last watermark. */
  z.strictObject({ how: z.literal('poll'), everyMs: z.int().min(1_000) }),
  z.strictObject({ how: z.literal('event') }),
  /** A file came into the folder that the param `folder` names. */
  z.strictObject({ how: z.literal('file') }),
]);
export type TriggerSpec = z.infer<typeof triggerSpecSchema>;

/** Which record: its kind, where `{name}` is a param, and where its id stands: `params.id` or `trigger.body.recordId`. */
const recordSpecSchema = z.strictObject({
  kind: z.string(),
  id: z.string().regex(/^(params|trigger)(\.[A-Za-z_][A-Za-z0-9_]*)+$/),
});
export type RecordSpec = z.infer<typeof recordSpecSchema>;

export const nodeManifestSchema = z.strictObject({
  type: z.string(),
  version: z.int().min(1),
  title: z.string(),
  description: z.string(),
  kind: nodeKindSchema,
  /** The app the node belongs to in the panel, e.g. `Salesforce`, `Flow control`. */
  app: z.string(),
  /** lucide icon name. */
  icon: z.string(),
  synonyms: z.array(z.string()),
  params: z.record(z.string(), paramSpecSchema),
  inputs: z.record(z.string(), portSpecSchema),
  outputs: z.record(z.string(), portSpecSchema),
  /** More outputs, one per entry of a list param: `{ param: 'cases', name: 'port' }` reads each entry's `port`. */
  outputsFrom: z.strictObject({ param: z.string(), name: z.string() }).optional(),
  /** A container's body: `each` runs it per item, `scope` once. */
  container: z.enum(['each', 'scope']).optional(),
  /** The join rule of a node that does not say; default `any`. */
  join: z.enum(['any', 'all']).optional(),
  credentials: z.record(
    z.string(),
    z.strictObject({
      type: z.string(),
      label: z.string(),
      role: z.string().optional(),
      optional: z.boolean().optional(),
    }),
  ),
  /** Names of fields, wherever in its data, whose values are for people who may see masked data. */
  masked: z.array(z.string()).optional(),
  capabilities: capabilitiesSchema,
  traits: traitsSchema,
  trigger: triggerSpecSchema.optional(),
  /** The record of the outside system that a step is about, so that people can open it there. */
  record: recordSpecSchema.optional(),
  /** The param that lists records it sends together: what it emits has `results`, one for each of them, in their order. */
  resultsOf: z.string().optional(),
  /** Example output per port, for expression fields before the first run. */
  sample: z.record(z.string(), jsonValueSchema).optional(),
});
export type NodeManifest = z.infer<typeof nodeManifestSchema>;

/** `type@version`, the key under which a manifest is found. */
export const manifestKey = (type: string, version: number): string => `${type}@${version}`;

/** Manifests by `manifestKey`; what validation, the editor and the engine know of node packages. */
export type NodeCatalog = ReadonlyMap<string, NodeManifest>;

/** The port on which every runnable node can report a failure that its own retries did not cure. */
export const ERROR_PORT = 'error';

/** All output ports of one placed node, dynamic ones included, without the error port. */
export function outputPortsOf(manifest: NodeManifest, params: Record<string, unknown>): string[] {
  const fixed = Object.keys(manifest.outputs);
  if (!manifest.outputsFrom) return fixed;
  const entries = params[manifest.outputsFrom.param];
  if (!Array.isArray(entries)) return fixed;
  const name = manifest.outputsFrom.name;
  const dynamic = entries.flatMap((entry) => {
    const value = typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>)[name] : undefined;
    return typeof value === 'string' && value !== '' ? [value] : [];
  });
  return [...dynamic, ...fixed];
}
