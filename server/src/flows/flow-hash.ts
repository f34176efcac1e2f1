import type { Flow, NodeCatalog, NodeManifest } from '@waybill/flow-model';
import { connectionsOf, manifestKey } from '@waybill/flow-model';
import type { FlowHeader } from '@waybill/store';
import { sha256, stableJson } from '../stable-json.ts';

/** Equal for flows that behave alike; layout, notes, pins, name and labels play no part. */
export function behaviourHash({ nodes, edges, settings }: Flow): string {
  const { labels: _labels, ...behaviour } = settings;
  return sha256(stableJson({ nodes, edges, settings: behaviour }));
}

/** Equal for drafts whose test runs would be alike. */
export const testHash = ({ id, nodes, edges, settings, pins }: Flow): string =>
  sha256(stableJson({ id, nodes, edges, settings, pins }));

/** What goes live: nothing that is only for designing. */
export const withoutPins = (flow: Flow): Flow => ({ ...flow, pins: {} });

export const manifestOfNode = (catalog: NodeCatalog, node: Flow['nodes'][string]): NodeManifest | undefined =>
  catalog.get(manifestKey(node.type, node.version));

/** Derived facts that lists show. */
export function flowFacts(
  flow: Flow,
  catalog: NodeCatalog,
): Pick<FlowHeader, 'draftHash' | 'nodeCount' | 'triggers' | 'connections' | 'labels'> {
  const nodes = Object.values(flow.nodes);
  const triggers = nodes.filter((node) => manifestOfNode(catalog, node)?.kind === 'trigger').map((node) => node.type);
  const connections = nodes.flatMap((node) => {
    const manifest = manifestOfNode(catalog, node);
    return manifest ? Object.values(connectionsOf(node, manifest)) : Object.values(node.connections ?? {});
  });
  return {
    draftHash: behaviourHash(flow),
    nodeCount: nodes.length,
    triggers: [...new Set(triggers)],
    connections: [...new Set(connections)],
    labels: [...new Set(flow.settings.labels)],
  };
}
