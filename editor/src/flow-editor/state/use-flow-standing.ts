import type { FlowId } from '@waybill/flow-model';
import { useEffect } from 'react';
import { useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import type { EditorStore } from './editor-store.ts';

/** The server gives the same answer for a second; people look at ages of minutes. */
const READ_EVERY_MS = 4_000;

/** Keeps the badges of a canvas up to date with where all runs of the flow stand. */
export function useFlowStanding(store: EditorStore, flowId: FlowId): void {
  const mayRuns = useMay()('runs.read');
  const live = useApiQuery(
    'flowLive',
    { params: { flowId } },
    { enabled: mayRuns, refetchInterval: READ_EVERY_MS, retry: false },
  );
  useEffect(() => {
    if (live.data) store.getState().setStanding(live.data);
  }, [store, live.data]);
}
