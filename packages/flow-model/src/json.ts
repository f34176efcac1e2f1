import * as z from 'zod';

/** Any value that survives `JSON.stringify` and back unchanged. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

export const jsonValueSchema: z.ZodType<JsonValue> = z.json() as z.ZodType<JsonValue>;
export const jsonObjectSchema: z.ZodType<JsonObject> = z.record(z.string(), jsonValueSchema);

/** A JSON Schema (draft 2020-12) as plain data; `{}` accepts anything. */
export type JsonSchema = JsonObject;
