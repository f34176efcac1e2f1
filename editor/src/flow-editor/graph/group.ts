import type { Edge, Flow, FlowOperation, NodeCatalog, NodeId } from '@waybill/flow-model';
import { edgeId, uniqueNodeId } from '@waybill/flow-model';
import { CONTAINER_HEAD, rectOf } from './geometry.ts';
import { nodeFromManifest } from './insert.ts';
import { inputPorts, newestManifests, outputPorts } from './ports.ts';

const PADDING = 24;

/** Steps that can be put into a group together: none a trigger, all in the same container. Pure. */
export function canGroup(flow: Flow, catalog: NodeCatalog, ids: readonly NodeId[]): boolean {
  const nodes = ids.flatMap((id) => flow.nodes[id] ?? []);
  const kinds = newestManifests(catalog);
  return (
    nodes.length > 0 &&
    groupManifest(catalog) !== undefined &&
    new Set(nodes.map((node) => node.parent)).size === 1 &&
    !nodes.some((node) => kinds.find((kind) => kind.type === node.type)?.kind === 'trigger')
  );
}

const groupManifest = (catalog: NodeCatalog) =>
  newestManifests(catalog).find((manifest) => manifest.container === 'scope');

/**
 * Puts a frame around steps. Edges that led in now lead to the frame, those that led out leave from it: data enters
 * and leaves a container by its own ports. Null if the steps cannot be grouped. Pure.
 */
export function groupSteps(
  flow: Flow,
  catalog: NodeCatalog,
  ids: readonly NodeId[],
): { id: NodeId; operation: FlowOperation } | null {
  const manifest = groupManifest(catalog);
  if (!manifest || !canGroup(flow, catalog, ids)) return null;
  const steps = ids.filter((id) => flow.nodes[id]);
  const inside = new Set(steps);
  const parent = flow.nodes[steps[0] as NodeId]?.parent;
  const id = uniqueNodeId(flow, 'group');
  const rects = steps.map((step) => rectOf(flow.layout[step], 3));
  const left = Math.min(...rects.map((rect) => rect.x)) - PADDING;
  const top = Math.min(...rects.map((rect) => rect.y)) - PADDING - CONTAINER_HEAD;
  const width = Math.max(...rects.map((rect) => rect.x + rect.width)) + PADDING - left;
  const height = Math.max(...rects.map((rect) => rect.y + rect.height)) + PADDING - top;
  const input = inputPorts(manifest)[0]?.name ?? 'in';
  const output = outputPorts(manifest, {})[0]?.name ?? 'done';

  const operations: FlowOperation[] = [
    { op: 'put-node', id, node: { ...nodeFromManifest(manifest), ...(parent === undefined ? {} : { parent }) } },
    { op: 'set-box', id, box: { x: left, y: top, width, height } },
  ];
  for (const step of steps) {
    const box = flow.layout[step] ?? { x: left, y: top };
    operations.push({ op: 'put-node', id: step, node: { ...flow.nodes[step]!, parent: id } });
    operations.push({ op: 'set-box', id: step, box: { ...box, x: box.x - left, y: box.y - top } });
  }
  for (const edge of Object.values(flow.edges)) {
    const leavesHere = inside.has(edge.from.node);
    const arrivesHere = inside.has(edge.to.node);
    if (leavesHere === arrivesHere) continue;
    const around: Edge = arrivesHere
      ? { from: edge.from, to: { node: id, port: input } }
      : { from: { node: id, port: output }, to: edge.to };
    operations.push({ op: 'remove-edge', id: edgeId(edge) }, { op: 'put-edge', edge: around });
  }
  return { id, operation: { op: 'batch', operations } };
}

/** Takes the frame away again: its steps move out, and its edges go to the first and from the last of them. Pure. */
export function ungroup(flow: Flow, id: NodeId): FlowOperation | null {
  const group = flow.nodes[id];
  const steps = Object.keys(flow.nodes).filter((step) => flow.nodes[step]?.parent === id);
  if (!group || steps.length === 0) return null;
  const frame = flow.layout[id] ?? { x: 0, y: 0 };
  const edges = Object.values(flow.edges);
  const inner = edges.filter((edge) => steps.includes(edge.from.node) && steps.includes(edge.to.node));
  const first = steps.filter((step) => !inner.some((edge) => edge.to.node === step));
  const last = steps.filter((step) => !inner.some((edge) => edge.from.node === step));
  const joined = (edge: Edge): Edge[] => {
    if (edge.to.node === id) return first.map((step) => ({ from: edge.from, to: { node: step, port: edge.to.port } }));
    if (edge.from.node === id && edge.from.port !== 'error')
      return last.map((step) => ({ from: { node: step, port: edge.from.port }, to: edge.to }));
    return [];
  };
  return {
    op: 'batch',
    operations: [
      ...steps.flatMap((step): FlowOperation[] => {
        const { parent: _old, ...rest } = flow.nodes[step]!;
        const box = flow.layout[step] ?? { x: 0, y: 0 };
        return [
          { op: 'put-node', id: step, node: group.parent === undefined ? rest : { ...rest, parent: group.parent } },
          { op: 'set-box', id: step, box: { ...box, x: box.x + frame.x, y: box.y + frame.y } },
        ];
      }),
      { op: 'remove-node', id },
      ...edges.flatMap(joined).map((edge): FlowOperation => ({ op: 'put-edge', edge })),
    ],
  };
}
