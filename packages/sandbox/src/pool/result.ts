import type { ErrorRecord, JsonValue } from '@waybill/flow-model';

import type { ChunkResult } from '@waybill/records';
import { z } from 'zod';

/** What a guest reports, checked as far as a lie could mislead the engine; values themselves came through JSON. */
const json = z.unknown().transform((value) => value as JsonValue);
const errorSchema = z.strictObject({
  code: z.string().regex(/^[A-Z][A-Z0-9_]{1,63}$/),
  what: z.string().max(20_000),
  fix: z.string().max(20_000),
  owner: z.enum(['user', 'provider', 'engine']),
  engine: z.enum(['retry', 'stop', 'pause']),
  where: z.record(z.string(), z.union([z.string(), z.number()])).exactOptional(),
  retryAfterMs: z.number().min(0).max(31_536_000_000).exactOptional(),
  stack: z.string().max(20_000).exactOptional(),
  detail: z.string().max(20_000).exactOptional(),
  effect: z.enum(['none', 'unknown']).exactOptional(),
});
const logSchema = z
  .array(
    z.strictObject({
      at: z.number(),
      level: z.enum(['info', 'warn', 'error']),
      message: z.string().max(5_000),
      data: json.exactOptional(),
    }),
  )
  .max(201);
const paramsSchema = z.record(z.string(), json);
const emittedSchema = z.strictObject({ port: z.string(), value: json });
const directiveSchema = z.looseObject({ do: z.string() });

const failureSchema = z.strictObject({
  ok: z.literal(false),
  error: errorSchema,
  params: paramsSchema.exactOptional(),
  log: logSchema.exactOptional(),
});
const successSchema = z.strictObject({
  ok: z.literal(true),
  outcome: z.union([emittedSchema, directiveSchema, z.null()]).exactOptional(),
  polled: z
    .strictObject({ events: z.array(z.strictObject({ id: z.string(), data: json })), watermark: json })
    .exactOptional(),
  page: z.strictObject({ items: z.array(json), next: json }).exactOptional(),
  value: json.exactOptional(),
  params: paramsSchema.exactOptional(),
  log: logSchema.exactOptional(),
});
const resultSchema = z.discriminatedUnion('ok', [successSchema, failureSchema]);
export type GuestResult = z.infer<typeof resultSchema>;

const garbled: ErrorRecord = {
  code: 'NODE_FAILED',
  what: 'The node gave back something that is no result.',
  fix: 'This is a defect of the node; report it to its author.',
  owner: 'engine',
  engine: 'stop',
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Whether this is what nearly every step reports: an emission without log lines. The schema says the same at
 * several times the cost; whatever is not quite this goes to the schema.
 */
function isPlainEmission(report: unknown): report is GuestResult {
  if (!isObject(report) || report['ok'] !== true) return false;
  const { outcome, params, log } = report;
  return (
    Object.keys(report).length === 4 &&
    isObject(outcome) &&
    typeof outcome['port'] === 'string' &&
    'value' in outcome &&
    Object.keys(outcome).length === 2 &&
    isObject(params) &&
    Array.isArray(log) &&
    log.length === 0
  );
}

const count = z.int().min(0);
const recordErrorSchema = z.strictObject({
  row: count,
  line: count.nullable(),
  column: z.string().nullable(),
  step: z.string().nullable(),
  what: z.string().max(20_000),
  fix: z.string().max(20_000),
  source: z.string().max(100_000),
});
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const measureSchema = z.strictObject({
  count,
  whole: z.number(),
  rest: z.number(),
  lost: z.number(),
  min: scalar,
  max: scalar,
});
const chunkSchema = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true),
    result: z.strictObject({
      consumed: count,
      rowsIn: count,
      rowsOut: count,
      lines: count,
      columns: z.array(z.string()).nullable(),
      writtenColumns: z.array(z.string()).nullable(),
      errors: z.array(recordErrorSchema),
      taken: z.array(count),
      isOverlong: z.boolean(),
      isFull: z.boolean(),
      groups: z.array(z.tuple([z.string(), z.strictObject({ by: z.array(scalar), measures: z.array(measureSchema) })])),
      list: z.array(json),
    }),
  }),
  z.strictObject({ ok: z.literal(false), error: errorSchema }),
]);
type ChunkReport = { ok: true; result: ChunkResult; body: string } | { ok: false; error: ErrorRecord };

/** Reads what came of a chunk: JSON up to the first line feed, then the text for the sink. */
export function readChunkResult(text: string): ChunkReport {
  const end = text.indexOf('\n');
  try {
    const read = chunkSchema.safeParse(JSON.parse(text.slice(0, end)));
    if (!read.success) return { ok: false, error: garbled };
    return read.data.ok ? { ...read.data, body: text.slice(end + 1) } : read.data;
  } catch {
    return { ok: false, error: garbled }; // Not JSON: as garbled as the rest.
  }
}

/** Reads a guest's report; one that cannot be read is a failure of the node. */
export function readResult(text: string): GuestResult {
  try {
    const report: unknown = JSON.parse(text);
    if (isPlainEmission(report)) return report;
    const read = resultSchema.safeParse(report);
    return read.success ? read.data : { ok: false, error: garbled };
  } catch {
    return { ok: false, error: garbled }; // Not JSON: as garbled as the rest.
  }
}
