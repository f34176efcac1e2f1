/** What the nodes for records have in common: their input, and the fields that say what is done to each record. */
import type { JsonObject, JsonValue, RecordLimits, RecordStage, RecordsHandle } from '@waybill/node-sdk';
import { param, port, recordsHandle, recordsHandleSchema, seconds, withStage } from '@waybill/node-sdk';
import * as z from 'zod';

/** A stream, or a plain list that becomes one. */
const list = z.array(z.unknown() as unknown as z.ZodType<JsonValue>);
const streamOrList = z.union([recordsHandleSchema, list]);
export const recordsInput = { in: port(streamOrList, 'Records') };
export const recordsOutput = { records: port(recordsHandleSchema, 'Records') };

export const streamOf = (input: z.infer<typeof streamOrList> | undefined): RecordsHandle =>
  Array.isArray(input) || input === undefined ? recordsHandle({ kind: 'list', items: input ?? [] }) : input;

/** The stream that came in, with one more stage. */
export const staged = (input: { readonly in?: z.infer<typeof streamOrList> }, stage: RecordStage): RecordsHandle =>
  withStage(streamOf(input.in), stage);

/** JSONata that is evaluated once per record, not once per step. */
export const perRecord = (options: { label: string; help?: string; placeholder?: string; optional?: true }) =>
  param.code({
    ...options,
    language: 'jsonata',
    names: ['record', 'row', 'values'],
    expression: false,
    optional: true,
  });

export const valuesParam = param.mapping({
  label: 'Values from the run',
  help: 'Worked out once and seen by the expressions as values, for example values.rate.',
  optional: true,
  group: 'More',
});
export const valuesOf = (values: JsonObject | undefined): JsonObject => values ?? {};

export const limitParams = {
  maxErrors: param.integer({
    label: 'Most record errors',
    help: 'More than this end the step. 0 accepts none.',
    min: 0,
    max: 1_000_000,
    default: 10_000,
    group: 'Errors',
  }),
  maxErrorPercent: param.number({
    label: 'Most record errors, in percent',
    help: 'Looked at from the 1,000th record on.',
    min: 0,
    max: 100,
    default: 10,
    group: 'Errors',
  }),
};
export const limitsOf = (params: { maxErrors: number; maxErrorPercent: number }): RecordLimits => ({
  maxErrors: params.maxErrors,
  maxErrorShare: params.maxErrorPercent / 100,
});

/** Time and tries are for one chunk of records, not for all of them. */
export const chunkTraits = {
  effect: 'read',
  retry: { attempts: 5, firstDelayMs: seconds(2), maxDelayMs: seconds(60) },
  timeoutMs: seconds(60),
} as const;

/** What a stream looks like where a sample is shown. */
export const sampleStream: RecordsHandle = recordsHandle({
  kind: 'list',
  items: [{ employee: 'E-1001', project: 'P-1042', hours: '7.5' }],
});
