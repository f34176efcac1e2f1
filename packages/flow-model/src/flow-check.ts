import type { Flow } from './flow.ts';
import { hasNode } from './flow.ts';
import type { FlowGraph } from './graph.ts';
import { graphOf } from './graph.ts';
import type { NodeId } from './ids.ts';
import type { NodeCatalog, NodeManifest } from './manifest.ts';
import { manifestKey } from './manifest.ts';
import type { FlowProblem } from './problem.ts';

/** What validation may know of the world around the flow; what is absent is not checked. */
export interface ValidateOptions {
  /** Role aliases that exist in the workspace. */
  roles?: readonly string[];
  /** Ids of connections that exist in the workspace. */
  connections?: readonly string[];
  /** Names of lookup tables. */
  tables?: readonly string[];
  /** Ids of flows that can be called. */
  flows?: readonly string[];
}

/** One look at one flow, shared by all checks. */
export interface FlowCheck {
  readonly flow: Flow;
  readonly graph: FlowGraph;
  readonly catalog: NodeCatalog;
  readonly options: ValidateOptions;
  /** The manifest of each node whose type and version are known. */
  readonly manifests: ReadonlyMap<NodeId, NodeManifest>;
}

export function startCheck(flow: Flow, catalog: NodeCatalog, options: ValidateOptions): FlowCheck {
  const manifests = new Map<NodeId, NodeManifest>();
  for (const [id, node] of Object.entries(flow.nodes)) {
    const manifest = catalog.get(manifestKey(node.type, node.version));
    if (manifest) manifests.set(id, manifest);
  }
  return { flow, graph: graphOf(flow), catalog, options, manifests };
}

/** How a message names a node: its title where it has one, with its id. */
export function nodeName(flow: Flow, id: NodeId): string {
  const title = hasNode(flow, id) ? flow.nodes[id]?.title : undefined;
  return title === undefined || title === id ? `"${id}"` : `"${title}" (${id})`;
}

type Place = Pick<FlowProblem, 'nodeId' | 'edgeId' | 'field'>;

export const flowFault = (code: string, place: Place, what: string, fix: string): FlowProblem => ({
  severity: 'error',
  code,
  ...place,
  what,
  fix,
});

export const flowWarning = (code: string, place: Place, what: string, fix: string): FlowProblem => ({
  ...flowFault(code, place, what, fix),
  severity: 'warning',
});
