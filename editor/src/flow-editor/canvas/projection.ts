import type { EdgeId, Flow, NodeCatalog, NodeId } from '@waybill/flow-model';
import type { Edge as DrawnEdge, Node as DrawnNode } from '@xyflow/react';
import { isHidden } from '../graph/collapse.ts';
import { manifestOf } from '../graph/ports.ts';
import { shapeOf } from './node-shape.ts';

const NOTE_SIZE = { width: 224, height: 144 };

type Source = { source: unknown; box: unknown };
export type CanvasNode = DrawnNode<Source>;

/**
 * The flow as the canvas library wants it. Objects of unchanged nodes are reused, with the sizes it knows,
 * so that an edit in a flow of a thousand nodes redraws one. Pure but for that reuse.
 */
export function projectNodes(
  flow: Flow,
  catalog: NodeCatalog,
  selected: readonly NodeId[],
  before: CanvasNode[],
): CanvasNode[] {
  const known = new Map(before.map((node) => [node.id, node]));
  const chosen = new Set(selected);
  const nodes: CanvasNode[] = [];
  for (const id of parentsFirst(flow)) {
    const source = flow.nodes[id];
    if (!source || isHidden(flow, id)) continue;
    const box = flow.layout[id];
    const old = known.get(id);
    const isSelected = chosen.has(id);
    if (old && old.data.source === source && old.data.box === box && old.selected === isSelected && !old.dragging) {
      nodes.push(old);
      continue;
    }
    const manifest = manifestOf(catalog, source);
    const isContainer = manifest?.container !== undefined && !box?.collapsed;
    const { width, height, handles } = shapeOf(source, manifest, box, isContainer);
    const parent = source.parent !== undefined && flow.nodes[source.parent] ? source.parent : undefined;
    nodes.push({
      id,
      type: isContainer ? 'container' : 'card',
      position: { x: box?.x ?? 0, y: box?.y ?? 0 },
      data: { source, box },
      selected: isSelected,
      ...(parent === undefined ? {} : { parentId: parent }),
      ...(isContainer ? { width, height } : {}),
      // Known beforehand, so that only what is in view is ever drawn.
      measured: { width, height },
      handles,
      zIndex: isContainer ? 0 : 2,
    });
  }
  for (const [id, source] of Object.entries(flow.notes)) {
    const box = flow.layout[id];
    const old = known.get(id);
    const isSelected = chosen.has(id);
    if (old && old.data.source === source && old.data.box === box && old.selected === isSelected && !old.dragging) {
      nodes.push(old);
      continue;
    }
    const { width = NOTE_SIZE.width, height = NOTE_SIZE.height } = box ?? {};
    nodes.push({
      id,
      type: 'note',
      position: { x: box?.x ?? 0, y: box?.y ?? 0 },
      data: { source, box },
      selected: isSelected,
      width,
      height,
      measured: { width, height },
      handles: [],
      zIndex: -1,
    });
  }
  const nothingNew = nodes.length === before.length && nodes.every((node, index) => node === before[index]);
  return nothingNew ? before : nodes;
}

/** The library wants a container before its contents. */
function parentsFirst(flow: Flow): NodeId[] {
  const ordered: NodeId[] = [];
  const done = new Set<NodeId>();
  const visit = (id: NodeId) => {
    const node = flow.nodes[id];
    if (!node || done.has(id)) return;
    done.add(id); // before the parent, so that containers inside each other end
    if (node.parent !== undefined) visit(node.parent);
    ordered.push(id);
  };
  for (const id of Object.keys(flow.nodes)) visit(id);
  return ordered;
}

export function projectEdges(flow: Flow, selected: readonly EdgeId[], before: readonly DrawnEdge[]): DrawnEdge[] {
  const known = new Map(before.map((edge) => [edge.id, edge]));
  const chosen = new Set(selected);
  return Object.entries(flow.edges).flatMap(([id, edge]) => {
    if (!flow.nodes[edge.from.node] || !flow.nodes[edge.to.node]) return [];
    if (isHidden(flow, edge.from.node) || isHidden(flow, edge.to.node)) return [];
    const isSelected = chosen.has(id);
    const old = known.get(id);
    if (old && old.selected === isSelected) return [old];
    return [
      {
        id,
        type: 'flow',
        source: edge.from.node,
        sourceHandle: edge.from.port,
        target: edge.to.node,
        targetHandle: edge.to.port,
        selected: isSelected,
        // Above the frames of containers, below the cards.
        zIndex: 1,
      },
    ];
  });
}
