import type { JsonObject, JsonSchema, JsonValue } from '@waybill/flow-model';

const MAX_DEPTH = 6;

/** A value with the shape of a schema, for autocomplete and previews before the first run. Pure. */
export function exampleOf(schema: JsonSchema, depth = 0): JsonValue {
  if (depth > MAX_DEPTH) return null;
  if ('default' in schema) return schema['default'] as JsonValue;
  if ('const' in schema) return schema['const'] as JsonValue;
  if (Array.isArray(schema['examples']) && schema['examples'].length > 0) return schema['examples'][0] as JsonValue;
  if (Array.isArray(schema['enum'])) return schema['enum'][0] ?? null;
  for (const choice of ['anyOf', 'oneOf', 'allOf'] as const) {
    const first = (schema[choice] as JsonSchema[] | undefined)?.find((option) => option['type'] !== 'null');
    if (first) return exampleOf(first, depth + 1);
  }
  const type = Array.isArray(schema['type']) ? schema['type'].find((one) => one !== 'null') : schema['type'];
  switch (type) {
    case 'object': {
      const properties = (schema['properties'] ?? {}) as Record<string, JsonSchema>;
      const made: JsonObject = {};
      for (const [name, inner] of Object.entries(properties)) made[name] = exampleOf(inner, depth + 1);
      return made;
    }
    case 'array':
      return [exampleOf((schema['items'] ?? {}) as JsonSchema, depth + 1)];
    case 'string':
      return schema['format'] === 'date-time'
        ? '2026-01-31T09:00:00.000Z'
        : schema['format'] === 'date'
          ? '2026-01-31'
          : '';
    case 'integer':
    case 'number':
      return 0;
    case 'boolean':
      return false;
    default:
      return null;
  }
}
