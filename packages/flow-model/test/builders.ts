import type { Flow, FlowNode } from '../src/flow.ts';
import { edgeId, emptyFlow } from '../src/flow.ts';
import { flowIdSchema } from '../src/ids.ts';
import type { JsonObject, JsonValue } from '../src/json.ts';
import type { NodeCatalog, NodeManifest } from '../src/manifest.ts';
import { manifestKey } from '../src/manifest.ts';

export const anything = { label: 'Anything', schema: {} };

/** A manifest of a plain transform; `extra` says what differs. */
export const aManifest = (type: string, extra: Partial<NodeManifest> = {}): NodeManifest => ({
  type,
  version: 1,
  title: type,
  description: '',
  kind: 'transform',
  app: 'Test',
  icon: 'box',
  synonyms: [],
  params: {},
  inputs: { in: anything },
  outputs: { done: anything },
  credentials: {},
  capabilities: {},
  traits: { effect: 'pure', timeoutMs: 1_000 },
  ...extra,
});

export const aCatalog = (...manifests: NodeManifest[]): NodeCatalog =>
  new Map([...standard, ...manifests].map((manifest) => [manifestKey(manifest.type, manifest.version), manifest]));

const standard: NodeManifest[] = [
  aManifest('core.webhook', {
    title: 'Webhook',
    kind: 'trigger',
    inputs: { event: anything },
    outputs: { received: anything },
    trigger: { how: 'webhook' },
    params: {
      path: { kind: 'text', label: 'Address', expression: false, optional: true },
      respond: {
        kind: 'choice',
        label: 'Answer the caller',
        expression: false,
        default: 'immediately',
        options: [
          { value: 'immediately', label: 'At once' },
          { value: 'whenResponds', label: 'When the flow responds' },
        ],
      },
    },
  }),
  aManifest('core.respond', { title: 'Respond', kind: 'control' }),
  aManifest('core.set', {
    title: 'Set fields',
    params: { fields: { kind: 'mapping', label: 'Fields', optional: true } },
  }),
  aManifest('core.if', {
    title: 'If',
    kind: 'control',
    params: { condition: { kind: 'expression', label: 'Condition', yields: 'boolean' } },
    outputs: { true: { label: 'Yes', schema: {} }, false: { label: 'No', schema: {} } },
  }),
  aManifest('core.switch', {
    title: 'Switch',
    kind: 'control',
    params: {
      cases: {
        kind: 'list',
        label: 'Cases',
        item: {
          port: { kind: 'text', label: 'Way', expression: false },
          condition: { kind: 'expression', label: 'Condition' },
        },
      },
    },
    outputs: { otherwise: anything },
    outputsFrom: { param: 'cases', name: 'port' },
  }),
  aManifest('core.for-each', {
    title: 'For each',
    kind: 'control',
    container: 'each',
    params: { items: { kind: 'expression', label: 'List' } },
  }),
  aManifest('crm.upsert', {
    title: 'Save a record',
    kind: 'connector',
    app: 'CRM',
    credentials: { account: { type: 'crm', label: 'CRM account' } },
    params: {
      object: { kind: 'text', label: 'Object' },
      count: { kind: 'integer', label: 'Count', min: 1, max: 10, default: 1 },
    },
    traits: {
      effect: 'write',
      timeoutMs: 1_000,
      retry: { attempts: 1, firstDelayMs: 0, maxDelayMs: 0 },
      idempotency: { how: 'natural' },
    },
  }),
];

type NodeSketch = Partial<FlowNode> & { type: string };

/** A flow from its nodes and edges written as `from.port>to.port`. */
export function aFlow(nodes: Record<string, NodeSketch>, edges: string[] = [], extra: Partial<Flow> = {}): Flow {
  const flow = emptyFlow(flowIdSchema.parse('flow-1'), 'Test flow');
  const joined = edges.map((text) => {
    const [from, to] = text.split('>') as [string, string];
    const [fromNode, fromPort] = from.split('.') as [string, string];
    const [toNode, toPort] = to.split('.') as [string, string];
    return { from: { node: fromNode, port: fromPort }, to: { node: toNode, port: toPort } };
  });
  return {
    ...flow,
    nodes: Object.fromEntries(Object.entries(nodes).map(([id, node]) => [id, { version: 1, params: {}, ...node }])),
    edges: Object.fromEntries(joined.map((edge) => [edgeId(edge), edge])),
    ...extra,
  };
}

/** Deterministic pseudo-random numbers in [0, 1), so that a failing case can be repeated by its seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const nasty = [
  '',
  ' padded ',
  'yes',
  'null',
  '1e3',
  '0x1F',
  '# no comment',
  'a: b',
  '- a',
  '{',
  '"',
  "'",
  '|',
  'é ü 漢 🧾',
  'tab\there',
  'cr\r\nlf',
  'two\nlines',
  '\n',
  '  lead\n  indent\n',
  'trail \nspace',
  '<<',
  '&a',
  '*a',
  '!t',
  '%',
  '@',
  '\u0007',
  '\u2028',
  '---',
  '...\n',
  '2026-01-01',
  '~',
];

/** Any sound document, with texts that are hard to write down. References between nodes are not all valid. */
export function aRandomFlow(random: () => number): Flow {
  const below = (count: number) => Math.floor(random() * count);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const text = () => pick(nasty) + (random() < 0.3 ? pick(nasty) : '');
  const value = (depth: number): JsonValue => {
    const kind = below(depth > 2 ? 5 : 7);
    if (kind === 0) return null;
    if (kind === 1) return random() < 0.5;
    if (kind === 2) return pick([0, -1, 1.5, 1e21, 1e-7, 9_007_199_254_740_991, below(1_000)]);
    if (kind < 5) return text();
    if (kind === 5) return Array.from({ length: below(4) }, () => value(depth + 1));
    return object(depth);
  };
  const object = (depth: number): JsonObject =>
    Object.fromEntries(
      Array.from({ length: below(4) }, () => [random() < 0.5 ? text() : `k${below(9)}`, value(depth + 1)]),
    );
  const ids = Array.from({ length: 1 + below(8) }, (_, index) => `${pick(['n', 'no', 'true', 'null'])}${index}`);
  const maybe = <T extends object>(part: () => T): Partial<T> => (random() < 0.5 ? part() : {});
  const nodes = Object.fromEntries(
    ids.map((id): [string, NodeSketch] => [
      id,
      {
        type: pick(['core.set', 'crm.upsert', 'core.if']),
        version: 1 + below(3),
        params: object(0),
        ...maybe(() => ({ comment: text() })),
        ...maybe(() => ({ parent: pick(ids) })),
        ...maybe(() => ({ disabled: random() < 0.5 })),
        ...maybe(() => ({ retry: { attempts: 1 + below(5), firstDelayMs: below(10), maxDelayMs: below(10) } })),
        ...maybe(() => ({ connections: { account: pick(['crm', 'con_9']) } })),
      },
    ]),
  );
  const edges = Array.from({ length: below(12) }, () => `${pick(ids)}.${pick(['done', 'true', 'no'])}>${pick(ids)}.in`);
  return aFlow(nodes, edges, {
    name: `Flow ${text()}`,
    ...maybe(() => ({ description: text() })),
    settings: { ...maybe(() => ({ vars: object(1) })), ...maybe(() => ({ orderingKey: { $: text() } })) },
    notes: Object.fromEntries(Array.from({ length: below(3) }, (_, index) => [`note${index}`, { text: text() }])),
    layout: Object.fromEntries(
      ids.filter(() => random() < 0.7).map((id) => [id, { x: below(900), y: below(900) - 450.5 }]),
    ),
    pins: Object.fromEntries(ids.filter(() => random() < 0.2).map((id) => [id, { port: 'done', value: value(0) }])),
  });
}
