import type { JsonObject } from '@waybill/node-sdk';
import { readAs } from '@waybill/node-sdk';
import * as z from 'zod';

const rowMap = z.record(z.string(), z.record(z.string(), z.json()) as z.ZodType<JsonObject>);

/** `results` alone has the order; the objects lie in maps by id, side-loaded ones among them. */
export const envelope = z.looseObject({
  count: z.int().default(0),
  results: z.array(z.object({ key: z.string(), id: z.coerce.string() })),
});
export type Envelope = z.infer<typeof envelope>;

const mapOf = (answer: Envelope, key: string): Record<string, JsonObject> =>
  readAs(rowMap, answer[key] ?? {}, `Kantata listed ${key}`);

/** The rows a call asked for, in the order Kantata gave them. */
export function rowsOf(answer: Envelope): JsonObject[] {
  const maps = new Map<string, Record<string, JsonObject>>();
  return answer.results.map(({ key, id }) => {
    const map = maps.get(key) ?? mapOf(answer, key);
    maps.set(key, map);
    return readAs(z.record(z.string(), z.json()) as z.ZodType<JsonObject>, map[id], `Kantata named ${key} ${id}`);
  });
}

/** Every row of one side-loaded collection. */
export const relatedOf = (answer: Envelope, key: string): JsonObject[] => Object.values(mapOf(answer, key));
