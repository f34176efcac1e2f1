import { recordStates } from '@waybill/flow-model';
import { z } from 'zod';
import { pageQuery } from './common.ts';
import { fileStreamReply, route } from './route.ts';

/** A record of a stream and what became of it. */
export const streamRecordSchema = z.object({
  /** From 1, the header not counted. */
  row: z.int(),
  /** Line of the file, from 1; null where it is not known. */
  line: z.int().nullable(),
  /** What it is known by; its number where it has no key of its own, empty where it could not be read. */
  key: z.string(),
  state: z.enum(recordStates),
  /** Batch it went with, from 1; null where there are none. */
  batch: z.int().nullable(),
  /** Place in that batch, from 0. */
  place: z.int().nullable(),
  /** How often it was sent before and refused. */
  sentBefore: z.int(),
  /** Step that wrote or refused it; null: it could not be read. */
  step: z.string().nullable(),
  /** Of the write it was part of. */
  effectKey: z.string().nullable(),
  column: z.string().nullable(),
  what: z.string().nullable(),
  fix: z.string().nullable(),
  /** The record as it came, or as it went on; null where only its number is kept. */
  source: z.string().nullable(),
});
export type StreamRecord = z.infer<typeof streamRecordSchema>;

const stepParams = z.object({ runId: z.string().max(128), step: z.string().max(1_000) });
const filter = {
  state: z.enum(recordStates).optional(),
  /** Part of a key, of what is wrong, of a column or of the record; or its number. */
  text: z.string().max(200).optional(),
};

export const stepRecordRoutes = {
  getStepRecords: route({
    method: 'GET',
    path: '/runs/:runId/steps/:step/records',
    tag: 'Runs',
    summary:
      'Records of a step and what became of each: first those that could not be used, then the others, the last ones first',
    access: 'runs.data',
    params: stepParams,
    query: z.object({ ...filter, ...pageQuery }),
    reply: z.object({
      /** May be fewer than asked for, or none, although there are more: a search looks at a part of them at a time. */
      items: z.array(streamRecordSchema),
      nextCursor: z.string().nullable(),
      /** Of the whole stream so far, whatever is searched for. */
      counts: z.object({
        read: z.int(),
        used: z.int(),
        refused: z.int(),
        /** Null where the step writes nothing. */
        states: z.record(z.enum(recordStates), z.int()).nullable(),
      }),
      /** Columns of the file and what separates them, to write the records down again; null for other sources. */
      file: z.object({ columns: z.array(z.string()), delimiter: z.string() }).nullable(),
    }),
  }),
  downloadStepRecords: route({
    method: 'GET',
    path: '/runs/:runId/steps/:step/records.csv',
    tag: 'Runs',
    summary: 'The same as a CSV file, all of them',
    access: 'runs.data',
    params: stepParams,
    query: z.object(filter),
    reply: fileStreamReply,
    download: 'stream',
  }),
};
