import type { FlowLive } from '@waybill/api-contract';
import type { StandingAs, StandingRuns } from '@waybill/engine/ports';
import { standingAs } from '@waybill/engine/ports';
import type { NodeId } from '@waybill/flow-model';

type Standing = FlowLive['queued'];
type Node = FlowLive['nodes'][number];
type Column = Exclude<keyof Node, 'nodeId'>;

const none: Standing = { runs: 0, waits: 0, oldestAt: null };
const noneThere = { running: none, waiting: none, parked: none, inDoubt: none, failed: none };

const add = (before: Standing, { runs, waits, oldestAt }: StandingRuns): Standing => ({
  runs: before.runs + runs,
  waits: before.waits + waits,
  oldestAt: Math.min(before.oldestAt ?? oldestAt, oldestAt),
});

const columns: Record<StandingAs, Column> = {
  running: 'running',
  waiting: 'waiting',
  parked: 'parked',
  'in-doubt': 'inDoubt',
  failed: 'failed',
};

/**
 * Runs by the node they stand at. Pure.
 * A run that waits at several nodes counts at each of them.
 * @param nodeOf the node with this title in this version, for runs of which no more is known; null if the version has none.
 */
export function flowLive(
  standing: readonly StandingRuns[],
  nodeOf: (versionId: string, title: string) => NodeId | null,
): Pick<FlowLive, 'queued' | 'nodes'> {
  const nodes = new Map<NodeId, Node>();
  let queued = none;
  for (const group of standing) {
    if (group.status === 'queued') queued = add(queued, group);
    const as = standingAs(group);
    const { versionId, currentNode, currentStep } = group;
    const nodeId = currentNode ?? (currentStep === null ? null : nodeOf(versionId, currentStep));
    if (as === null || nodeId === null) continue;
    const column = columns[as];
    const before = nodes.get(nodeId) ?? { nodeId, ...noneThere };
    nodes.set(nodeId, { ...before, [column]: add(before[column], group) });
  }
  return { queued, nodes: [...nodes.values()] };
}
