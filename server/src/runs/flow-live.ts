import type { FlowLive } from '@waybill/api-contract';
import type { StandingRuns } from '@waybill/engine/ports';
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

function columnOf({ status, note }: StandingRuns): Column | null {
  switch (status) {
    case 'running':
      return 'running';
    case 'waiting':
      return note === 'parked' ? 'parked' : 'waiting';
    case 'paused':
      return 'waiting';
    case 'in-doubt':
      return 'inDoubt';
    case 'failed':
    case 'quarantined':
      return 'failed';
    case 'queued':
    case 'succeeded':
    case 'cancelled':
    case 'ignored':
      return null;
    default:
      return status satisfies never;
  }
}

/**
 * Runs by the node they stand at. Pure.
 * A run that stands at several steps counts at the one its summary names.
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
    const column = columnOf(group);
    const { versionId, currentNode, currentStep } = group;
    const nodeId = currentNode ?? (currentStep === null ? null : nodeOf(versionId, currentStep));
    if (column === null || nodeId === null) continue;
    const before = nodes.get(nodeId) ?? { nodeId, ...noneThere };
    nodes.set(nodeId, { ...before, [column]: add(before[column], group) });
  }
  return { queued, nodes: [...nodes.values()] };
}
