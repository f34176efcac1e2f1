// Packages of this repository serve all runs from one context each. The realm is frozen; what only closures
// hold cannot be walked, so here every node runs with marked data and the heap is searched for it afterwards.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject, JsonSchema, JsonValue, NodeManifest, ParamSpec } from '@waybill/flow-model';
import ivm from 'isolated-vm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PackageSource } from '../src/build.ts';
import { buildBundles } from '../src/build.ts';
import type { CatalogPackage } from '../src/catalog.ts';
import { createSnapshots } from '../src/runner/bundles.ts';
import { startGuest } from '../src/runner/guest-context.ts';
import { inlinePackage } from './harness.ts';

const nodesDir = join(import.meta.dirname, '..', '..', '..', 'nodes');
const names = readdirSync(nodesDir).filter((name) => existsSync(join(nodesDir, name, 'src', 'index.ts')));
const MARK = 'zqResidue';

/** Keeps its first input in a variable: what the search must find. */
const forgetful = inlinePackage(
  'forgetful',
  `let kept;
  export const nodePackage = defineNodePackage({ name: 'forgetful', credentials: [], nodes: [
    defineNode({ ...base, type: 'forgetful.keep', run({ emit, input }) { kept ??= input.in; return emit('done', !!kept); } }),
  ] });`,
);

let bundlesDir: string;
let packages: CatalogPackage[];
beforeAll(async () => {
  bundlesDir = mkdtempSync(join(tmpdir(), 'waybill-residue-'));
  const sources: PackageSource[] = names.map((bundle) => ({
    bundle,
    shared: true,
    entryFile: join(nodesDir, bundle, 'src', 'index.ts'),
  }));
  packages = await buildBundles([...sources, { ...forgetful, shared: true }], bundlesDir);
});
afterAll(() => rmSync(bundlesDir, { recursive: true, force: true }));

/** Names that systems give their records; anything else is refused before a call. */
const resources: Record<string, string> = { object: 'Opportunity', recordType: 'customer', resource: 'workspaces' };

function paramFor(spec: ParamSpec, mark: string, name = ''): JsonValue {
  if (resources[name]) return resources[name];
  switch (spec.kind) {
    case 'integer':
    case 'number':
      return spec.min ?? 3;
    case 'boolean':
      return true;
    case 'choice':
      return spec.options.at(-1)?.value ?? mark;
    case 'duration':
      return spec.minMs ?? 1_000;
    case 'datetime':
      return '2026-01-02T03:04:05Z';
    case 'json':
    case 'mapping':
      return { value: mark, list: [mark] };
    case 'expression':
      return 'input.value';
    case 'code':
      return 'return 1;';
    case 'cron':
      return '0 * * * *';
    case 'timezone':
      return 'Europe/Berlin';
    case 'people':
      return [mark];
    case 'list':
      return [Object.fromEntries(Object.entries(spec.item).map(([name, item]) => [name, paramFor(item, mark)]))];
    case 'text':
      return spec.optional
        ? null
        : spec.pattern === undefined
          ? { $: '$string(input.value) & input.other' }
          : fitting(spec);
    default:
      return mark;
  }
}

/** Most patterns ask for a name; the few others have an example as placeholder. */
const fitting = ({ pattern = '', placeholder = '' }: Extract<ParamSpec, { kind: 'text' }>): string =>
  ['name', 'EUR', 'CODE_1', placeholder].find((text) => new RegExp(pattern).test(text)) ?? 'name';

function valueFor(schema: JsonSchema, mark: string): JsonValue {
  const options = schema['enum'];
  if (Array.isArray(options)) return options[0] ?? null;
  if (schema['const'] !== undefined) return schema['const'];
  const properties = (schema['properties'] ?? {}) as Record<string, JsonSchema>;
  switch (schema['type']) {
    case 'string':
      return mark;
    case 'number':
    case 'integer':
      return 7;
    case 'boolean':
      return true;
    case 'array':
      return [valueFor((schema['items'] ?? {}) as JsonSchema, mark)];
    default:
      return {
        value: mark,
        other: `${mark}-other`,
        ...Object.fromEntries(Object.entries(properties).map(([name, sub]) => [name, valueFor(sub, mark)])),
      };
  }
}

function stepFor(manifest: NodeManifest, mark: string): JsonObject {
  const params = Object.entries(manifest.params).map(([name, spec]) => [name, paramFor(spec, `${mark}-param`, name)]);
  const input = Object.entries(manifest.inputs).map(([name, port]) => [name, valueFor(port.schema, `${mark}-input`)]);
  const ports = Object.fromEntries(input) as JsonObject;
  return {
    mode: 'run',
    runId: `${mark}-run`,
    step: 'step',
    nodeType: manifest.type,
    nodeVersion: manifest.version,
    params: Object.fromEntries(params) as JsonObject,
    scope: {
      input: { value: `${mark}-scope`, other: 'x', ...(Object.values(ports)[0] as JsonObject | undefined) },
      steps: { before: { value: `${mark}-steps` } },
      trigger: { value: `${mark}-trigger` },
      vars: { value: `${mark}-vars` },
      run: { correlationId: `${mark}-correlation` },
    },
    input: ports,
    effectKey: `${mark}-effect`,
    attempt: 1,
    now: 1_700_000_000_000,
  };
}

const replies = [
  {
    status: 200,
    text: (mark: string) => JSON.stringify({ id: mark, Id: mark, records: [{ Id: mark }], totalSize: 1 }),
  },
  { status: 500, text: (mark: string) => `<p>${mark}</p>` },
];

interface Residue {
  /** Steps that gave a result or called out; the others were refused for their params. */
  reached: number;
  /** What failed in a way that no data explains, such as a write to what is frozen. */
  broken: string[];
  found: string[];
}

const defects = ['NODE_FAILED', 'OUTPUT_MISSING', 'OUTPUT_PORT_UNKNOWN'];

/** Runs every node of a package twice, then some unmarked steps, and searches what is left after a collection. */
async function residueOf({ bundle, manifests }: CatalogPackage): Promise<Residue> {
  const snapshot = await createSnapshots(bundlesDir).forBundle(bundle);
  const isolate = new ivm.Isolate({ memoryLimit: 256, snapshot, inspector: true });
  try {
    let reply = replies[0]!;
    const broken: string[] = [];
    let prefix = MARK;
    let key = 0;
    let calledOut = false;
    let end: (json: string) => void = () => {};
    const answer = (call: number, body: string, head: object | string) =>
      guest.enter([{ kind: 'deliver', key, call, ok: true, head: JSON.stringify(head), body }], 5_000);
    const guest = await startGuest(
      { isolate },
      {
        post(_key, call, kind) {
          calledOut = true;
          const mark = `${prefix}-${key}-reply`;
          if (kind === 'http') void answer(call, reply.text(mark), { status: reply.status, headers: { etag: mark } });
          else void answer(call, '', kind === 'table-lookup' ? { value: mark } : mark);
        },
        done: (_key, _isLast, json) => end(json),
      },
      {
        limits: { outputChars: 100_000, openHostCalls: 16, followChars: 1_000 },
        mayRunCode: bundle === 'core',
        shared: true,
      },
    );
    const run = async (step: JsonObject): Promise<boolean> => {
      key += 1;
      calledOut = false;
      const ended = new Promise<string>((resolve) => {
        end = resolve;
      });
      await guest.enter([{ kind: 'run', key, body: JSON.stringify(step), next: '' }], 5_000);
      const report = JSON.parse(await ended) as { ok: boolean; error?: { code: string; what: string } };
      if (report.error && defects.includes(report.error.code)) broken.push(report.error.what);
      return report.ok || calledOut;
    };
    let reached = 0;
    for (const one of replies) {
      reply = one;
      for (const manifest of manifests) if (await run(stepFor(manifest, `${MARK}-${key + 1}`))) reached += 1;
    }
    // V8 itself remembers the last text a regular expression matched and what it was last handed; next runs replace it.
    prefix = 'plain';
    reply = replies[0]!;
    for (let round = 0; round < 3; round += 1) for (const manifest of manifests) await run(stepFor(manifest, 'plain'));
    return { reached, broken, found: await marksIn(isolate) };
  } finally {
    isolate.dispose();
  }
}

async function marksIn(isolate: ivm.Isolate): Promise<string[]> {
  const session = isolate.createInspectorSession();
  const chunks: string[] = [];
  const waiting = new Map<number, () => void>();
  session.onResponse = (id) => waiting.get(id)?.();
  session.onNotification = (text) => {
    const { method, params } = JSON.parse(text) as { method: string; params: { chunk?: string } };
    if (method === 'HeapProfiler.addHeapSnapshotChunk' && params.chunk !== undefined) chunks.push(params.chunk);
  };
  let id = 0;
  const send = (method: string) =>
    new Promise<void>((resolve) => {
      id += 1;
      waiting.set(id, resolve);
      session.dispatchProtocolMessage(JSON.stringify({ id, method }));
    });
  await send('HeapProfiler.enable');
  await send('HeapProfiler.collectGarbage');
  await send('HeapProfiler.takeHeapSnapshot');
  session.dispose();
  return keptTexts(JSON.parse(chunks.join('')) as HeapSnapshot)
    .filter((text) => text.includes(MARK))
    .map((text) => text.slice(0, 200));
}

interface HeapSnapshot {
  snapshot: { meta: { node_fields: string[]; edge_fields: string[]; edge_types: [string[]] } };
  nodes: number[];
  edges: number[];
  strings: string[];
}

/**
 * Names and texts of all that the contexts keep alive. What the isolate's thread still has in its hands from its
 * last trips is left out: it lets go of it when it pleases, and no script can reach it.
 */
function keptTexts({ snapshot, nodes, edges, strings }: HeapSnapshot): string[] {
  const { node_fields: nodeFields, edge_fields: edgeFields, edge_types: edgeTypes } = snapshot.meta;
  const width = nodeFields.length;
  const countAt = nodeFields.indexOf('edge_count');
  const nameAt = nodeFields.indexOf('name');
  const toAt = edgeFields.indexOf('to_node');
  const weak = edgeTypes[0].indexOf('weak');
  const firstEdge = new Map<number, number>();
  for (let node = 0, edge = 0; node < nodes.length; node += width) {
    firstEdge.set(node, edge);
    edge += nodes[node + countAt]! * edgeFields.length;
  }
  const nameOf = (node: number): string => strings[nodes[node + nameAt]!] ?? '';
  const seen = new Set([0]);
  const texts: string[] = [];
  for (const node of seen) {
    if (nameOf(node) === '(Handle scope)') continue;
    texts.push(nameOf(node));
    const first = firstEdge.get(node)!;
    const end = first + nodes[node + countAt]! * edgeFields.length;
    for (let edge = first; edge < end; edge += edgeFields.length)
      if (edges[edge] !== weak) seen.add(edges[edge + toAt]!);
  }
  expect(texts.length).toBeGreaterThan(1_000);
  return texts;
}

it.each(names)('%s keeps nothing of a run that is over', async (name) => {
  const one = packages.find((each) => each.bundle === name)!;
  const { reached, broken, found } = await residueOf(one);
  expect(broken).toEqual([]);
  expect(found).toEqual([]);
  expect(reached).toBeGreaterThan(0);
});

it('would notice a package that keeps an input', async () => {
  const { found } = await residueOf(packages.find((each) => each.bundle === 'forgetful')!);
  expect(found).toContain(`${MARK}-1-input`);
});
