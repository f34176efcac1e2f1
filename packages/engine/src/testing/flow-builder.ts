import type {
  Flow,
  FlowId,
  FlowNode,
  FlowSettings,
  FlowVersionId,
  JsonObject,
  NodeManifest,
} from '@waybill/flow-model';
import { edgeId, emptyFlow, nodeManifestSchema } from '@waybill/flow-model';
import type { Definitions, FlowVersion } from '../ports/index.ts';

/** The node types of the test kit; what they do is scripted per test. */
export const testNodeTypes = {
  trigger: 'test.trigger',
  pure: 'test.pure',
  read: 'test.read',
  natural: 'test.natural',
  keyed: 'test.keyed',
  probed: 'test.probed',
  once: 'test.once',
  /** Can be taken back, repeated under its key. */
  undoable: 'test.undoable',
  /** Can be taken back, but an undo whose outcome is lost is not repeated. */
  undoableOnce: 'test.undoable-once',
  /** Answers record by record. */
  answering: 'test.answering',
  each: 'test.each',
  scope: 'test.scope',
  pair: 'test.pair',
} as const;

export const REMEMBERED_MS = 3_600_000;
export const LAG_MS = 5_000;
const retry = { attempts: 3, firstDelayMs: 1_000, maxDelayMs: 60_000 };

function manifest(type: string, given: JsonObject): NodeManifest {
  return nodeManifestSchema.parse({
    type,
    version: 1,
    title: type,
    description: 'A node of the test kit.',
    kind: 'transform',
    app: 'Tests',
    icon: 'flask-conical',
    synonyms: [],
    params: {},
    inputs: { in: { label: 'In', schema: {} } },
    outputs: { out: { label: 'Out', schema: {} }, other: { label: 'Other', schema: {} } },
    credentials: {},
    capabilities: {},
    traits: { effect: 'pure', timeoutMs: 1_000 },
    ...given,
  });
}

const write = (idempotency: JsonObject, more: JsonObject = {}): JsonObject => ({
  kind: 'connector',
  traits: { effect: 'write', timeoutMs: 1_000, retry, idempotency, ...more },
});
const done = { outputs: { done: { label: 'Done', schema: {} } } };

export const testManifests: NodeManifest[] = [
  manifest(testNodeTypes.trigger, { kind: 'trigger', trigger: { how: 'manual' } }),
  manifest(testNodeTypes.pure, {}),
  manifest(testNodeTypes.read, { traits: { effect: 'read', timeoutMs: 1_000, retry } }),
  manifest(testNodeTypes.natural, write({ how: 'natural' })),
  manifest(testNodeTypes.keyed, write({ how: 'key', rememberedForMs: REMEMBERED_MS })),
  manifest(testNodeTypes.probed, write({ how: 'probe', lagMs: LAG_MS })),
  manifest(testNodeTypes.once, write({ how: 'none' })),
  manifest(testNodeTypes.undoable, write({ how: 'key', rememberedForMs: REMEMBERED_MS }, { undo: true })),
  manifest(testNodeTypes.undoableOnce, write({ how: 'none' }, { undo: true })),
  manifest(testNodeTypes.answering, { ...write({ how: 'key', rememberedForMs: REMEMBERED_MS }), resultsOf: 'records' }),
  manifest(testNodeTypes.each, { kind: 'control', container: 'each', ...done }),
  manifest(testNodeTypes.scope, { kind: 'control', container: 'scope', ...done }),
  manifest(testNodeTypes.pair, { inputs: { a: { label: 'A', schema: {} }, b: { label: 'B', schema: {} } } }),
];

type NodeSketch = keyof typeof testNodeTypes | ({ is: keyof typeof testNodeTypes } & Partial<Omit<FlowNode, 'type'>>);

/**
 * A flow from a sketch: nodes by id, edges as `from>to`, `from.port>to` or `from.port>to.port`.
 * Without a port an edge leaves `out` (`done` for containers) and enters the first input.
 */
export function aFlow(
  nodes: Record<string, NodeSketch>,
  edges: string[] = [],
  settings: FlowSettings = {},
  id = 'flow',
): Flow {
  const flow = emptyFlow(id as FlowId, id);
  flow.settings = settings;
  for (const [nodeId, sketch] of Object.entries(nodes)) {
    const { is, ...rest } = typeof sketch === 'string' ? { is: sketch } : sketch;
    flow.nodes[nodeId] = { type: testNodeTypes[is], version: 1, params: {}, ...rest };
  }
  const isContainer = (node: string) => /each|scope/.test(flow.nodes[node]?.type ?? '');
  for (const text of edges) {
    const [left = '', right = ''] = text.split('>');
    const [from = '', fromPort = isContainer(from) ? 'done' : 'out'] = left.split('.');
    const [to = '', toPort = flow.nodes[to]?.type === testNodeTypes.pair ? 'a' : 'in'] = right.split('.');
    const edge = { from: { node: from, port: fromPort }, to: { node: to, port: toPort } };
    flow.edges[edgeId(edge)] = edge;
  }
  return flow;
}

export const versionIdOf = (flow: Flow): FlowVersionId => `${flow.id}@1` as FlowVersionId;

/** Definitions that know these flows as version 1. */
export function testDefinitions(...flows: Flow[]): Definitions {
  const versions = flows.map((flow): FlowVersion => ({ versionId: versionIdOf(flow), versionNumber: 1, flow }));
  return {
    version: async (versionId) => versions.find((each) => each.versionId === versionId) ?? null,
    published: async (flowId, versionNumber = 1) =>
      versions.find((each) => each.flow.id === flowId && each.versionNumber === versionNumber) ?? null,
    manifest: (type, version) => testManifests.find((each) => each.type === type && each.version === version),
  };
}
