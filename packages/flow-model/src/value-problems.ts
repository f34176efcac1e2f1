/** Whether a value fits a JSON Schema, told field by field. */
import * as z from 'zod';
import type { JsonSchema, JsonValue } from './json.ts';

export interface ValueProblem {
  /** Dotted; empty for the value as a whole. */
  readonly path: string;
  readonly what: string;
}

/** All that does not fit; nothing for a schema that cannot be read here: the node itself still checks the value. */
export function valueProblems(schema: JsonSchema, value: JsonValue): ValueProblem[] {
  if (Object.keys(schema).length === 0) return [];
  const checked = schemaOf(schema)?.safeParse(value);
  if (!checked || checked.success) return [];
  return checked.error.issues.map((issue) => ({ path: issue.path.map(String).join('.'), what: issue.message }));
}

/** Null for one that zod cannot read. */
export function schemaOf(schema: JsonSchema): z.ZodType | null {
  try {
    return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  } catch {
    return null;
  }
}
