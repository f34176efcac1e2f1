import type { Flow, JsonObject, JsonValue, NodeCatalog, NodeId } from '@waybill/flow-model';
import { ancestorsOf, graphOf, manifestKey, visibleSteps } from '@waybill/flow-model';
import { outputPorts } from '../../graph/ports.ts';
import { exampleOf } from './example-of-schema.ts';

export interface SampleScope {
  scope: JsonObject;
  /** `run`: real data of a run; `example`: what the node kinds say they give. */
  from: 'run' | 'example';
}

/**
 * What an expression of a node would see: pinned data, else outputs of the run where it got that far, else examples
 * of the node kinds, else values made from their schemas. Pure.
 */
export function sampleScope(
  flow: Flow,
  catalog: NodeCatalog,
  id: NodeId,
  outputs: Readonly<Record<NodeId, JsonValue>>,
): SampleScope {
  const graph = graphOf(flow);
  const steps: JsonObject = {};
  let trigger: JsonValue = null;
  for (const step of visibleSteps(graph, id)) {
    const value = outputOf(flow, catalog, step, outputs);
    steps[step] = value;
    const node = flow.nodes[step];
    if (node && catalog.get(manifestKey(node.type, node.version))?.kind === 'trigger') trigger = value;
  }
  const input = inputOf(flow, catalog, id, outputs);
  const inBody = ancestorsOf(flow, id).length > 0;
  const item = inBody ? itemOf(flow, catalog, id, outputs) : null;
  return {
    from: Object.keys(steps).some((step) => Object.hasOwn(outputs, step) && !flow.pins[step]) ? 'run' : 'example',
    scope: {
      input: input ?? (inBody ? item : trigger),
      steps,
      trigger,
      run: { id: 'run-1', flowId: flow.id, startedAt: 1_767_000_000_000, correlationId: 'run-1', businessKey: null },
      vars: flow.settings.vars ?? {},
      ...(inBody ? { item, index: 0 } : {}),
    },
  };
}

function outputOf(
  flow: Flow,
  catalog: NodeCatalog,
  id: NodeId,
  outputs: Readonly<Record<NodeId, JsonValue>>,
  port?: string,
): JsonValue {
  const pin = flow.pins[id];
  if (pin) return pin.value;
  if (Object.hasOwn(outputs, id)) return outputs[id] ?? null;
  const node = flow.nodes[id];
  const manifest = node && catalog.get(manifestKey(node.type, node.version));
  if (!node || !manifest) return null;
  const name = port ?? outputPorts(manifest, node.params)[0]?.name ?? '';
  return manifest.sample?.[name] ?? exampleOf(manifest.outputs[name]?.schema ?? {});
}

function inputOf(
  flow: Flow,
  catalog: NodeCatalog,
  id: NodeId,
  outputs: Readonly<Record<NodeId, JsonValue>>,
): JsonValue {
  const into = Object.values(flow.edges).filter((edge) => edge.to.node === id);
  // Of several edges into one node the one with real data tells most.
  const edge = into.find((candidate) => Object.hasOwn(outputs, candidate.from.node)) ?? into[0];
  return edge ? outputOf(flow, catalog, edge.from.node, outputs, edge.from.port) : null;
}

/** The first item of the list a container goes through, where its expression is a plain path. */
function itemOf(flow: Flow, catalog: NodeCatalog, id: NodeId, outputs: Readonly<Record<NodeId, JsonValue>>): JsonValue {
  const container = flow.nodes[id]?.parent;
  const items = container === undefined ? undefined : flow.nodes[container]?.params['items'];
  if (container === undefined || typeof items !== 'string') return null;
  const parts = items.trim().split('.');
  if (!parts.every((part) => /^[A-Za-z_]\w*$/.test(part))) return null;
  let at: JsonValue | undefined = sampleScope(flow, catalog, container, outputs).scope;
  for (const part of parts) at = typeof at === 'object' && at !== null && !Array.isArray(at) ? at[part] : undefined;
  return Array.isArray(at) ? (at[0] ?? null) : null;
}
