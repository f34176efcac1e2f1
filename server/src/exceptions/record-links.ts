/** Links to the records a problem is about, in the systems where they live. */
import type { Flow, FlowNode, JsonObject, JsonValue, NodeCatalog, NodeManifest, RecordSpec } from '@waybill/flow-model';
import { manifestKey } from '@waybill/flow-model';
import type { CredentialDefinition } from '@waybill/node-sdk';
import type { ConnectionRecord } from '@waybill/store';
import { fillTemplate, withDefaults } from '../connections/fill-template.ts';

export interface RecordLink {
  label: string;
  url: string;
}

interface Placed {
  node: FlowNode;
  manifest: NodeManifest;
}

/** What of a run says which records it is about. */
export interface RecordScope {
  flow: Flow;
  catalog: NodeCatalog;
  triggerNode: string;
  trigger: JsonValue;
  /** The step that failed, with what its fields held. */
  failed: { nodeId: string; params: JsonObject | null } | null;
}

/** The connection a node's binding leads to; null where there is none. */
export type ConnectionOf = (binding: string) => Promise<ConnectionRecord | null>;

/** From record it came from to the record it was about to change; none twice. */
export async function recordLinks(
  scope: RecordScope,
  types: ReadonlyMap<string, CredentialDefinition>,
  connectionOf: ConnectionOf,
): Promise<RecordLink[]> {
  const { flow, catalog, failed, triggerNode, trigger } = scope;
  const placed = (nodeId: string): Placed | null => {
    const node = flow.nodes[nodeId];
    const manifest = node && catalog.get(manifestKey(node.type, node.version));
    return manifest ? { node, manifest } : null;
  };
  const source = placed(triggerNode);
  const target = failed && placed(failed.nodeId);
  const found = [
    source && (await linkOf(source, (source.node.params ?? {}) as JsonObject)),
    target && (await linkOf(target, failed.params ?? {})),
  ].filter((link) => link !== null);
  return found.filter((link, at) => found.findIndex((other) => other.url === link.url) === at);

  async function linkOf({ node, manifest }: Placed, given: JsonObject): Promise<RecordLink | null> {
    if (!manifest.record) return null;
    const params = { ...defaultsOf(manifest), ...given };
    const record = recordOf(manifest.record, params, trigger);
    const connection = record && (await connectionFor(node, manifest));
    const definition = connection && types.get(connection.type);
    if (!definition) return null;
    const url = recordUrl(definition, connection.fields, record);
    return url === null ? null : { label: `${record.kind} in ${manifest.app}`, url };
  }

  /** Its own connection, or that of another step of the same system: triggers are often told, and sign in nowhere. */
  async function connectionFor(node: FlowNode, manifest: NodeManifest): Promise<ConnectionRecord | null> {
    const others = Object.keys(flow.nodes).flatMap((id) => {
      const other = placed(id);
      return other && other.manifest.app === manifest.app ? [other.node] : [];
    });
    for (const binding of [node, ...others].flatMap((one) => Object.values(one.connections ?? {}))) {
      const connection = await connectionOf(binding);
      if (connection && types.get(connection.type)?.recordUrls) return connection;
    }
    return null;
  }
}

const defaultsOf = (manifest: NodeManifest): JsonObject =>
  Object.fromEntries(
    Object.entries(manifest.params).flatMap(([name, spec]) =>
      spec.default === undefined ? [] : [[name, spec.default]],
    ),
  );

/** Kind and id of the record; null where the data does not say. Pure. */
export function recordOf(
  spec: RecordSpec,
  params: JsonObject,
  trigger: JsonValue,
): { kind: string; id: string } | null {
  const texts = Object.entries(params).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const kind = fillTemplate(spec.kind, Object.fromEntries(texts));
  const [root, ...path] = spec.id.split('.');
  let value: JsonValue | undefined = root === 'params' ? params : trigger;
  for (const name of path)
    value = typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined;
  const id = typeof value === 'number' ? String(value) : value;
  // An id of ours, such as `eid:...` of NetSuite, opens nothing in a browser.
  return kind !== '' && typeof id === 'string' && /^[\w-]{1,80}$/.test(id) ? { kind, id } : null;
}

/** Where people open a record; null where the connection does not say. Pure. */
export function recordUrl(
  definition: CredentialDefinition,
  entered: Record<string, string>,
  { kind, id }: { kind: string; id: string },
): string | null {
  const template = definition.recordUrls?.[kind] ?? definition.recordUrls?.['*'];
  if (template === undefined) return null;
  const fields = withDefaults(definition, entered);
  const named = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  if (named.some((name) => name !== 'kind' && name !== 'id' && !fields[name])) return null;
  const bases = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value.replace(/\/+$/, '')]));
  const url = fillTemplate(template, { ...bases, kind: encodeURIComponent(kind), id: encodeURIComponent(id) });
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) ? url : null;
}
