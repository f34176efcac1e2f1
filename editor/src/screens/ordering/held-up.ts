import type { BlockedKey } from '@waybill/api-contract';

/** Every word of the search is in what a line shows. Pure. */
export function matchesSearch(held: BlockedKey, search: string): boolean {
  const { flowName, orderingKey, holder } = held;
  const shown = [flowName, orderingKey, holder.businessKey ?? '', holder.reason].join(' ').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => shown.includes(word));
}
