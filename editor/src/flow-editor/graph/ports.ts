import type { Flow, FlowNode, JsonSchema, NodeCatalog, NodeId, NodeManifest, PortRef } from '@waybill/flow-model';
import { ERROR_PORT, manifestKey, outputPortsOf } from '@waybill/flow-model';

export interface DrawnPort {
  name: string;
  label: string;
}

export const manifestOf = (catalog: NodeCatalog, node: FlowNode): NodeManifest | undefined =>
  catalog.get(manifestKey(node.type, node.version));

/** The newest version of each node type, as the panel offers them. */
export function newestManifests(catalog: NodeCatalog): NodeManifest[] {
  const newest = new Map<string, NodeManifest>();
  for (const manifest of catalog.values()) {
    const known = newest.get(manifest.type);
    if (!known || known.version < manifest.version) newest.set(manifest.type, manifest);
  }
  return [...newest.values()];
}

/** Ports drawn on the left; a trigger's input is what the server feeds it, not an edge. */
export function inputPorts(manifest: NodeManifest | undefined): DrawnPort[] {
  if (!manifest) return [{ name: 'in', label: 'Input' }];
  if (manifest.kind === 'trigger') return [];
  return Object.entries(manifest.inputs).map(([name, { label }]) => ({ name, label }));
}

/** Ports drawn on the right, without the error port. */
export function outputPorts(manifest: NodeManifest | undefined, params: FlowNode['params']): DrawnPort[] {
  if (!manifest) return [];
  return outputPortsOf(manifest, params).map((name) => ({ name, label: manifest.outputs[name]?.label ?? name }));
}

export const hasErrorPort = (manifest: NodeManifest | undefined): boolean =>
  manifest !== undefined && manifest.kind !== 'trigger';

/** What a port carries; `{}` where nothing is known. */
export function outputSchema(flow: Flow, catalog: NodeCatalog, { node: id, port }: PortRef): JsonSchema {
  const node = flow.nodes[id];
  const manifest = node && manifestOf(catalog, node);
  return port === ERROR_PORT ? {} : (manifest?.outputs[port]?.schema ?? {});
}

export const titleOf = (flow: Flow, catalog: NodeCatalog, id: NodeId): string => {
  const node = flow.nodes[id];
  if (!node) return id;
  return node.title ?? manifestOf(catalog, node)?.title ?? node.type;
};
