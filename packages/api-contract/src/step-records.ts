import { z } from 'zod';
import { pageQuery } from './common.ts';
import { route } from './route.ts';

/** A record of a stream that could not be used. */
export const refusedRecordSchema = z.object({
  /** From 1, the header not counted. */
  row: z.int(),
  /** Line of the file, from 1; null where there are none. */
  line: z.int().nullable(),
  column: z.string().nullable(),
  /** Step that refused it; null: it could not be read. */
  step: z.string().nullable(),
  what: z.string(),
  fix: z.string(),
  /** The record as it came. */
  source: z.string(),
});
export type RefusedRecord = z.infer<typeof refusedRecordSchema>;

export const stepRecordRoutes = {
  getStepRecords: route({
    method: 'GET',
    path: '/runs/:runId/steps/:step/records',
    tag: 'Runs',
    summary: 'Records of a step that could not be used, the last ones first',
    access: 'runs.data',
    params: z.object({ runId: z.string().max(128), step: z.string().max(1_000) }),
    query: z.object({
      outcome: z.enum(['error']).default('error'),
      /** Part of what is wrong, of a column or of the record. */
      text: z.string().max(200).optional(),
      ...pageQuery,
    }),
    reply: z.object({
      items: z.array(refusedRecordSchema),
      nextCursor: z.string().nullable(),
      /** Of the whole stream so far, whatever is searched for. */
      counts: z.object({ read: z.int(), used: z.int(), refused: z.int() }),
      /** Columns of the file and what separates them, to write the records down again; null for other sources. */
      file: z.object({ columns: z.array(z.string()), delimiter: z.string() }).nullable(),
    }),
  }),
};
