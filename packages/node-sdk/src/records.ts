/** Record streams: a small value that names a source and what is to be done to its records. */
import type { JsonObject, JsonValue } from '@waybill/flow-model';
import * as z from 'zod';

const json = z.unknown() as unknown as z.ZodType<JsonValue>;

const columnSchema = z.strictObject({
  name: z.string().min(1),
  kind: z.enum(['text', 'number', 'boolean', 'date']),
  /** Decimal sign of numbers in text. */
  decimal: z.enum(['.', ',']).exactOptional(),
});
/** How a column's text is read; an unreadable cell makes its row a record error. */
export type RecordColumn = z.infer<typeof columnSchema>;

const formatSchema = z.discriminatedUnion('is', [
  z.strictObject({
    is: z.literal('csv'),
    header: z.boolean(),
    /** One character; empty: found in the first lines. */
    delimiter: z.string().max(1),
    quote: z.string().max(1),
    /** Kinds by column; without a header also the names, in order. */
    columns: z.array(columnSchema),
  }),
  z.strictObject({ is: z.literal('jsonl') }),
]);
export type RecordFormat = z.infer<typeof formatSchema>;

export const recordEncodings = ['auto', 'utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'latin1'] as const;
export type RecordEncoding = (typeof recordEncodings)[number];

const sourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('file'),
    /** Step whose connection opens the folder. */
    origin: z.string(),
    path: z.string().min(1),
    format: formatSchema,
    encoding: z.enum(recordEncodings),
    /** A longer record becomes a record error. */
    maxRecordBytes: z.int().min(1_024).max(16_777_216),
  }),
  z.strictObject({
    kind: z.literal('text'),
    text: z.string(),
    format: formatSchema,
    maxRecordBytes: z.int().min(1_024).max(16_777_216),
  }),
  z.strictObject({ kind: z.literal('list'), items: z.array(json) }),
  /** The node's own `page` is called until it says there is no more. */
  z.strictObject({
    kind: z.literal('pages'),
    origin: z.string(),
    nodeType: z.string(),
    nodeVersion: z.int(),
    params: z.record(z.string(), json),
  }),
]);
export type RecordSource = z.infer<typeof sourceSchema>;

/** An expression over `record`, `row` and `values`, as JSONata text. */
const expressionText = z.string().min(1).max(20_000);
const fieldsSchema = z.array(z.strictObject({ name: z.string().min(1), expression: expressionText })).min(1);
const values = z.record(z.string(), json);

const stageSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('map'), step: z.string(), fields: fieldsSchema, keepOthers: z.boolean(), values }),
  z.strictObject({ do: z.literal('filter'), step: z.string(), keep: expressionText, values }),
  z.strictObject({
    do: z.literal('lookup'),
    step: z.string(),
    table: z.string().min(1),
    key: fieldsSchema,
    into: z.string().min(1),
    onMissing: z.enum(['error', 'null']),
    values,
  }),
  /** Puts the id a record has in another system into it, as the crosswalk knows it. */
  z.strictObject({
    do: z.literal('counterpart'),
    step: z.string(),
    entity: z.string().min(1).max(512),
    fromSystem: z.string().min(1).max(512),
    id: expressionText,
    toSystem: z.string().min(1).max(512),
    into: z.string().min(1),
    onMissing: z.enum(['error', 'null']),
    values,
  }),
  /** Body of a function of `{ record, row, values }`; null leaves the record out. */
  z.strictObject({ do: z.literal('code'), step: z.string(), source: z.string().min(1).max(200_000), values }),
]);
export type RecordStage = z.infer<typeof stageSchema>;

const streamSchema = z.strictObject({ source: sourceSchema, stages: z.array(stageSchema).max(50) });
export interface RecordStream {
  source: RecordSource;
  stages: RecordStage[];
}

/** What travels between nodes in place of the records. */
export const recordsHandleSchema = z.strictObject({ $records: streamSchema });
export type RecordsHandle = z.infer<typeof recordsHandleSchema>;

export const recordsHandle = (source: RecordSource): RecordsHandle => ({ $records: { source, stages: [] } });

/** The same stream with one more stage. */
export const withStage = (handle: RecordsHandle, stage: RecordStage): RecordsHandle => ({
  $records: { source: handle.$records.source, stages: [...handle.$records.stages, stage] },
});

export const measureKinds = ['sum', 'count', 'min', 'max', 'average'] as const;

/** Where the records go. */
export type RecordSink =
  | {
      into: 'totals';
      groupBy: { name: string; expression: string }[];
      measures: { name: string; kind: (typeof measureKinds)[number]; expression: string }[];
      values: JsonObject;
      /** More groups than this end the step. */
      maxGroups: number;
    }
  | {
      into: 'file';
      origin: string;
      path: string;
      format: 'csv' | 'jsonl';
      delimiter: string;
      /** Columns of a CSV file in order; empty: the fields of the first record. */
      columns: string[];
      ifExists: 'replace' | 'fail';
    }
  | {
      into: 'batches';
      size: number;
      concurrency: number;
      onItemError: 'stop' | 'continue';
      /** What tells a record from the others; empty: its number. */
      key: string;
      values: JsonObject;
    }
  | { into: 'list'; limit: number };

export interface RecordLimits {
  /** Record errors that end the step; 0: none are accepted. */
  maxErrors: number;
  /** Share of the records that may be errors, looked at once there are 1,000 of them; 1 switches it off. */
  maxErrorShare: number;
}

/** A page of a paged source; `next` is handed to the next call, null ends. */
export interface RecordPage {
  items: JsonValue[];
  next: JsonValue | null;
}
