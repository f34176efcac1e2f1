import type { JsonValue } from '@waybill/node-sdk';

/**
 * What an expression found, as a list. JSONata gives nothing for no match and the bare value for one,
 * so both become lists here; a flow must not behave differently for one line than for two.
 */
export function asItems(value: JsonValue | undefined): JsonValue[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** Groups of `size` in order, the last one shorter; size 1 leaves the items as they are. */
export function inBatches(items: JsonValue[], size: number): JsonValue[] {
  if (size <= 1) return items;
  const batches: JsonValue[] = [];
  for (let start = 0; start < items.length; start += size) batches.push(items.slice(start, start + size));
  return batches;
}
