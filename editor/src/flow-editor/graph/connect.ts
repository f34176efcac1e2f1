import type { Edge, Flow, NodeCatalog, NodeManifest, PortRef } from '@waybill/flow-model';
import { downstreamOf, edgeId, graphOf, isAssignable } from '@waybill/flow-model';
import { inputPorts, manifestOf, outputSchema } from './ports.ts';

/** Why two ports cannot be joined, in words, or null if they can. Pure. */
export function whyNotConnect(flow: Flow, catalog: NodeCatalog, edge: Edge): string | null {
  const from = flow.nodes[edge.from.node];
  const to = flow.nodes[edge.to.node];
  if (!from || !to) return 'One of the steps is gone.';
  if (edge.from.node === edge.to.node) return 'A step cannot follow itself.';
  if (flow.edges[edgeId(edge)]) return 'These ports are joined already.';
  if (from.parent !== to.parent) return 'Edges stay inside their container: data enters and leaves by its own ports.';
  if (downstreamOf(graphOf(flow), edge.to.node).has(edge.from.node))
    return 'That would be a loop; use For each to repeat steps.';
  const target = manifestOf(catalog, to);
  const input = target?.inputs[edge.to.port];
  if (target && (!input || inputPorts(target).length === 0)) return 'A trigger starts the flow; nothing leads to it.';
  if (input && !isAssignable(outputSchema(flow, catalog, edge.from), input.schema))
    return `“${input.label}” takes another kind of data.`;
  return null;
}

/** The input of a node kind that can take what a port gives, if there is one. */
export function inputFor(flow: Flow, catalog: NodeCatalog, from: PortRef, manifest: NodeManifest): string | null {
  if (manifest.kind === 'trigger') return null;
  const given = outputSchema(flow, catalog, from);
  return Object.entries(manifest.inputs).find(([, port]) => isAssignable(given, port.schema))?.[0] ?? null;
}
