import type { Flow, FlowNode, IdempotencySpec, NodeId, NodeManifest, RetryPolicy } from '@waybill/flow-model';
import { ERROR_PORT, flowError, outputPortsOf } from '@waybill/flow-model';

export interface CompiledEdge {
  from: CompiledNode;
  fromPort: string;
  to: CompiledNode;
  toPort: string;
}

/** A placed node with everything the engine asks about it answered once. */
export interface CompiledNode {
  id: NodeId;
  title: string;
  node: FlowNode;
  manifest: NodeManifest;
  isTrigger: boolean;
  scope: CompiledScope;
  /** The scope of its iterations, for containers. */
  body: CompiledScope | null;
  incoming: CompiledEdge[];
  outgoing: CompiledEdge[];
  /** Distinct nodes its edges lead to. */
  successors: CompiledNode[];
  /** Edges to pure steps that nothing else leads to: they may be handed to the node host along with this one. */
  leadsTo: CompiledEdge[];
  join: 'any' | 'all';
  inputPorts: string[];
  firstOutput: string;
  /** An edge leaves its error port. */
  hasErrorRoute: boolean;
  effect: 'pure' | 'read' | 'write';
  idempotency: IdempotencySpec | null;
  retry: RetryPolicy | null;
  timeoutMs: number;
  memoryMb: number;
  /** What its credential slots are bound to, if it calls them while a run is under way: role aliases or connection ids. */
  connections: string[];
  reads: ScopeReads;
}

/** Nodes that share one set of edges: the top level, or the body of one container. */
export interface CompiledScope {
  container: CompiledNode | null;
  nodes: CompiledNode[];
}

export interface CompiledFlow {
  flow: Flow;
  nodes: Map<NodeId, CompiledNode>;
  root: CompiledScope;
}

/** What a node's params can name of the run; the rest need not travel to the sandbox. */
export interface ScopeReads {
  steps: 'all' | NodeId[];
  trigger: boolean;
  /** It may say at which place in a list it stands. */
  index: boolean;
}

const DEFAULT_MEMORY_MB = 128;

/**
 * Indices of one flow version, made once and shared by all its runs.
 * Edges that cross a container's border are left out: they carry nothing.
 * @throws {FlowError} NODE_TYPE_UNKNOWN when a manifest is missing.
 */
export function compileFlow(
  flow: Flow,
  manifestOf: (type: string, version: number) => NodeManifest | undefined,
): CompiledFlow {
  const root: CompiledScope = { container: null, nodes: [] };
  const nodes = new Map<NodeId, CompiledNode>();
  for (const [id, node] of Object.entries(flow.nodes)) {
    const manifest = manifestOf(node.type, node.version);
    if (!manifest) {
      throw flowError('NODE_TYPE_UNKNOWN', {
        what: `No installed package provides ${node.type} version ${node.version}.`,
        fix: 'Install the node package, or replace the node in the flow.',
        owner: 'user',
        engine: 'pause',
        where: { flowId: flow.id, nodeId: id },
      });
    }
    nodes.set(id, compileNode(id, node, manifest, root));
  }
  for (const compiled of nodes.values()) {
    const parent = compiled.node.parent === undefined ? undefined : nodes.get(compiled.node.parent);
    compiled.scope = parent?.body ?? root;
    compiled.scope.nodes.push(compiled);
  }
  for (const edge of Object.values(flow.edges)) {
    const from = nodes.get(edge.from.node);
    const to = nodes.get(edge.to.node);
    if (!from || !to || from.scope !== to.scope) continue;
    const compiled = { from, fromPort: edge.from.port, to, toPort: edge.to.port };
    from.outgoing.push(compiled);
    to.incoming.push(compiled);
    if (!from.successors.includes(to)) from.successors.push(to);
    if (edge.from.port === ERROR_PORT) from.hasErrorRoute = true;
  }
  for (const compiled of nodes.values()) compiled.leadsTo = compiled.outgoing.filter(isOnlyWay);
  return { flow, nodes, root };
}

/** Whether a step that only computes comes after this edge and after nothing else. */
function isOnlyWay({ fromPort, to, toPort }: CompiledEdge): boolean {
  const { manifest, inputPorts } = to;
  const asksOutside = [manifest.capabilities, manifest.credentials].some((each) => Object.keys(each).length > 0);
  return (
    to.effect === 'pure' &&
    !asksOutside &&
    !manifest.container &&
    !to.isTrigger &&
    !to.node.disabled &&
    fromPort !== ERROR_PORT &&
    to.incoming.length === 1 &&
    inputPorts.length === 1 &&
    inputPorts[0] === toPort
  );
}

function compileNode(id: NodeId, node: FlowNode, manifest: NodeManifest, root: CompiledScope): CompiledNode {
  const { traits } = manifest;
  const compiled: CompiledNode = {
    id,
    title: node.title ?? manifest.title,
    node,
    manifest,
    isTrigger: manifest.kind === 'trigger',
    scope: root,
    body: null,
    incoming: [],
    outgoing: [],
    successors: [],
    leadsTo: [],
    join: node.join ?? manifest.join ?? 'any',
    inputPorts: Object.keys(manifest.inputs),
    firstOutput: outputPortsOf(manifest, node.params)[0] ?? 'out',
    hasErrorRoute: false,
    effect: traits.effect,
    idempotency: traits.effect === 'write' ? traits.idempotency : null,
    retry: node.retry ?? (traits.effect === 'pure' ? null : traits.retry),
    timeoutMs: node.timeoutMs ?? traits.timeoutMs,
    memoryMb: traits.memoryMb ?? DEFAULT_MEMORY_MB,
    connections: manifest.kind === 'trigger' || traits.effect === 'pure' ? [] : boundTo(node),
    reads: scopeReads(node.params),
  };
  if (manifest.container) compiled.body = { container: compiled, nodes: [] };
  return compiled;
}

const boundTo = (node: FlowNode): string[] => [...new Set(Object.values(node.connections ?? {}))].filter(Boolean);

/**
 * Every `steps.<id>`, `trigger` and `index` in the texts of some params. A `steps` used in any other way may
 * mean any step, so it reads all. Too much is only slow; too little would be wrong.
 */
function scopeReads(params: unknown): ScopeReads {
  const text = textsIn(params).join('\n');
  const named = new Set<NodeId>();
  let all = false;
  for (const match of text.matchAll(STEPS_REFERENCE)) {
    const id = match[1] ?? match[2];
    if (id === undefined) all = true;
    else named.add(id);
  }
  return { steps: all ? 'all' : [...named], trigger: /\btrigger\b/.test(text), index: /\bindex\b/.test(text) };
}

/** `steps.id`, `` steps.`id` `` and `steps["id"]`; anything else after `steps` captures no id. */
const STEPS_REFERENCE =
  /\bsteps\b(?:\s*\??\.\s*`?([A-Za-z][A-Za-z0-9_]*)|\s*\[\s*["']([A-Za-z][A-Za-z0-9_]*)["']\s*\])?/g;

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
