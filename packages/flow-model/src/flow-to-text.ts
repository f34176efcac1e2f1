/**
 * A flow as two YAML files for people and Git: `flow.yaml` holds behaviour, one block per node with its outgoing edges,
 * `layout.yaml` where boxes lie and what is pinned. Keys are sorted and every change stays within the block of its node,
 * so that two branches that touch different nodes merge without a conflict.
 */
import { Document, isScalar, type Pair, YAMLMap } from 'yaml';
import type { Flow, FlowNode } from './flow.ts';
import { graphOf } from './graph.ts';
import type { NodeId } from './ids.ts';

export interface FlowText {
  'flow.yaml': string;
  'layout.yaml': string;
}

type Plain = Record<string, unknown>;

/** The fields of a node in reading order: what it is, what it does, how it does it. */
const NODE_FIELDS = [
  'type',
  'version',
  'title',
  'comment',
  'parent',
  'disabled',
  'connections',
  'params',
  'join',
  'retry',
  'timeoutMs',
] as const satisfies (keyof FlowNode)[];

/** Equal flows give equal text, whatever the order of their keys. */
export function toText(flow: Flow): FlowText {
  const header = { formatVersion: flow.formatVersion, id: flow.id, name: flow.name, description: flow.description };
  const then = targetsByNode(flow);
  const nodes = mapSorted(flow.nodes, (node, id) => nodeBlock(node, then.get(id)));
  return {
    'flow.yaml': write({ ...header, settings: sorted(flow.settings), nodes, notes: sorted(flow.notes) }, [
      'nodes',
      'notes',
    ]),
    'layout.yaml': write({ layout: sorted(flow.layout), pins: sorted(flow.pins) }, []),
  };
}

function nodeBlock(node: FlowNode, then: Plain | undefined): Plain {
  const fields = NODE_FIELDS.flatMap((field) =>
    node[field] === undefined ? [] : [[field, sorted(node[field])] as const],
  );
  return { ...Object.fromEntries(fields), ...(then ? { then } : {}) };
}

/** Node -> port -> the inputs it leads to, as `node.port`. */
function targetsByNode(flow: Flow): Map<NodeId, Plain> {
  const targets = new Map<NodeId, Plain>();
  for (const [id, edges] of graphOf(flow).outgoing) {
    const ports = Object.groupBy(edges, (edge) => edge.from.port);
    targets.set(
      id,
      mapSorted(ports as Record<string, typeof edges>, (list) =>
        list.map(({ to }) => `${to.node}.${to.port}`).toSorted(),
      ),
    );
  }
  return targets;
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : Number(a > b));

const mapSorted = <T>(table: Record<string, T>, change: (value: T, key: string) => unknown): Plain =>
  Object.fromEntries(
    Object.entries(table)
      .toSorted(byName)
      .map(([key, value]) => [key, change(value, key)]),
  );

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return mapSorted(value as Plain, sorted);
}

/** Blocks under the keys in `spaced` are set apart by empty lines, which also keeps neighbouring changes apart in a merge. */
function write(content: Plain, spaced: readonly string[]): string {
  const document = new Document(content, { aliasDuplicateObjects: false, keepUndefined: false });
  const top = document.contents as YAMLMap;
  for (const pair of top.items) {
    const name = keyOf(pair);
    if (pair.value instanceof YAMLMap && (name === 'layout' || spaced.includes(name))) {
      pair.value.items.forEach((inner, index) => {
        styleBlock(inner as Pair, name, index === 0);
      });
    }
  }
  return document.toString({ lineWidth: 0, blockQuote: 'literal', indentSeq: true });
}

function styleBlock(pair: Pair, table: string, first: boolean): void {
  if (table !== 'layout') {
    if (isScalar(pair.key)) pair.key.spaceBefore = !first;
  } else if (pair.value instanceof YAMLMap) pair.value.flow = true;
}

const keyOf = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key);
