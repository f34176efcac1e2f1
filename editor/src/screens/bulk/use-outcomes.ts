import type { BulkOperation, BulkOutcomeCounts } from '@waybill/api-contract';
import { bulkOutcomesLimit } from '@waybill/api-contract';
import { useApiQuery } from '../../api/queries.ts';
import { setsGoing } from './bulk-words.ts';

const rereadBusyMs = 2_000;
const rereadMs = 15_000;
/** Each run that is counted is looked up: the more there are, the more rarely. */
const perRunMs = 2;

/** What became by now of the runs that an operation set going; undefined for other acts and until it is known. */
export function useOutcomes({ id, act, succeeded, finishedAt }: BulkOperation) {
  const { data } = useApiQuery(
    'countBulkOutcomes',
    { params: { operationId: id } },
    {
      enabled: setsGoing.has(act) && succeeded > 0,
      refetchInterval: ({ state }) => {
        if (!state.data) return false;
        const isAllCounted = state.data.counted >= Math.min(succeeded, bulkOutcomesLimit);
        return nextReadMs(state.data, finishedAt !== null && isAllCounted);
      },
    },
  );
  return data;
}

/** While a run may still go on, or there are others to be counted, they are counted again. Pure. @param isOver no others come. */
export function nextReadMs(
  { byOutcome, counted }: Pick<BulkOutcomeCounts, 'byOutcome' | 'counted'>,
  isOver: boolean,
): number | false {
  if (byOutcome.running || !isOver) return rereadBusyMs + counted * perRunMs;
  return byOutcome.waiting || byOutcome['in-doubt'] ? rereadMs + counted * perRunMs : false;
}
