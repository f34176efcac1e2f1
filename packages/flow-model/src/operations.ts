import type { Box, Edge, Flow, FlowNode, FlowSettings, Note, Pin } from './flow.ts';
import { edgeId } from './flow.ts';
import type { EdgeId, NodeId } from './ids.ts';

/** Every change of a flow is one of these; editor, server and paste go through the same ones. */
export type FlowOperation =
  | { op: 'put-node'; id: NodeId; node: FlowNode }
  | { op: 'remove-node'; id: NodeId }
  | { op: 'put-edge'; edge: Edge }
  | { op: 'remove-edge'; id: EdgeId }
  | { op: 'put-note'; id: NodeId; note: Note }
  | { op: 'remove-note'; id: NodeId }
  | { op: 'set-box'; id: NodeId; box: Box | null }
  | { op: 'set-pin'; id: NodeId; pin: Pin | null }
  | { op: 'set-settings'; settings: FlowSettings }
  | { op: 'set-header'; name: string; description: string | null }
  | { op: 'batch'; operations: FlowOperation[] };

export interface Applied {
  flow: Flow;
  /** Applying this to `flow` gives back what was there before. */
  inverse: FlowOperation;
}

const batch = (operations: FlowOperation[]): FlowOperation => ({ op: 'batch', operations });

/**
 * A flow under change. Tables are copied once, at their first change, so that a batch of thousands stays linear and the
 * flow it started from stays as it was.
 */
interface Draft {
  flow: Flow;
  readonly copied: Set<TableName>;
  /** How often each id is referred to; counted when first asked for, then kept up to date. */
  references: References | null;
}
type TableName = 'nodes' | 'edges' | 'notes' | 'layout' | 'pins';

const startDraft = (flow: Flow): Draft => ({ flow, copied: new Set(), references: null });

/** Ids that an entry of a table refers to: they lie in it, lead to it, or lay it out. */
function referencesOf(name: TableName, key: string, flow: Flow): NodeId[] {
  switch (name) {
    case 'nodes':
      return flow.nodes[key]?.parent === undefined ? [] : [flow.nodes[key].parent];
    case 'edges':
      return flow.edges[key] ? [flow.edges[key].from.node, flow.edges[key].to.node] : [];
    case 'layout':
    case 'pins':
      return flow[name][key] ? [key] : [];
    case 'notes':
      return [];
    default:
      return assertNever(name);
  }
}

type References = Map<NodeId, number>;

function count(references: References, ids: readonly NodeId[], by: 1 | -1): void {
  for (const id of ids) references.set(id, (references.get(id) ?? 0) + by);
}

/** Whether anything refers to a node, without looking through the flow for each node of a batch. */
function isReferred(draft: Draft, id: NodeId): boolean {
  if (!draft.references) {
    draft.references = new Map();
    for (const name of ['nodes', 'edges', 'layout', 'pins'] as const) {
      for (const key of Object.keys(draft.flow[name])) count(draft.references, referencesOf(name, key, draft.flow), 1);
    }
  }
  return (draft.references.get(id) ?? 0) > 0;
}

function put<K extends TableName>(draft: Draft, name: K, key: string, value: Flow[K][string] | null): void {
  if (!draft.copied.has(name)) {
    draft.flow = { ...draft.flow, [name]: { ...draft.flow[name] } };
    draft.copied.add(name);
  }
  const table = draft.flow[name] as Record<string, Flow[K][string]>;
  if (draft.references) count(draft.references, referencesOf(name, key, draft.flow), -1);
  if (value === null) delete table[key];
  else table[key] = value;
  if (draft.references) count(draft.references, referencesOf(name, key, draft.flow), 1);
}

/** What would go with a node: what lies in it, its edges, its box and its pin. As operations that put them back. */
function dependentsOf(flow: Flow, id: NodeId): FlowOperation[] {
  const found: FlowOperation[] = [];
  for (const [child, node] of Object.entries(flow.nodes)) {
    if (node.parent === id && child !== id) found.push({ op: 'put-node', id: child, node });
  }
  for (const edge of Object.values(flow.edges)) {
    if (edge.from.node === id || edge.to.node === id) found.push({ op: 'put-edge', edge });
  }
  const box = flow.layout[id];
  const pin = flow.pins[id];
  if (box) found.push({ op: 'set-box', id, box });
  if (pin) found.push({ op: 'set-pin', id, pin });
  return found;
}

/** Removing a node takes its dependents along; the inverse brings all back. */
function removeNode(draft: Draft, id: NodeId): FlowOperation {
  const node = draft.flow.nodes[id];
  if (!node) return batch([]);
  const dependents = isReferred(draft, id) ? dependentsOf(draft.flow, id) : [];
  // The node goes first: containers that lie in each other would else remove one another for ever.
  put(draft, 'nodes', id, null);
  const inverses = dependents.map((dependent) => {
    if (dependent.op === 'put-node') return removeNode(draft, dependent.id);
    if (dependent.op === 'put-edge') put(draft, 'edges', edgeId(dependent.edge), null);
    else if (dependent.op === 'set-box') put(draft, 'layout', id, null);
    else put(draft, 'pins', id, null);
    return dependent;
  });
  return batch([{ op: 'put-node', id, node }, ...inverses.toReversed()]);
}

/**
 * Takes a new node back. What referred to its id before it came (an edge put first, a child pasted before its container)
 * would go with it, so the inverse puts that back.
 */
function undoNewNode(draft: Draft, id: NodeId): FlowOperation {
  const remove: FlowOperation = { op: 'remove-node', id };
  if (!isReferred(draft, id)) return remove;
  const { flow } = draft;
  const rehearsal = startDraft({
    ...flow,
    nodes: { ...flow.nodes, [id]: { type: 'core.set', version: 1, params: {} } },
  });
  const inverse = removeNode(rehearsal, id);
  const restored = inverse.op === 'batch' ? inverse.operations.slice(1) : [];
  return restored.length === 0 ? remove : batch([remove, ...restored]);
}

function undoNewNote(before: Flow, id: NodeId): FlowOperation {
  const remove: FlowOperation = { op: 'remove-note', id };
  const box = before.layout[id];
  return box ? batch([remove, { op: 'set-box', id, box }]) : remove;
}

/** Changes the draft and returns the operation that takes the change back. */
function change(draft: Draft, operation: FlowOperation): FlowOperation {
  const before = draft.flow;
  switch (operation.op) {
    case 'put-node': {
      const { id, node } = operation;
      const old = before.nodes[id];
      const inverse: FlowOperation = old ? { op: 'put-node', id, node: old } : undoNewNode(draft, id);
      put(draft, 'nodes', id, node);
      return inverse;
    }
    case 'remove-node':
      return removeNode(draft, operation.id);
    case 'put-edge': {
      const id = edgeId(operation.edge);
      if (before.edges[id]) return batch([]);
      put(draft, 'edges', id, operation.edge);
      return { op: 'remove-edge', id };
    }
    case 'remove-edge': {
      const edge = before.edges[operation.id];
      if (!edge) return batch([]);
      put(draft, 'edges', operation.id, null);
      return { op: 'put-edge', edge };
    }
    case 'put-note': {
      const { id, note } = operation;
      const old = before.notes[id];
      put(draft, 'notes', id, note);
      return old ? { op: 'put-note', id, note: old } : undoNewNote(before, id);
    }
    case 'remove-note': {
      const { id } = operation;
      const note = before.notes[id];
      if (!note) return batch([]);
      const box = before.layout[id];
      put(draft, 'notes', id, null);
      put(draft, 'layout', id, null);
      return batch([{ op: 'put-note', id, note }, ...(box ? [{ op: 'set-box', id, box } as const] : [])]);
    }
    case 'set-box': {
      const old = before.layout[operation.id] ?? null;
      put(draft, 'layout', operation.id, operation.box);
      return { op: 'set-box', id: operation.id, box: old };
    }
    case 'set-pin': {
      const old = before.pins[operation.id] ?? null;
      put(draft, 'pins', operation.id, operation.pin);
      return { op: 'set-pin', id: operation.id, pin: old };
    }
    case 'set-settings':
      draft.flow = { ...before, settings: operation.settings };
      return { op: 'set-settings', settings: before.settings };
    case 'set-header': {
      const { description: _old, ...rest } = before;
      const { name, description } = operation;
      draft.flow = { ...rest, name, ...(description === null ? {} : { description }) };
      return { op: 'set-header', name: before.name, description: before.description ?? null };
    }
    case 'batch':
      return batch(operation.operations.map((part) => change(draft, part)).toReversed());
    default:
      return assertNever(operation);
  }
}

/** Pure: the flow after `operation`, and the operation that takes it back. Unknown ids change nothing. */
export function applyOperation(flow: Flow, operation: FlowOperation): Applied {
  const draft = startDraft(flow);
  const inverse = change(draft, operation);
  return { flow: draft.flow, inverse };
}

/** Compile-time proof that a union was handled whole; throws if data from outside was not. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
