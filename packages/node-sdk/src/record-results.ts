import type { JsonObject, JsonValue } from '@waybill/flow-model';
import * as z from 'zod';

/** What became of one record of a batch, as the system told that it was sent to. */
export const recordResultSchema = z.object({
  success: z.boolean(),
  /** What that system knows it by. */
  id: z.string().nullable(),
  /** Why it was refused, in that system's words. */
  error: z.string().nullable(),
});
export type RecordResult = z.infer<typeof recordResultSchema>;

const answerSchema = z.looseObject({ results: z.array(recordResultSchema) });

/** The results in what a node emitted that answers record by record; null: there are none. */
export function recordResultsIn(value: unknown): RecordResult[] | null {
  const answer = answerSchema.safeParse(value);
  return answer.success ? answer.data.results : null;
}

/** The records that a node sends together. Lists inside the list are how JSONata puts several sources together. */
export const recordsSent = (list: JsonValue | undefined): JsonValue[] =>
  list === undefined || list === null ? [] : ([list].flat(9) as JsonValue[]);

/** What is wrong with the answer of a node that names its records in the param `resultsOf`; null: nothing. */
export function resultsFault(resultsOf: string, params: JsonObject, value: unknown): string | null {
  const results = recordResultsIn(value);
  const sent = recordsSent(params[resultsOf]).length;
  if (results === null) return 'it lacks `results`, each with success, id and error';
  return results.length === sent ? null : `it has ${results.length} results for ${sent} records`;
}
