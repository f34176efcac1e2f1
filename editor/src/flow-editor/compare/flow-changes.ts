import type { Edge, FieldChange, Flow, FlowDiff, NodeCatalog, NodeId } from '@waybill/flow-model';
import { edgeId } from '@waybill/flow-model';
import { manifestOf, titleOf } from '../graph/ports.ts';

export type Mark = 'added' | 'changed' | 'removed' | 'moved';

/** One line of the list beside the compared canvas. */
export interface Change {
  key: string;
  mark: Mark;
  words: string;
  /** Nodes to bring into view. */
  nodes: readonly NodeId[];
  fields: readonly FieldChange[];
}

/** Both versions on one canvas: the newer one, with what it lost put back where it was. Pure. */
export function overlaid(before: Flow, after: Flow): Flow {
  return {
    ...after,
    nodes: { ...before.nodes, ...after.nodes },
    edges: { ...before.edges, ...after.edges },
    notes: { ...before.notes, ...after.notes },
    layout: { ...before.layout, ...after.layout },
  };
}

/** How each node, note and edge of the overlaid flow is to be drawn. Pure. */
export function marksOf(diff: FlowDiff): { nodes: Map<NodeId, Mark>; edges: Map<string, Mark> } {
  const nodes = new Map<NodeId, Mark>();
  for (const id of diff.moved) nodes.set(id, 'moved');
  for (const id of [...diff.notes.changed, ...diff.pins]) nodes.set(id, 'changed');
  for (const { id } of diff.changed) nodes.set(id, 'changed');
  for (const id of [...diff.added, ...diff.notes.added]) nodes.set(id, 'added');
  for (const id of [...diff.removed, ...diff.notes.removed]) nodes.set(id, 'removed');
  const edges = new Map<string, Mark>();
  for (const edge of diff.edges.added) edges.set(edgeId(edge), 'added');
  for (const edge of diff.edges.removed) edges.set(edgeId(edge), 'removed');
  return { nodes, edges };
}

/**
 * The changes one by one, from left to right as drawn, then edges, notes and what concerns the flow as a whole. Edges of
 * nodes that came or went are part of that change and not listed again. Pure.
 */
export function changeList(diff: FlowDiff, before: Flow, after: Flow, catalog: NodeCatalog): Change[] {
  const both = overlaid(before, after);
  const was = (id: NodeId) => `“${titleOf(before.nodes[id] ? before : after, catalog, id)}”`;
  const is = (id: NodeId) => `“${titleOf(after.nodes[id] ? after : before, catalog, id)}”`;
  const ofNode = (mark: Mark, id: NodeId, words: string, fields: readonly FieldChange[] = []): Change => ({
    key: `${mark} ${id}`,
    mark,
    words,
    nodes: [id],
    fields,
  });
  const placeOf = (change: Change): number => both.layout[change.nodes[0] ?? '']?.x ?? 0;
  const steps = [
    ...diff.added.map((id) => ofNode('added', id, `Added ${is(id)}`)),
    ...diff.removed.map((id) => ofNode('removed', id, `Removed ${was(id)}`)),
    ...diff.changed.map(({ id, fields }) => ofNode('changed', id, `Changed ${is(id)}`, fields)),
    ...diff.pins.filter((id) => both.nodes[id]).map((id) => pinChange(id, before, after, is(id))),
  ].toSorted((a, b) => placeOf(a) - placeOf(b));
  const cameOrWent = new Set([...diff.added, ...diff.removed]);
  const edge = (mark: Mark, { from, to }: Edge, flow: Flow): Change[] => {
    if (cameOrWent.has(from.node) || cameOrWent.has(to.node)) return [];
    const name = (id: NodeId) => `“${titleOf(flow, catalog, id)}”`;
    const node = flow.nodes[from.node];
    const port = node && manifestOf(catalog, node)?.outputs[from.port]?.label;
    const words = `${name(from.node)} (${port ?? from.port}) to ${name(to.node)}`;
    return [
      {
        key: `${mark} ${edgeId({ from, to })}`,
        mark,
        words: `${mark === 'added' ? 'Connected' : 'Disconnected'} ${words}`,
        nodes: [from.node, to.node],
        fields: [],
      },
    ];
  };
  const whole = [...diff.header, ...diff.settings];
  return [
    ...(whole.length === 0
      ? []
      : [{ key: 'flow', mark: 'changed' as const, words: 'Changed the flow itself', nodes: [], fields: whole }]),
    ...steps,
    ...diff.edges.added.flatMap((each) => edge('added', each, after)),
    ...diff.edges.removed.flatMap((each) => edge('removed', each, before)),
    ...diff.notes.added.map((id) => ofNode('added', id, 'Added a note')),
    ...diff.notes.removed.map((id) => ofNode('removed', id, 'Removed a note')),
    ...diff.notes.changed.map((id) =>
      ofNode('changed', id, 'Changed a note', [
        { field: 'text', before: before.notes[id]?.text ?? '', after: after.notes[id]?.text ?? '' },
      ]),
    ),
    ...diff.moved.map((id) => ofNode('moved', id, both.nodes[id] ? `Moved ${is(id)}` : 'Moved a note')),
  ];
}

function pinChange(id: NodeId, before: Flow, after: Flow, name: string): Change {
  const [was, is] = [before.pins[id], after.pins[id]];
  return {
    key: `pin ${id}`,
    mark: 'changed',
    words: `${is ? (was ? 'Changed the pinned data of' : 'Pinned data to') : 'Unpinned'} ${name}`,
    nodes: [id],
    fields: [{ field: 'pinned data', ...(was ? { before: was.value } : {}), ...(is ? { after: is.value } : {}) }],
  };
}

/** `params.condition` as the form calls it: "Condition". Pure. */
export function fieldWords(flow: Flow, catalog: NodeCatalog, id: NodeId | undefined, field: string): string {
  const node = id === undefined ? undefined : flow.nodes[id];
  const [group, name = '', ...rest] = field.split('.');
  const label = node && group === 'params' ? manifestOf(catalog, node)?.params[name]?.label : undefined;
  return label ? [label, ...rest].join(' › ') : field.replaceAll('.', ' › ');
}

/** A value of a field as text; expressions read as they are written. Pure. */
export function valueWords(value: FieldChange['before']): string {
  if (value === undefined) return '—';
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const [key, ...more] = Object.keys(value);
    if (key === '$' && more.length === 0) return `= ${String(value['$'])}`;
  }
  return JSON.stringify(value, null, 2);
}
