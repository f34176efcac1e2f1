import * as z from 'zod';
import { isRoleAlias } from './connections.ts';
import type { Box, Edge, Flow, FlowNode } from './flow.ts';
import { boxSchema, edgeSchema, FLOW_FORMAT_VERSION, flowNodeSchema, hasNode, noteSchema } from './flow.ts';
import type { NodeId } from './ids.ts';
import { nodeIdSchema } from './ids.ts';
import type { NodeCatalog } from './manifest.ts';
import { manifestKey } from './manifest.ts';
import { renameStepsOf } from './node-expressions.ts';
import type { FlowOperation } from './operations.ts';

/** A part of a flow as readable JSON; the marker tells it from other text on a clipboard. */
export const clipboardFragmentSchema = z.strictObject({
  waybill: z.literal('fragment'),
  formatVersion: z.literal(FLOW_FORMAT_VERSION),
  nodes: z.record(nodeIdSchema, flowNodeSchema),
  edges: z.array(edgeSchema),
  notes: z.record(nodeIdSchema, noteSchema),
  layout: z.record(nodeIdSchema, boxSchema),
});
export type ClipboardFragment = z.infer<typeof clipboardFragmentSchema>;

/** The fragment in a clipboard text, or null if it holds something else. */
export function parseFragment(text: string): ClipboardFragment | null {
  try {
    return clipboardFragmentSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    // Most clipboard texts are no JSON at all; that is no error.
    return null;
  }
}

/** A node id nobody has: `base` itself, else `base2`, `base3` ... Characters an id cannot have are dropped. */
export const uniqueNodeId = (flow: Flow, base: string, taken: ReadonlySet<NodeId> = new Set()): NodeId =>
  freeId(flow, base, taken, new Map());

/** `counts` remembers per stem how far the search got, so that pasting thousands of numbered nodes stays linear. */
function freeId(flow: Flow, base: string, taken: ReadonlySet<NodeId>, counts: Map<string, number>): NodeId {
  const cleaned =
    base
      .replace(/[^A-Za-z0-9_]/g, '')
      .replace(/^[^A-Za-z]+/, '')
      .slice(0, 56) || 'step';
  const stem = cleaned.replace(/\d+$/, '') || cleaned;
  const isFree = (id: NodeId) => !hasNode(flow, id) && !Object.hasOwn(flow.notes, id) && !taken.has(id);
  if (isFree(cleaned)) return cleaned;
  let count = counts.get(stem) ?? 2;
  while (!isFree(`${stem}${count}`)) count += 1;
  counts.set(stem, count + 1);
  return `${stem}${count}`;
}

/** The chosen nodes and notes with all that lies in chosen containers, and the edges among them. */
export function copySelection(flow: Flow, ids: readonly NodeId[]): ClipboardFragment {
  const chosen = withContents(flow, ids);
  const has = (id: NodeId) => chosen.has(id);
  const pick = <T>(table: Record<NodeId, T>) => Object.fromEntries(Object.entries(table).filter(([id]) => has(id)));
  return {
    waybill: 'fragment',
    formatVersion: FLOW_FORMAT_VERSION,
    nodes: Object.fromEntries(Object.entries(pick(flow.nodes)).map(([id, node]) => [id, detached(node, has)])),
    edges: Object.values(flow.edges).filter((edge) => has(edge.from.node) && has(edge.to.node)),
    notes: pick(flow.notes),
    layout: pick(flow.layout),
  };
}

function withContents(flow: Flow, ids: readonly NodeId[]): Set<NodeId> {
  const chosen = new Set(ids);
  let grew = true;
  while (grew) {
    const inside = Object.keys(flow.nodes).filter((id) => {
      const parent = flow.nodes[id]?.parent;
      return parent !== undefined && chosen.has(parent) && !chosen.has(id);
    });
    for (const id of inside) chosen.add(id);
    grew = inside.length > 0;
  }
  return chosen;
}

/** Without a container that stays behind, and without accounts that belong to this workspace alone. */
function detached(node: FlowNode, has: (id: NodeId) => boolean): FlowNode {
  const { parent, connections, ...rest } = node;
  const roles = Object.entries(connections ?? {}).filter(([, binding]) => isRoleAlias(binding));
  return {
    ...rest,
    ...(parent !== undefined && has(parent) ? { parent } : {}),
    ...(roles.length > 0 ? { connections: Object.fromEntries(roles) } : {}),
  };
}

export interface PasteOptions {
  /** The container to paste into. */
  parent?: NodeId;
  /** Tells plain text from params whose text is an expression by itself; without it only `{ $: }` is renamed. */
  catalog?: NodeCatalog;
}

export interface Paste {
  /** One batch, hence one step of undo. */
  operation: FlowOperation;
  /** Old id -> id in this flow. */
  newIds: Record<NodeId, NodeId>;
}

/** What to apply to `flow` to insert the fragment with its top left corner at `at`. Ids in use are replaced, also in expressions. */
export function pasteFragment(
  flow: Flow,
  fragment: ClipboardFragment,
  at: { x: number; y: number },
  options: PasteOptions = {},
): Paste {
  const newIds = freshIds(flow, [...Object.keys(fragment.nodes), ...Object.keys(fragment.notes)]);
  const idOf = (id: NodeId): NodeId => newIds.get(id) ?? id;
  const nodes = Object.entries(fragment.nodes).map(([id, node]): FlowOperation => {
    const manifest = options.catalog?.get(manifestKey(node.type, node.version));
    const renamed = renameStepsOf(node, manifest, newIds);
    const parent = node.parent === undefined ? options.parent : idOf(node.parent);
    return { op: 'put-node', id: idOf(id), node: { ...renamed, ...(parent === undefined ? {} : { parent }) } };
  });
  const edges = fragment.edges.map(
    ({ from, to }): Edge => ({
      from: { ...from, node: idOf(from.node) },
      to: { ...to, node: idOf(to.node) },
    }),
  );
  const operations: FlowOperation[] = [
    ...nodes,
    ...Object.entries(fragment.notes).map(([id, note]): FlowOperation => ({ op: 'put-note', id: idOf(id), note })),
    ...edges.map((edge): FlowOperation => ({ op: 'put-edge', edge })),
    ...boxesAt(fragment, at).map(([id, box]): FlowOperation => ({ op: 'set-box', id: idOf(id), box })),
  ];
  return { operation: { op: 'batch', operations }, newIds: Object.fromEntries(newIds) };
}

function freshIds(flow: Flow, ids: readonly NodeId[]): Map<NodeId, NodeId> {
  const newIds = new Map<NodeId, NodeId>();
  const taken = new Set<NodeId>();
  const counts = new Map<string, number>();
  for (const id of ids) {
    const fresh = freeId(flow, id, taken, counts);
    taken.add(fresh);
    newIds.set(id, fresh);
  }
  return newIds;
}

/** Boxes of inner nodes are relative to their container and stay; the others keep their places among each other. */
function boxesAt(fragment: ClipboardFragment, at: { x: number; y: number }): [NodeId, Box][] {
  const boxes = Object.entries(fragment.layout);
  const isOuter = (id: NodeId) => fragment.nodes[id]?.parent === undefined;
  const outer = boxes.filter(([id]) => isOuter(id));
  const left = Math.min(...outer.map(([, box]) => box.x));
  const top = Math.min(...outer.map(([, box]) => box.y));
  return boxes.map(([id, box]) => [id, isOuter(id) ? { ...box, x: box.x - left + at.x, y: box.y - top + at.y } : box]);
}
