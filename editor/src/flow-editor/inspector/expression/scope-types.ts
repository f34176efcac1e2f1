import type { JsonObject, JsonValue } from '@waybill/flow-model';

const MAX_DEPTH = 7;

/** A TypeScript type that the value has. Pure. */
export function typeOfValue(value: JsonValue, depth = 0): string {
  if (value === null || depth > MAX_DEPTH) return 'any';
  if (Array.isArray(value)) return value.length === 0 ? 'any[]' : `${typeOfValue(value[0] as JsonValue, depth + 1)}[]`;
  if (typeof value !== 'object') return typeof value;
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}: ${typeOfValue(member, depth + 1)}`,
  );
  return `{ ${members.join('; ')} }`;
}

/** Declarations of what code sees, for the language service. Pure. */
export const scopeTypes = (scope: JsonObject): string =>
  Object.entries(scope)
    .map(([name, value]) => `declare const ${name}: ${typeOfValue(value)};`)
    .join('\n');
