import type { StepStatus, StepView } from '@waybill/api-contract';
import type { Edge, NodeId } from '@waybill/flow-model';

/** What a card shows of a run: one status for all iterations of the node, and the step to open on a click. */
export interface NodeLive {
  status: StepStatus;
  /** The step that gave the status. */
  step: string;
  steps: number;
  /** Iterations that stand as this one does. */
  alike: number;
  failed: number;
  attempt: number;
  /** How often the run was sent back from it to an earlier step. */
  sentBack: number;
  port: string | null;
  words: string | null;
  tookMs: number | null;
}

/** What needs eyes most comes first. */
const urgency: readonly StepStatus[] = [
  'running',
  'undoing',
  'in-doubt',
  'undo-failed',
  'failed',
  'retrying',
  'waiting',
  'undone',
  'succeeded',
  'cancelled',
  'skipped',
  'pending',
];

const moreTelling = (a: StepView, b: StepView): number =>
  urgency.indexOf(a.status) - urgency.indexOf(b.status) || b.seq - a.seq;

/**
 * One entry per node of a run. Pure.
 * @param before what is shown now: entries that say the same are taken from it, so that only cards that change are drawn, and
 * all of it when none changes.
 */
export function liveByNode(
  steps: readonly StepView[],
  before: Readonly<Record<NodeId, NodeLive>> = {},
): Readonly<Record<NodeId, NodeLive>> {
  const byNode = Map.groupBy(steps, (step) => step.nodeId);
  let changed = byNode.size !== Object.keys(before).length;
  const nodes: Record<NodeId, NodeLive> = {};
  for (const [nodeId, ofNode] of byNode) {
    const now = liveOf(ofNode);
    const then = before[nodeId];
    const isSame = then !== undefined && saysTheSame(then, now);
    nodes[nodeId] = isSame ? then : now;
    changed ||= !isSame;
  }
  return changed ? nodes : before;
}

function liveOf(steps: readonly StepView[]): NodeLive {
  const shown = steps.toSorted(moreTelling)[0] as StepView;
  return {
    status: shown.status,
    step: shown.step,
    steps: shown.iterations?.total ?? steps.length,
    alike: shown.iterations?.total ?? steps.filter((step) => step.status === shown.status).length,
    failed: steps.filter((step) => step.status === 'failed').length,
    attempt: shown.attempts.length,
    sentBack: steps.reduce((sum, step) => sum + (step.sentBack ?? 0), 0),
    port: shown.port,
    words: shown.error?.what ?? shown.waiting?.words ?? null,
    tookMs: shown.startedAt !== null && shown.endedAt !== null ? shown.endedAt - shown.startedAt : null,
  };
}

const saysTheSame = (a: NodeLive, b: NodeLive): boolean =>
  (Object.keys(b) as (keyof NodeLive)[]).every((name) => a[name] === b[name]);

/** Whether a run went along an edge; null while that is open. Pure. */
export function edgeTaken(edge: Edge, nodes: Readonly<Record<NodeId, NodeLive>>): boolean | null {
  const from = nodes[edge.from.node];
  if (!from) return null;
  if (from.status === 'skipped') return false;
  if (from.status === 'failed') return edge.from.port === 'error' && from.port === 'error';
  const cameThrough = ['succeeded', 'undoing', 'undone', 'undo-failed'].includes(from.status);
  if (!cameThrough) return null;
  return from.port === null || from.port === edge.from.port;
}
