import { api } from '../../api/client.ts';
import { toastError } from '../../ui/toasts.ts';
import type { EditorStore } from './editor-store.ts';

/** Fills the data panes of a flow just opened with its newest run; one chosen meanwhile stays. */
export async function showLastRun(store: EditorStore): Promise<void> {
  try {
    const { summary } = store.getState();
    const { items } = await api('listRuns', { query: { flowId: summary.id, limit: 1 } });
    const newest = items[0];
    if (newest && store.getState().dataRunId === null) store.getState().setDataRun(newest.id);
  } catch (error) {
    toastError(error);
  }
}
