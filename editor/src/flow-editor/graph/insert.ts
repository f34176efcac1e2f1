import type { Flow, FlowNode, FlowOperation, NodeCatalog, NodeId, NodeManifest } from '@waybill/flow-model';
import { uniqueNodeId } from '@waybill/flow-model';
import type { InsertPlace } from '../state/panels-slice.ts';
import { inputFor } from './connect.ts';
import { absoluteBox, CARD_WIDTH, CONTAINER_SIZE, freeSpotNear } from './geometry.ts';
import { inputPorts, outputPorts } from './ports.ts';

/** A node with its defaults filled in and its connection slots bound to the roles the manifest suggests. */
export function nodeFromManifest(manifest: NodeManifest): FlowNode {
  const params = Object.entries(manifest.params).flatMap(([name, spec]) =>
    spec.default === undefined ? [] : [[name, spec.default] as const],
  );
  const connections = Object.entries(manifest.credentials).flatMap(([slot, { role }]) =>
    role ? [[slot, role] as const] : [],
  );
  return {
    type: manifest.type,
    version: manifest.version,
    params: Object.fromEntries(params),
    ...(connections.length > 0 ? { connections: Object.fromEntries(connections) } : {}),
  };
}

/** `Create a project` -> `createAProject`. */
const idFromTitle = (title: string): string =>
  title
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean)
    .map((word, index) => (index === 0 ? word.toLowerCase() : word[0]!.toUpperCase() + word.slice(1).toLowerCase()))
    .join('');

export interface Insertion {
  id: NodeId;
  operation: FlowOperation;
}

/** Everything that placing a new node does, as one undoable change: node, box and edges. Pure. */
export function insertNode(flow: Flow, catalog: NodeCatalog, manifest: NodeManifest, place: InsertPlace): Insertion {
  const id = uniqueNodeId(flow, idFromTitle(manifest.title));
  const edge = place.edge ? flow.edges[place.edge] : undefined;
  const from = place.from ?? edge?.from;
  const neighbour = from ? flow.nodes[from.node] : undefined;
  const parent = neighbour ? neighbour.parent : place.parent;
  const at = spotFor(flow, place, parent);
  const input = from ? inputFor(flow, catalog, from, manifest) : null;
  const node = { ...nodeFromManifest(manifest), ...(parent === undefined ? {} : { parent }) };
  const size = manifest.container ? CONTAINER_SIZE : {};
  const operations: FlowOperation[] = [
    { op: 'put-node', id, node },
    { op: 'set-box', id, box: { ...at, ...size } },
  ];
  if (from && input) {
    if (place.edge) operations.push({ op: 'remove-edge', id: place.edge });
    operations.push({ op: 'put-edge', edge: { from, to: { node: id, port: input } } });
    const output = outputPorts(manifest, node.params)[0];
    if (edge && output) {
      operations.push({ op: 'put-edge', edge: { from: { node: id, port: output.name }, to: edge.to } });
      operations.push(...makeRoom(flow, edge.to.node, at.x + CARD_WIDTH));
    }
  }
  return { id, operation: { op: 'batch', operations } };
}

function spotFor(flow: Flow, place: InsertPlace, parent: NodeId | undefined): { x: number; y: number } {
  const origin = parent === undefined ? { x: 0, y: 0 } : absoluteBox(flow, parent);
  if (place.at) return freeSpotNear(flow, parent, { x: place.at.x - origin.x, y: place.at.y - origin.y });
  const before = place.from?.node ?? (place.edge ? flow.edges[place.edge]?.from.node : undefined);
  const box = before ? flow.layout[before] : undefined;
  if (box) {
    const width = box.width ?? CARD_WIDTH;
    return freeSpotNear(flow, parent, { x: box.x + width + 72, y: box.y });
  }
  return freeSpotNear(flow, parent, { x: 48, y: 64 });
}

/** Moves what follows to the right when a node is put into an edge that is too short for it. */
function makeRoom(flow: Flow, next: NodeId, rightEdge: number): FlowOperation[] {
  const box = flow.layout[next];
  const missing = box ? rightEdge + 48 - box.x : 0;
  if (!box || missing <= 0) return [];
  const parent = flow.nodes[next]?.parent;
  return Object.entries(flow.layout).flatMap(([id, other]): FlowOperation[] =>
    flow.nodes[id] && flow.nodes[id].parent === parent && other.x >= box.x - 8
      ? [{ op: 'set-box', id, box: { ...other, x: other.x + missing } }]
      : [],
  );
}

/** Whether a manifest can stand behind an output or in the middle of an edge. Pure. */
export function fitsPlace(flow: Flow, catalog: NodeCatalog, manifest: NodeManifest, place: InsertPlace): boolean {
  const from = place.from ?? (place.edge ? flow.edges[place.edge]?.from : undefined);
  if (!from) return place.parent === undefined || manifest.kind !== 'trigger';
  if (inputPorts(manifest).length === 0 || inputFor(flow, catalog, from, manifest) === null) return false;
  return !place.edge || outputPorts(manifest, {}).length > 0;
}
