import { connectionsOf } from './connections.ts';
import type { Edge, Flow } from './flow.ts';
import type { FlowGraph } from './graph.ts';
import { bodyOf, edgesInto, graphOf, topologicalOrder } from './graph.ts';
import type { NodeId } from './ids.ts';
import type { NodeCatalog, NodeManifest } from './manifest.ts';
import { ERROR_PORT, outputPortsOf } from './manifest.ts';
import { durationWords, listWords, manifestOfNode, nodeWords, portWords, valueWords } from './wording.ts';

interface Reading {
  readonly flow: Flow;
  readonly graph: FlowGraph;
  readonly catalog: NodeCatalog;
}

/**
 * The flow in plain sentences, one per node in the order things happen, for sign-off by people who do not read graphs.
 * What lies in a container is indented by two spaces per level.
 */
export function readBack(flow: Flow, catalog: NodeCatalog): string[] {
  const reading = { flow, graph: graphOf(flow), catalog };
  return [...bodySentences(reading, null, 0, new Set()), ...settingSentences(flow)];
}

function bodySentences(reading: Reading, container: NodeId | null, depth: number, open: Set<NodeId | null>): string[] {
  // A container inside itself is a fault that validation reports; here it only must not loop.
  if (open.has(container)) return [];
  const inside = new Set([...open, container]);
  return topologicalOrder(reading.graph, bodyOf(reading.graph, container)).flatMap((id) => [
    `${'  '.repeat(depth)}${sentenceOf(reading, id)}`,
    ...bodySentences(reading, id, depth + 1, inside),
  ]);
}

function sentenceOf(reading: Reading, id: NodeId): string {
  const { flow, catalog } = reading;
  const manifest = manifestOfNode(flow, catalog, id);
  const off = flow.nodes[id]?.disabled ? ' It is switched off.' : '';
  if (manifest?.trigger) return `${triggerWords(reading, id, manifest)}, the flow starts.${off}`;
  return `${occasion(reading, id, manifest)}${deed(reading, id, manifest)}.${off}`;
}

function triggerWords({ flow, catalog }: Reading, id: NodeId, manifest: NodeManifest): string {
  const name = nodeWords(flow, catalog, id);
  const given = Object.entries(flow.nodes[id]?.params ?? {}).map(
    ([param, value]) => `${manifest.params[param]?.label ?? param} ${valueWords(value, manifest.params[param])}`,
  );
  const details = given.length === 0 ? '' : ` (${given.join(', ')})`;
  switch (manifest.trigger?.how) {
    case 'webhook':
      return `When another system calls ${name}${details}`;
    case 'schedule':
      return `When ${name} is due${details}`;
    case 'manual':
      return `When someone starts ${name}${details}`;
    case 'poll':
      return `When ${name} finds something new${details}, looked for every ${durationWords(manifest.trigger.everyMs)}`;
    case 'file':
      return `When a file arrives${details}`;
    default:
      return `When ${name} happens${details}`;
  }
}

function occasion(reading: Reading, id: NodeId, manifest: NodeManifest | undefined): string {
  const { flow, graph } = reading;
  const edges = edgesInto(graph, id);
  if (edges.length === 0) return flow.nodes[id]?.parent === undefined ? 'Without anything leading to it, ' : 'First, ';
  const join = flow.nodes[id]?.join ?? manifest?.join ?? 'any';
  const bySource = Map.groupBy(edges, (edge) =>
    edge.from.port === ERROR_PORT ? `${edge.from.node} fails` : edge.from.node,
  );
  const causes = [...bySource.values()].map((group) => causeOf(reading, group));
  return `${capital(listWords(causes, join === 'all' ? 'and' : 'or'))}, `;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Edges of one node: all from its error port, or none. */
function causeOf({ flow, catalog }: Reading, edges: readonly Edge[]): string {
  const id = edges[0]?.from.node ?? '';
  const name = nodeWords(flow, catalog, id);
  if (edges[0]?.from.port === ERROR_PORT) return `if ${name} fails`;
  const manifest = manifestOfNode(flow, catalog, id);
  const ports = manifest ? outputPortsOf(manifest, flow.nodes[id]?.params ?? {}) : [];
  const ends = [...new Set(edges.map((edge) => portWords(flow, catalog, id, edge.from.port)))];
  return ports.length > 1 ? `if ${name} ends with ${listWords(ends, 'or')}` : `after ${name}`;
}

function deed({ flow, catalog }: Reading, id: NodeId, manifest: NodeManifest | undefined): string {
  const node = flow.nodes[id];
  const name = nodeWords(flow, catalog, id);
  if (!node || !manifest) return `${name} runs, a node of the unknown type ${node?.type ?? '?'}`;
  const kind = node.title === undefined || node.title === manifest.title ? '' : ` does "${manifest.title}"`;
  const roles = [...new Set(Object.values(connectionsOf(node, manifest)))];
  const where = manifest.kind === 'connector' ? ` in ${manifest.app}` : '';
  const as = roles.length === 0 ? '' : ` (${listWords(roles)})`;
  const given = Object.entries(node.params).flatMap(([param, value]) => {
    const spec = manifest.params[param];
    if (!spec || value === null || value === '') return [];
    const isStep = spec.kind === 'step' && typeof value === 'string';
    return [`${spec.label}: ${isStep ? nodeWords(flow, catalog, value) : valueWords(value, spec)}`];
  });
  const what = `${name}${kind === '' ? ' runs' : kind}${where}${as}`;
  const each = manifest.container === 'each' ? ', doing the following for every item' : '';
  const scope = manifest.container === 'scope' ? ', doing the following as one unit' : '';
  return `${what}${each}${scope}${given.length === 0 ? '' : ` – ${given.join('; ')}`}`;
}

function settingSentences({ settings }: Flow): string[] {
  return [
    ...(settings.businessKey ? [`Each run is about ${valueWords(settings.businessKey)}.`] : []),
    ...orderSentences(settings),
    ...(settings.concurrency ? [`At most ${settings.concurrency} runs go on at the same time.`] : []),
    ...(settings.slaMs ? [`A run should be done within ${durationWords(settings.slaMs)}.`] : []),
    ...(settings.masked?.length ? [`Only people who may see masked data see ${settings.masked.join(', ')}.`] : []),
    ...undoSentences(settings),
    ...(settings.errorOwner ? [`What cannot be resolved goes to ${settings.errorOwner}.`] : []),
  ];
}

const undoSentences = ({ undoFailedRun }: Flow['settings']): string[] => {
  if (undoFailedRun === 'always') return ['A run that fails takes back what it did, as far as it can.'];
  return undoFailedRun === 'ask' ? ['When a run fails, a person is asked whether to take back what it did.'] : [];
};

function orderSentences({ orderingKey, ordering = 'strict', onFailed }: Flow['settings']): string[] {
  if (!orderingKey) return [];
  const same = `Runs with the same ${valueWords(orderingKey)}`;
  const sentences = {
    strict: `${same} go one after another, in the order they came.`,
    'until-first-wait': `${same} begin in the order they came, each once the one before is done or waits.`,
    'start-order': `${same} begin in the order they came, without waiting for each other.`,
  };
  const held = onFailed === 'hold' && ordering !== 'start-order';
  return [
    sentences[ordering],
    ...(held ? ['A run that fails keeps the ones behind it until a person lets them go.'] : []),
  ];
}
