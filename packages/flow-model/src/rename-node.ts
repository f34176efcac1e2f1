import type { Flow, FlowNode } from './flow.ts';
import { hasNode } from './flow.ts';
import type { NodeId } from './ids.ts';
import { nodeIdSchema } from './ids.ts';
import type { NodeCatalog } from './manifest.ts';
import { manifestKey } from './manifest.ts';
import { renameStepsOf } from './node-expressions.ts';
import type { FlowOperation } from './operations.ts';

/**
 * What to apply to give a node another id: edges, contents, box, pin and every expression that reads `steps.<id>` follow.
 * Null if the node does not exist, or the new id is taken or no id.
 */
export function renameNode(flow: Flow, from: NodeId, to: NodeId, catalog: NodeCatalog): FlowOperation | null {
  const node = flow.nodes[from];
  const isFree = !hasNode(flow, to) && !Object.hasOwn(flow.notes, to) && nodeIdSchema.safeParse(to).success;
  if (!node || !hasNode(flow, from) || !isFree) return null;
  const idOf = (id: NodeId) => (id === from ? to : id);
  const names = new Map([[from, to]]);
  const follow = (other: FlowNode): FlowNode => {
    const renamed = renameStepsOf(other, catalog.get(manifestKey(other.type, other.version)), names);
    return renamed.parent === from ? { ...renamed, parent: to } : renamed;
  };
  const changed = Object.entries(flow.nodes).flatMap(([id, other]): FlowOperation[] => {
    const followed = follow(other);
    const same = JSON.stringify(followed) === JSON.stringify(other);
    return id === from || !same ? [{ op: 'put-node', id: idOf(id), node: followed }] : [];
  });
  const edges = Object.values(flow.edges).filter((edge) => edge.from.node === from || edge.to.node === from);
  const box = flow.layout[from];
  const pin = flow.pins[from];
  const operations: FlowOperation[] = [
    ...changed,
    ...edges.map(
      (edge): FlowOperation => ({
        op: 'put-edge',
        edge: { from: { ...edge.from, node: idOf(edge.from.node) }, to: { ...edge.to, node: idOf(edge.to.node) } },
      }),
    ),
    ...(box ? [{ op: 'set-box', id: to, box } as const] : []),
    ...(pin ? [{ op: 'set-pin', id: to, pin } as const] : []),
    // Last, when nothing lies in the old node any more: removing a container takes its contents along.
    { op: 'remove-node', id: from },
  ];
  return { op: 'batch', operations };
}
