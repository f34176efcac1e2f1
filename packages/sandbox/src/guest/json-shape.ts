import type { JsonSchema, JsonValue } from '@waybill/flow-model';

const typeOf = (value: JsonValue): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

/**
 * The first way in which `value` does not fit, or undefined. Knows `type`, `enum`, `const`, `required`,
 * `properties` and `items`; other keywords are for the editor's eyes.
 */
export function misfit(value: JsonValue, schema: JsonSchema, path: string): string | undefined {
  const allowed = schema['type'] === undefined ? [] : [schema['type']].flat();
  const type = typeOf(value);
  const fits = allowed.some((name) => name === type || (name === 'integer' && Number.isInteger(value)));
  if (allowed.length > 0 && !fits) return `${path} is ${type}, expected ${allowed.join(' or ')}`;
  const options = schema['enum'] ?? (schema['const'] === undefined ? undefined : [schema['const']]);
  if (Array.isArray(options) && !options.includes(value)) return `${path} is none of ${JSON.stringify(options)}`;
  if (Array.isArray(value)) {
    const items = asSchema(schema['items']);
    if (!items) return undefined;
    for (const [at, entry] of value.entries()) {
      const found = misfit(entry, items, `${path}[${at}]`);
      if (found) return found;
    }
  } else if (typeof value === 'object' && value !== null) {
    const required = schema['required'];
    for (const name of Array.isArray(required) ? required : [])
      if (typeof name === 'string' && !Object.hasOwn(value, name)) return `${path}.${name} is missing`;
    for (const [name, sub] of Object.entries(asSchema(schema['properties']) ?? {})) {
      const member = Object.hasOwn(value, name) ? value[name] : undefined;
      const memberSchema = asSchema(sub);
      const found = member === undefined || !memberSchema ? undefined : misfit(member, memberSchema, `${path}.${name}`);
      if (found) return found;
    }
  }
  return undefined;
}

const asSchema = (value: JsonValue | undefined): JsonSchema | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
