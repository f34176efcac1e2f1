import { ContainerNode } from './ContainerNode.tsx';
import { FlowEdge } from './FlowEdge.tsx';
import { NodeCard } from './NodeCard.tsx';
import { NoteNode } from './NoteNode.tsx';

/** What draws the nodes and edges that `projection` makes, on every canvas alike. */
export const nodeTypes = { card: NodeCard, container: ContainerNode, note: NoteNode };
export const edgeTypes = { flow: FlowEdge };

/** Zoom below and above which nothing can be read. */
export const zoomLimits = { minZoom: 0.08, maxZoom: 2 };
