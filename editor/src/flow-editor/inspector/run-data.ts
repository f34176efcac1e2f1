import { useQuery } from '@tanstack/react-query';
import type { RunDetail, StepData, StepView } from '@waybill/api-contract';
import type { NodeId, Pin } from '@waybill/flow-model';
import { api, queryClient } from '../../api/client.ts';

export interface NodeData {
  step: StepView;
  data: StepData;
}

const runKey = (runId: string) => ['getRun', { params: { runId } }] as const;

export const loadRun = (runId: string, staleTime = 2_000): Promise<RunDetail> =>
  queryClient.fetchQuery({
    queryKey: runKey(runId),
    queryFn: () => api('getRun', { params: { runId } }),
    staleTime,
  });

/** The step of a node to show: the newest that has begun. Pure. */
function stepToShow(steps: readonly StepView[], nodeId: NodeId): StepView | null {
  const own = steps.filter((step) => step.nodeId === nodeId && step.status !== 'pending' && step.status !== 'skipped');
  return own.toSorted((a, b) => b.seq - a.seq)[0] ?? null;
}

/** Input and output of a node in a run; null if the run did not reach it. */
export async function loadNodeData(runId: string, nodeId: NodeId, full = false): Promise<NodeData | null> {
  const run = await loadRun(runId);
  const step = stepToShow(run.steps, nodeId);
  if (!step) return null;
  const data = await queryClient.fetchQuery({
    queryKey: ['getStepData', runId, step.step, step.seq, full],
    queryFn: () => api('getStepData', { params: { runId, step: step.step }, query: full ? { full: 'true' } : {} }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return { step, data };
}

/** What a step gave and by which port, whole; null while it gave nothing. Pure. */
export const outputOf = ({ step, data }: NodeData): Pin | null =>
  step.port !== null && (step.status === 'succeeded' || step.port === 'error')
    ? { port: step.port, value: data.output }
    : null;

/** Outputs of several steps of a run, whole, for those that gave one. */
export async function loadOutputs(runId: string, ids: readonly NodeId[]): Promise<Record<NodeId, Pin>> {
  const found = await Promise.all(
    ids.map(async (id): Promise<[NodeId, Pin][]> => {
      const data = await loadNodeData(runId, id, true);
      const output = data && outputOf(data);
      return output ? [[id, output]] : [];
    }),
  );
  return Object.fromEntries(found.flat());
}

/** Data of one node in the run shown; `seq` rises while the run goes on, and the data follows it. */
export const useNodeData = (runId: string | null, nodeId: NodeId | null, seq = 0) =>
  useQuery({
    queryKey: ['nodeData', runId, nodeId, seq],
    enabled: runId !== null && nodeId !== null,
    placeholderData: (before) => before,
    queryFn: async () => {
      if (runId === null || nodeId === null) return null;
      if (seq > 0) await queryClient.invalidateQueries({ queryKey: runKey(runId) });
      return loadNodeData(runId, nodeId);
    },
  });
