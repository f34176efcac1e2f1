import { useQuery } from '@tanstack/react-query';
import type { JsonValue, NodeId } from '@waybill/flow-model';
import { graphOf, visibleSteps } from '@waybill/flow-model';
import { useMemo } from 'react';
import { useEditor, useEditorStore } from '../../state/editor-store.ts';
import { loadNodeData, loadRun } from '../run-data.ts';
import type { SampleScope } from './sample-scope.ts';
import { sampleScope } from './sample-scope.ts';

/** Data of more steps than this is not fetched for one form. */
const MOST_STEPS = 40;

/** What expressions of a node see, from the run the editor shows or from examples. */
export function useSampleScope(id: NodeId): SampleScope {
  const store = useEditorStore();
  const flow = useEditor((state) => state.flow);
  const catalog = useEditor((state) => state.catalog);
  const runId = useEditor((state) => state.dataRunId);
  const seq = useEditor((state) => (state.live?.runId === state.dataRunId ? (state.live?.run?.finishedAt ?? 0) : 0));
  const outputs = useQuery({
    queryKey: ['stepOutputs', runId, id, seq, Object.keys(flow.edges).length],
    enabled: runId !== null,
    placeholderData: (before) => before,
    queryFn: async () => {
      const graph = graphOf(store.getState().flow);
      const wanted = [...visibleSteps(graph, id)].slice(0, MOST_STEPS);
      // A run that was read while under way is read again at its end.
      if (runId !== null && seq > 0) await loadRun(runId, 0);
      const found: Record<NodeId, JsonValue> = {};
      await Promise.all(
        wanted.map(async (step) => {
          const data = runId === null ? null : await loadNodeData(runId, step);
          if (data && data.step.status === 'succeeded') found[step] = data.data.output;
        }),
      );
      return found;
    },
  });
  return useMemo(() => sampleScope(flow, catalog, id, outputs.data ?? {}), [flow, catalog, id, outputs.data]);
}
