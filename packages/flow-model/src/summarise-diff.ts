import type { FieldChange, FlowDiff } from './diff-flows.ts';
import type { Edge, Flow } from './flow.ts';
import type { NodeId } from './ids.ts';
import type { NodeCatalog } from './manifest.ts';
import { listWords, manifestOfNode, nodeWords, portWords, valueWords } from './wording.ts';

/** A diff in sentences for people who did not draw the flow. `before` and `after` are what was compared. */
export function summariseDiff(diff: FlowDiff, before: Flow, after: Flow, catalog: NodeCatalog = new Map()): string[] {
  const names = (flow: Flow, ids: readonly NodeId[]) => listWords(ids.map((id) => nodeWords(flow, catalog, id)));
  const edge = (flow: Flow, { from, to }: Edge) =>
    `${nodeWords(flow, catalog, from.node)} (${portWords(flow, catalog, from.node, from.port)}) to ${nodeWords(flow, catalog, to.node)}`;
  // Edges of a node that came or went are told by the node itself.
  const lasting = (list: readonly Edge[], gone: readonly NodeId[]) =>
    list.filter(({ from, to }) => !gone.includes(from.node) && !gone.includes(to.node));
  return [
    ...diff.header.map((change) => sentence(`the flow's ${change.field}`, change)),
    ...diff.added.map((id) => `Added ${nodeWords(after, catalog, id)}${position(after, catalog, id)}.`),
    ...diff.removed.map((id) => `Removed ${nodeWords(before, catalog, id)}.`),
    ...diff.changed.flatMap(({ id, fields }) =>
      fields.map((change) => nodeSentence(before, after, catalog, id, change)),
    ),
    ...lasting(diff.edges.added, diff.added).map((added) => `Connected ${edge(after, added)}.`),
    ...lasting(diff.edges.removed, diff.removed).map((removed) => `Disconnected ${edge(before, removed)}.`),
    ...diff.settings.map((change) => sentence(`the setting ${change.field}`, change)),
    ...noteSentences(diff),
    ...(diff.pins.length > 0 ? [`Changed the pinned data of ${names(after, diff.pins)}.`] : []),
    ...(diff.moved.length > 0
      ? [`Moved ${diff.moved.length} ${diff.moved.length === 1 ? 'box' : 'boxes'} on the canvas.`]
      : []),
  ];
}

function position(flow: Flow, catalog: NodeCatalog, id: NodeId): string {
  const parent = flow.nodes[id]?.parent;
  const before = Object.values(flow.edges).filter((edge) => edge.to.node === id);
  const after = before.map((edge) => nodeWords(flow, catalog, edge.from.node));
  const inside = parent === undefined ? '' : ` inside ${nodeWords(flow, catalog, parent)}`;
  return `${inside}${after.length === 0 ? '' : ` after ${listWords([...new Set(after)])}`}`;
}

function nodeSentence(before: Flow, after: Flow, catalog: NodeCatalog, id: NodeId, change: FieldChange): string {
  const name = nodeWords(after, catalog, id);
  const [kind, param, ...rest] = change.field.split('.');
  if (change.field === 'disabled') return `${change.after === true ? 'Disabled' : 'Enabled'} ${name}.`;
  if (change.field === 'title') return `Renamed ${nodeWords(before, catalog, id)} to ${name}.`;
  if (change.field === 'version')
    return `${name} now uses version ${String(change.after)} of its node (was ${String(change.before)}).`;
  if (kind !== 'params' || param === undefined) return sentence(`${change.field} of ${name}`, change);
  const spec = manifestOfNode(after, catalog, id)?.params[param];
  const field = [spec?.label ?? param, ...rest].join(', ');
  return sentence(`${field} of ${name}`, change, (value) => valueWords(value, rest.length === 0 ? spec : undefined));
}

function sentence(subject: string, change: FieldChange, words: (value: unknown) => string = valueWords): string {
  if (change.before === undefined) return `Set ${subject} to ${words(change.after)}.`;
  if (change.after === undefined) return `Cleared ${subject} (was ${words(change.before)}).`;
  return `Changed ${subject} from ${words(change.before)} to ${words(change.after)}.`;
}

function noteSentences({ notes }: FlowDiff): string[] {
  const told = (verb: string, count: number) =>
    count === 0 ? [] : [`${verb} ${count} ${count === 1 ? 'note' : 'notes'}.`];
  return [
    ...told('Added', notes.added.length),
    ...told('Removed', notes.removed.length),
    ...told('Changed', notes.changed.length),
  ];
}
