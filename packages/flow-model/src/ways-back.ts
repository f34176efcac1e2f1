import type { Flow, FlowNode } from './flow.ts';
import { hasNode } from './flow.ts';
import type { NodeId } from './ids.ts';
import type { NodeCatalog, NodeManifest } from './manifest.ts';
import { manifestKey } from './manifest.ts';
import { isShown } from './param-problems.ts';

/** A run that comes to `from` may be sent back to `to`, a step of the same container. Not an edge: nothing flows along it. */
export interface WayBack {
  from: NodeId;
  to: NodeId;
}

/** All ways back that the nodes of a flow ask for; those that lead nowhere are left out, `validateFlow` tells of them. */
export function waysBack(flow: Flow, catalog: NodeCatalog): WayBack[] {
  return Object.entries(flow.nodes).flatMap(([from, node]) => {
    const manifest = node.disabled ? undefined : catalog.get(manifestKey(node.type, node.version));
    const back = manifest ? namedSteps(node, manifest) : [];
    return back
      .filter((to) => to !== from && hasNode(flow, to) && flow.nodes[to]?.parent === node.parent)
      .map((to) => ({ from, to }));
  });
}

const namedSteps = ({ params }: FlowNode, manifest: NodeManifest): NodeId[] =>
  Object.entries(manifest.params).flatMap(([name, spec]) => {
    const step = spec.kind === 'step' && isShown(spec, manifest.params, params) === 'yes' ? params[name] : undefined;
    return typeof step === 'string' && step !== '' ? [step] : [];
  });
