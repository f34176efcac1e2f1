import type { Edge, Flow, FlowNode } from './flow.ts';
import type { EdgeId, NodeId } from './ids.ts';
import type { JsonValue } from './json.ts';

/** One field that differs; a side where the field is absent has no value. */
export interface FieldChange {
  /** Dotted from the node or settings, e.g. `params.fields.name`. */
  readonly field: string;
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}

export interface NodeChange {
  readonly id: NodeId;
  readonly fields: readonly FieldChange[];
}

/** What differs in meaning between two versions of a flow; where boxes lie is kept apart. */
export interface FlowDiff {
  /** Name and description. */
  readonly header: readonly FieldChange[];
  readonly added: readonly NodeId[];
  readonly removed: readonly NodeId[];
  readonly changed: readonly NodeChange[];
  readonly edges: { readonly added: readonly Edge[]; readonly removed: readonly Edge[] };
  readonly settings: readonly FieldChange[];
  readonly notes: { readonly added: NodeId[]; readonly removed: NodeId[]; readonly changed: NodeId[] };
  readonly pins: readonly NodeId[];
  /** Nodes and notes in both versions whose box moved or changed size. */
  readonly moved: readonly NodeId[];
}

/** Semantic difference of two versions of a flow. Nodes are the same if their ids are. */
export function diffFlows(before: Flow, after: Flow): FlowDiff {
  const nodes = compareKeys(before.nodes, after.nodes);
  const edges = compareKeys<Edge, EdgeId>(before.edges, after.edges);
  const pins = compareKeys(before.pins, after.pins);
  const boxes = compareKeys(before.layout, after.layout);
  const header = (flow: Flow) => ({ name: flow.name, description: flow.description });
  return {
    header: fieldChanges(header(before), header(after)),
    added: nodes.added,
    removed: nodes.removed,
    changed: nodes.changed.map((id) => ({ id, fields: fieldChanges(before.nodes[id], after.nodes[id]) })),
    edges: {
      added: edges.added.flatMap((id) => after.edges[id] ?? []),
      removed: edges.removed.flatMap((id) => before.edges[id] ?? []),
    },
    settings: fieldChanges(before.settings, after.settings),
    notes: compareKeys(before.notes, after.notes),
    pins: [...pins.added, ...pins.removed, ...pins.changed].toSorted(),
    moved: boxes.changed,
  };
}

const COSMETIC: ReadonlySet<string> = new Set<keyof FlowNode>(['title', 'comment']);

/** Whether runs could go differently: titles, comments, notes, pins and positions do not count. */
export const changesBehaviour = (diff: FlowDiff): boolean =>
  diff.added.length + diff.removed.length + diff.settings.length > 0 ||
  diff.edges.added.length + diff.edges.removed.length > 0 ||
  diff.changed.some(({ fields }) => fields.some(({ field }) => !COSMETIC.has(field)));

interface KeyChanges<K> {
  added: K[];
  removed: K[];
  changed: K[];
}

function compareKeys<T, K extends string = string>(before: Record<K, T>, after: Record<K, T>): KeyChanges<K> {
  const old = Object.keys(before) as K[];
  const fresh = Object.keys(after) as K[];
  return {
    added: fresh.filter((key) => !Object.hasOwn(before, key)),
    removed: old.filter((key) => !Object.hasOwn(after, key)),
    changed: old.filter((key) => Object.hasOwn(after, key) && !sameValue(before[key], after[key])),
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Equality of JSON values; the order of keys does not matter, an undefined field is an absent one. */
function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => sameValue(a[key], b[key]));
}

/** The smallest fields that differ. Lists of another length, and expressions, count as one field. */
export function fieldChanges(before: unknown, after: unknown, at = ''): FieldChange[] {
  if (sameValue(before, after)) return [];
  const inside = (key: string) => (at === '' ? key : `${at}.${key}`);
  if (isObject(before) && isObject(after) && !('$' in before) && !('$' in after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].toSorted().flatMap((key) => fieldChanges(before[key], after[key], inside(key)));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((item, index) => fieldChanges(item, after[index], inside(String(index))));
  }
  return [
    {
      field: at,
      ...(before === undefined ? {} : { before: before as JsonValue }),
      ...(after === undefined ? {} : { after: after as JsonValue }),
    },
  ];
}
