import type { Flow, FlowGraph, FlowNode, NodeId, Pin } from '@waybill/flow-model';
import { ancestorsOf, downstreamOf, graphOf } from '@waybill/flow-model';

/** What decides how a node runs, as text that compares; titles and comments do not. */
const known = new WeakMap<FlowNode, string>();
function behaviourOf(node: FlowNode): string {
  const before = known.get(node);
  if (before !== undefined) return before;
  const { title: _title, comment: _comment, ...behaviour } = node;
  const text = sortedJson(behaviour);
  known.set(node, text);
  return text;
}

const sortedJson = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );

function edgesByTarget(flow: Flow): Map<NodeId, string> {
  const into = Map.groupBy(Object.entries(flow.edges), ([, edge]) => edge.to.node);
  return new Map(
    [...into].map(([id, edges]) => [
      id,
      edges
        .map(([edgeId]) => edgeId)
        .toSorted()
        .join('\n'),
    ]),
  );
}

interface StaleHints {
  /** Steps that ran on data which was already out of date. */
  doubted?: Iterable<NodeId>;
  /** What steps that are pinned now gave in the run: pinning just that changes nothing. */
  gave?: Readonly<Record<NodeId, Pin>>;
}

/**
 * Steps whose data of a run no longer fits the draft: they, or something before them, were changed since that run.
 * A run of a part of the flow says nothing about the steps it left out. Pure.
 * @param ran the flow as the run had it.
 */
export function staleSteps(ran: Flow, draft: Flow, { doubted = [], gave = {} }: StaleHints = {}): Set<NodeId> {
  const [edgesThen, edgesNow] = [edgesByTarget(ran), edgesByTarget(draft)];
  const varsChanged = sortedJson(ran.settings.vars ?? {}) !== sortedJson(draft.settings.vars ?? {});
  const isChanged = (id: NodeId): boolean => {
    const [then, now] = [ran.nodes[id], draft.nodes[id]];
    if (!then || !now) return false;
    const pin = draft.pins[id];
    return (
      behaviourOf(then) !== behaviourOf(now) ||
      (edgesThen.get(id) ?? '') !== (edgesNow.get(id) ?? '') ||
      (pin !== undefined && sortedJson(pin) !== sortedJson(ran.pins[id] ?? gave[id])) ||
      (varsChanged && /\bvars\b/.test(behaviourOf(now)))
    );
  };
  const graph = graphOf(draft);
  const stale = new Set<NodeId>();
  for (const id of [...Object.keys(draft.nodes).filter(isChanged), ...doubted]) {
    addWithBody(graph, id, stale);
    // A container whose body changed gives something else; the steps beside the change do not.
    for (const around of [id, ...ancestorsOf(draft, id)]) {
      stale.add(around);
      for (const after of downstreamOf(graph, around)) addWithBody(graph, after, stale);
    }
  }
  return stale;
}

function addWithBody(graph: FlowGraph, id: NodeId, into: Set<NodeId>): void {
  if (into.has(id)) return;
  into.add(id);
  for (const inside of graph.children.get(id) ?? []) addWithBody(graph, inside, into);
}
