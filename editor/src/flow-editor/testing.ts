import type { Edge, Flow, FlowNode, NodeCatalog, NodeManifest } from '@waybill/flow-model';
import { edgeId, emptyFlow, flowIdSchema, manifestKey } from '@waybill/flow-model';
import type { EditorStore } from './state/editor-store.ts';
import { createEditorStore } from './state/editor-store.ts';

/** Builders for the editor's tests. */

const base = {
  version: 1,
  description: '',
  app: 'Data',
  icon: 'box',
  synonyms: [],
  params: {},
  credentials: {},
  capabilities: {},
  traits: { effect: 'pure', timeoutMs: 1_000 },
} as const;

const any = (label: string) => ({ label, schema: {} });

export const manifests: NodeManifest[] = [
  {
    ...base,
    type: 'test.start',
    title: 'Start',
    kind: 'trigger',
    app: 'Triggers',
    synonyms: [],
    inputs: { event: any('Event') },
    outputs: { fired: any('Fired') },
    sample: { fired: { amount: 7, lines: [{ title: 'Discovery' }] } },
  },
  {
    ...base,
    type: 'test.work',
    title: 'Do the work',
    kind: 'transform',
    synonyms: ['compute', 'labour'],
    inputs: { in: any('Input') },
    outputs: { done: any('Done') },
  },
  {
    ...base,
    type: 'test.branch',
    title: 'Branch',
    kind: 'control',
    app: 'Flow control',
    synonyms: ['decision'],
    inputs: { in: any('Input') },
    outputs: { yes: any('Yes'), no: any('No') },
  },
  {
    ...base,
    type: 'test.each',
    title: 'For each',
    kind: 'control',
    app: 'Flow control',
    synonyms: ['loop'],
    params: { items: { kind: 'expression', label: 'List' } },
    inputs: { in: any('Input') },
    outputs: { done: any('Done') },
    container: 'each',
  },
  {
    ...base,
    type: 'test.group',
    title: 'Group',
    kind: 'control',
    app: 'Flow control',
    synonyms: [],
    inputs: { in: any('Input') },
    outputs: { done: any('Done') },
    container: 'scope',
  },
  {
    ...base,
    type: 'test.count',
    title: 'Count words',
    kind: 'transform',
    synonyms: [],
    inputs: { text: { label: 'Text', schema: { type: 'string' } } },
    outputs: { done: { label: 'Count', schema: { type: 'number' } } },
  },
];

export const catalog: NodeCatalog = new Map(
  manifests.map((manifest) => [manifestKey(manifest.type, manifest.version), manifest]),
);

export const aNode = (type: string, extra: Partial<FlowNode> = {}): FlowNode => ({
  type,
  version: 1,
  params: {},
  ...extra,
});

export const anEdge = (from: string, port: string, to: string, input = 'in'): Edge => ({
  from: { node: from, port },
  to: { node: to, port: input },
});

/** A flow of these nodes and edges; nodes stand 300 apart in a row. */
export function aFlow(nodes: Record<string, FlowNode>, edges: Edge[] = []): Flow {
  const layout = Object.fromEntries(Object.keys(nodes).map((id, index) => [id, { x: index * 300, y: 0 }]));
  return {
    ...emptyFlow(flowIdSchema.parse('flow-1'), 'Flow'),
    nodes,
    edges: Object.fromEntries(edges.map((edge) => [edgeId(edge), edge])),
    layout,
  };
}

/** start -> a -> b */
export const aChain = (): Flow =>
  aFlow({ start: aNode('test.start'), a: aNode('test.work'), b: aNode('test.work') }, [
    anEdge('start', 'fired', 'a'),
    anEdge('a', 'done', 'b'),
  ]);

export function aStore(flow: Flow, options: { readOnly?: boolean; now?: () => number } = {}): EditorStore {
  return createEditorStore({
    catalog,
    readOnly: options.readOnly ?? false,
    ...(options.now ? { now: options.now } : {}),
    detail: {
      flow,
      problems: [],
      summary: {
        id: flow.id,
        name: flow.name,
        description: null,
        state: 'draft',
        revision: 4,
        publishedVersion: null,
        changed: true,
        nodeCount: 0,
        triggers: [],
        labels: [],
        updatedAt: 0,
        updatedBy: 'Ada',
      },
    },
  });
}
