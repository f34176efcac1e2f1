import type { Edge, Flow } from './flow.ts';
import { hasNode } from './flow.ts';
import type { NodeId } from './ids.ts';

/** A flow's edges and containers, indexed once so that queries over big flows stay linear. */
export interface FlowGraph {
  readonly flow: Flow;
  /** Edges that leave a node, by node; only edges whose two nodes exist. */
  readonly outgoing: ReadonlyMap<NodeId, readonly Edge[]>;
  readonly incoming: ReadonlyMap<NodeId, readonly Edge[]>;
  /** Nodes by container; `null` holds the top level. */
  readonly children: ReadonlyMap<NodeId | null, readonly NodeId[]>;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** Builds the index. Edges to nodes that do not exist are left out. */
export function graphOf(flow: Flow): FlowGraph {
  const outgoing = new Map<NodeId, Edge[]>();
  const incoming = new Map<NodeId, Edge[]>();
  const children = new Map<NodeId | null, NodeId[]>();
  for (const [id, node] of Object.entries(flow.nodes)) push(children, node.parent ?? null, id);
  for (const edge of Object.values(flow.edges)) {
    if (!hasNode(flow, edge.from.node) || !hasNode(flow, edge.to.node)) continue;
    push(outgoing, edge.from.node, edge);
    push(incoming, edge.to.node, edge);
  }
  return { flow, outgoing, incoming, children };
}

export const edgesFrom = (graph: FlowGraph, id: NodeId): readonly Edge[] => graph.outgoing.get(id) ?? [];
export const edgesInto = (graph: FlowGraph, id: NodeId): readonly Edge[] => graph.incoming.get(id) ?? [];
export const bodyOf = (graph: FlowGraph, container: NodeId | null): readonly NodeId[] =>
  graph.children.get(container) ?? [];

/** Containers around a node, innermost first. Ends where a parent is missing or repeats. */
export function ancestorsOf(flow: Flow, id: NodeId): NodeId[] {
  const found: NodeId[] = [];
  let parent = flow.nodes[id]?.parent;
  while (parent !== undefined && hasNode(flow, parent) && parent !== id && !found.includes(parent)) {
    found.push(parent);
    parent = flow.nodes[parent]?.parent;
  }
  return found;
}

function collect(start: readonly NodeId[], next: (id: NodeId) => readonly NodeId[]): Set<NodeId> {
  const seen = new Set<NodeId>();
  const open = [...start];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...next(id));
  }
  return seen;
}

/** Nodes from which edges lead to `id`, itself left out unless it lies on a cycle. */
export const upstreamOf = (graph: FlowGraph, id: NodeId): Set<NodeId> => {
  const before = (node: NodeId) => edgesInto(graph, node).map((edge) => edge.from.node);
  return collect(before(id), before);
};

/** Nodes that edges lead to from `id`, itself left out unless it lies on a cycle. */
export const downstreamOf = (graph: FlowGraph, id: NodeId): Set<NodeId> => {
  const after = (node: NodeId) => edgesFrom(graph, node).map((edge) => edge.to.node);
  return collect(after(id), after);
};

/** Nodes whose output an expression of `id` can read: upstream of it, and upstream of each container around it. */
export function visibleSteps(graph: FlowGraph, id: NodeId): Set<NodeId> {
  const visible = upstreamOf(graph, id);
  for (const container of ancestorsOf(graph.flow, id)) {
    for (const before of upstreamOf(graph, container)) visible.add(before);
  }
  return visible;
}

/** Nodes so that each comes after all it depends on; nodes on a cycle come last, in document order. */
export function topologicalOrder(graph: FlowGraph, among: readonly NodeId[] = Object.keys(graph.flow.nodes)): NodeId[] {
  const inside = new Set(among);
  const waiting = new Map<NodeId, number>();
  for (const id of among) {
    waiting.set(id, edgesInto(graph, id).filter((edge) => inside.has(edge.from.node)).length);
  }
  const order = among.filter((id) => waiting.get(id) === 0);
  for (let at = 0; at < order.length; at += 1) {
    for (const edge of edgesFrom(graph, order[at] as NodeId)) {
      const left = waiting.get(edge.to.node);
      if (left === undefined) continue;
      waiting.set(edge.to.node, left - 1);
      if (left === 1) order.push(edge.to.node);
    }
  }
  const placed = new Set(order);
  return [...order, ...among.filter((id) => !placed.has(id))];
}

/** One closed path per group of nodes that lead back to themselves, each without its repeated first node. */
export function cyclesOf(graph: FlowGraph): NodeId[][] {
  const cycles: NodeId[][] = [];
  const done = new Set<NodeId>();
  for (const start of Object.keys(graph.flow.nodes)) {
    if (done.has(start)) continue;
    const cycle = cycleFrom(graph, start, done);
    if (cycle) cycles.push(cycle);
  }
  return cycles;
}

/** Depth-first walk without recursion: a flow may be a chain of thousands of nodes. Marks what it saw as done. */
function cycleFrom(graph: FlowGraph, start: NodeId, done: Set<NodeId>): NodeId[] | null {
  let cycle: NodeId[] | null = null;
  const path: NodeId[] = [start];
  const onPath = new Map<NodeId, number>([[start, 0]]);
  const nextEdge: number[] = [0];
  while (path.length > 0) {
    const id = path[path.length - 1] as NodeId;
    const index = nextEdge[nextEdge.length - 1] as number;
    const edge = edgesFrom(graph, id)[index];
    if (!edge) {
      done.add(id);
      onPath.delete(id);
      path.pop();
      nextEdge.pop();
      continue;
    }
    nextEdge[nextEdge.length - 1] = index + 1;
    const to = edge.to.node;
    const seenAt = onPath.get(to);
    if (seenAt !== undefined) cycle ??= path.slice(seenAt);
    else if (!done.has(to)) {
      onPath.set(to, path.length);
      path.push(to);
      nextEdge.push(0);
    }
  }
  return cycle;
}

/** Whether a reader sees a step, for many readers: the same answer as `visibleSteps`, by bit sets instead of walks. */
export function stepVisibility(graph: FlowGraph): (reader: NodeId, step: NodeId) => boolean {
  const order = topologicalOrder(graph);
  const indexOf = new Map(order.map((id, index) => [id, index]));
  const words = Math.ceil(order.length / 32);
  const before = order.map(() => new Uint32Array(words));
  // One pass settles a flow without cycles; a faulty one needs a pass per edge that leads back.
  let settled = false;
  while (!settled) {
    settled = true;
    order.forEach((id, index) => {
      for (const edge of edgesInto(graph, id)) {
        const source = indexOf.get(edge.from.node) ?? 0;
        if (merge(before[index] as Uint32Array, before[source] as Uint32Array, source) && source >= index)
          settled = false;
      }
    });
  }
  const comesBefore = (reader: NodeId, step: NodeId): boolean => {
    const at = indexOf.get(step);
    const bits = before[indexOf.get(reader) ?? -1];
    return at !== undefined && bits !== undefined && ((bits[at >>> 5] ?? 0) & (1 << (at & 31))) !== 0;
  };
  return (reader, step) =>
    comesBefore(reader, step) || ancestorsOf(graph.flow, reader).some((container) => comesBefore(container, step));
}

/** Adds all bits of `from`, and the bit of `source`; says whether anything was new. */
function merge(into: Uint32Array, from: Uint32Array, source: number): boolean {
  let changed = false;
  for (let word = 0; word < into.length; word += 1) {
    const own = word === source >>> 5 ? 1 << (source & 31) : 0;
    const merged = ((into[word] ?? 0) | (from[word] ?? 0) | own) >>> 0;
    if (merged !== into[word]) {
      into[word] = merged;
      changed = true;
    }
  }
  return changed;
}
