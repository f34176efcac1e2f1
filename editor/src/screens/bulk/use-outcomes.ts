import type { BulkOperation, BulkOutcomeCounts } from '@waybill/api-contract';
import { useApiQuery } from '../../api/queries.ts';
import { setsGoing } from './bulk-words.ts';

const rereadBusyMs = 2_000;
const rereadMs = 15_000;

/** What became by now of the runs that an operation set going; undefined for other acts and until it is known. */
export function useOutcomes({ id, act, succeeded }: Pick<BulkOperation, 'id' | 'act' | 'succeeded'>) {
  const { data } = useApiQuery(
    'countBulkOutcomes',
    { params: { operationId: id } },
    {
      enabled: setsGoing.has(act) && succeeded > 0,
      refetchInterval: ({ state }) => (state.data ? nextReadMs(state.data) : false),
    },
  );
  return data;
}

/** While a run may still go on, they are counted again. Pure. */
export function nextReadMs({ byOutcome }: Pick<BulkOutcomeCounts, 'byOutcome'>): number | false {
  if (byOutcome.running) return rereadBusyMs;
  return byOutcome.waiting || byOutcome['in-doubt'] ? rereadMs : false;
}
