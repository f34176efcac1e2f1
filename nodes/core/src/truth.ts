import type { JsonValue } from '@waybill/node-sdk';

/**
 * Whether the result of a condition counts as yes.
 * @source JSONata's `$boolean`: nothing, zero, empty text, empty lists, empty objects and lists without a true member are no.
 */
export function holds(value: JsonValue): boolean {
  if (value === null) return false;
  if (Array.isArray(value)) return value.some(holds);
  if (typeof value === 'object') return Object.keys(value).length > 0;
  return Boolean(value);
}
