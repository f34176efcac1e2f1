import type { FlowOperation, FlowPart, NodeId, PortRef } from '@waybill/flow-model';
import { downstreamOf, graphOf, uniqueNodeId, upstreamOf } from '@waybill/flow-model';
import {
  AlignCenterHorizontal,
  ClipboardPaste,
  Copy,
  FastForward,
  Group,
  History,
  ListTree,
  Pin,
  Play,
  Plus,
  Redo2,
  Scissors,
  Search,
  Settings2,
  StepForward,
  StickyNote,
  Trash2,
  Undo2,
  Upload,
  WandSparkles,
} from 'lucide-react';
import type { Command } from '../../app/commands.ts';
import { toggleCollapsed } from '../graph/collapse.ts';
import type { Alignment } from '../graph/geometry.ts';
import { alignBoxes } from '../graph/geometry.ts';
import { canGroup, groupSteps, ungroup } from '../graph/group.ts';
import { pasteBeside } from '../graph/paste.ts';
import { manifestOf, outputPorts } from '../graph/ports.ts';
import { removeAll, removeAndReconnect } from '../graph/remove.ts';
import type { Direction } from '../graph/walk.ts';
import { neighbourOf } from '../graph/walk.ts';
import type { EditorState, EditorStore } from '../state/editor-store.ts';

/** What commands need from the page; the rest they read from the store when they run. */
export interface CanvasPort {
  zoomIn(): void;
  zoomOut(): void;
  zoomTo(zoom: number): void;
  fit(ids?: readonly NodeId[]): void;
  /** Brings a node into view without changing the zoom; one that is in view stays where it is. */
  reveal(id: NodeId): void;
  /** Middle of what is on screen, in canvas coordinates. */
  middle(): { x: number; y: number };
  copy(ids: readonly NodeId[]): void;
  paste(): void;
  tidy(): void;
  pin(id: NodeId): void;
  runPart(part: FlowPart): void;
}

interface Rights {
  edit: boolean;
  publish: boolean;
  run: boolean;
}

/** The output a following step would hang on: the first that leads nowhere yet, else the first. */
function nextOutput({ flow, catalog }: EditorState, id: NodeId): PortRef | null {
  const node = flow.nodes[id];
  const ports = node ? outputPorts(manifestOf(catalog, node), node.params) : [];
  const taken = new Set(Object.values(flow.edges).flatMap((edge) => (edge.from.node === id ? [edge.from.port] : [])));
  const port = ports.find(({ name }) => !taken.has(name)) ?? ports[0];
  return port ? { node: id, port: port.name } : null;
}

const isNode = (state: EditorState, id: NodeId): boolean => Object.hasOwn(state.flow.nodes, id);
const alignments: [Alignment, string, string][] = [
  ['left', 'Align left', 'Alt+A'],
  ['center', 'Align centres', 'Alt+H'],
  ['right', 'Align right', 'Alt+D'],
  ['top', 'Align top', 'Alt+W'],
  ['middle', 'Align middles', 'Alt+V'],
  ['bottom', 'Align bottom', 'Alt+X'],
  ['spread-x', 'Spread out sideways', 'Alt+Shift+H'],
  ['spread-y', 'Spread out downwards', 'Alt+Shift+V'],
];

/** Every command of the flow editor: one table for menus, command bar, keyboard and shortcut sheet. */
export function editorCommands(store: EditorStore, canvas: CanvasPort, rights: Rights): Command[] {
  const get = store.getState;
  const some = () => get().selected.length > 0 || get().selectedEdges.length > 0;
  const one = () => (get().selected.length === 1 ? (get().selected[0] as NodeId) : null);
  const oneNode = () => {
    const id = one();
    return id !== null && isNode(get(), id) ? id : null;
  };
  const oneScope = () => {
    const id = oneNode();
    const node = id === null ? undefined : get().flow.nodes[id];
    return node && manifestOf(get().catalog, node)?.container === 'scope' ? id : null;
  };
  const containersChosen = () =>
    get().selected.filter((id) => {
      const node = get().flow.nodes[id];
      return node !== undefined && manifestOf(get().catalog, node)?.container !== undefined;
    });
  const editable =
    (test: () => boolean = () => true) =>
    () =>
      rights.edit && test();
  const undoable = (operation: FlowOperation, label: string) => get().apply(operation, { label });
  const remove = (how: (state: EditorState) => FlowOperation, label: string) => {
    undoable(how(get()), label);
    get().select([]);
  };
  const chooseSide = (side: typeof upstreamOf) => {
    const { flow, selected, select } = get();
    const graph = graphOf(flow);
    select([...new Set(selected.flatMap((id) => [id, ...side(graph, id)]))]);
  };
  const walk = (direction: Direction) => {
    const { flow, selected, select } = get();
    const from = selected.at(-1) ?? Object.keys(flow.nodes)[0];
    const next = from === undefined ? null : selected.length === 0 ? from : neighbourOf(flow, from, direction);
    if (next === null || next === undefined) return;
    select([next]);
    canvas.reveal(next);
  };

  const general: Command[] = [
    {
      id: 'flow.add',
      label: 'Add a step',
      group: 'Steps',
      icon: Plus,
      shortcuts: ['N', 'Tab'],
      enabled: editable(),
      perform: () => {
        const id = oneNode();
        const from = id === null ? null : nextOutput(get(), id);
        get().show({ nodePanel: from ? { from } : { at: canvas.middle() } });
      },
    },
    {
      id: 'flow.run',
      label: 'Run the draft',
      group: 'Flow',
      icon: Play,
      shortcuts: ['Mod+Enter'],
      whileTyping: true,
      enabled: () => rights.run,
      perform: () => get().show({ overlay: 'run', runPart: null }),
    },
    {
      id: 'flow.publish',
      label: 'Publish…',
      group: 'Flow',
      icon: Upload,
      shortcuts: ['Shift+P'],
      enabled: () => rights.publish,
      perform: () => get().show({ overlay: 'publish' }),
    },
    {
      id: 'flow.versions',
      label: 'Versions',
      group: 'Flow',
      icon: History,
      words: 'history revert',
      perform: () => get().show({ overlay: 'versions' }),
    },
    {
      id: 'flow.settings',
      label: 'Flow settings',
      group: 'Flow',
      icon: Settings2,
      words: 'ordering concurrency retention sla',
      perform: () => get().show({ overlay: 'settings' }),
    },
    {
      id: 'flow.problems',
      label: 'Show problems',
      group: 'Flow',
      icon: ListTree,
      shortcuts: ['Mod+Shift+M'],
      perform: () => get().show({ problemsOpen: !get().problemsOpen }),
    },
    {
      id: 'flow.find',
      label: 'Find on the canvas',
      group: 'Flow',
      icon: Search,
      shortcuts: ['Mod+F'],
      perform: () => get().show({ findOpen: true }),
    },
    {
      id: 'edit.undo',
      label: 'Undo',
      group: 'Edit',
      icon: Undo2,
      shortcuts: ['Mod+Z'],
      enabled: editable(() => get().history.past.length > 0),
      perform: () => get().undo(),
    },
    {
      id: 'edit.redo',
      label: 'Redo',
      group: 'Edit',
      icon: Redo2,
      shortcuts: ['Mod+Shift+Z', 'Mod+Y'],
      enabled: editable(() => get().history.future.length > 0),
      perform: () => get().redo(),
    },
    {
      id: 'edit.copy',
      label: 'Copy',
      group: 'Edit',
      icon: Copy,
      shortcuts: ['Mod+C'],
      enabled: () => get().selected.length > 0 && !hasTextSelection(),
      perform: () => canvas.copy(get().selected),
    },
    {
      id: 'edit.cut',
      label: 'Cut',
      group: 'Edit',
      icon: Scissors,
      shortcuts: ['Mod+X'],
      enabled: editable(() => get().selected.length > 0),
      perform: () => {
        canvas.copy(get().selected);
        remove((state) => removeAll(state.flow, state.selected), 'Cut');
      },
    },
    {
      id: 'edit.paste',
      label: 'Paste',
      group: 'Edit',
      icon: ClipboardPaste,
      shortcuts: ['Mod+V'],
      enabled: editable(),
      perform: () => canvas.paste(),
    },
    {
      id: 'edit.duplicate',
      label: 'Duplicate',
      group: 'Edit',
      icon: Copy,
      shortcuts: ['Mod+D'],
      enabled: editable(() => get().selected.length > 0),
      perform: () => duplicateSelection(store),
    },
    {
      id: 'edit.delete',
      label: 'Delete',
      group: 'Edit',
      icon: Trash2,
      shortcuts: ['Delete', 'Backspace'],
      enabled: editable(some),
      perform: () => remove((state) => removeAll(state.flow, state.selected, state.selectedEdges), 'Delete'),
    },
    {
      id: 'edit.delete-reconnect',
      label: 'Delete and reconnect',
      group: 'Edit',
      icon: Trash2,
      shortcuts: ['Mod+Delete', 'Mod+Backspace'],
      enabled: editable(() => get().selected.length > 0),
      perform: () =>
        remove((state) => removeAndReconnect(state.flow, state.catalog, state.selected), 'Delete and reconnect'),
    },
    {
      id: 'edit.select-all',
      label: 'Select everything',
      group: 'Edit',
      shortcuts: ['Mod+A'],
      perform: () => {
        const { flow, select } = get();
        select([...Object.keys(flow.nodes), ...Object.keys(flow.notes)], Object.keys(flow.edges));
      },
    },
    {
      id: 'edit.clear',
      label: 'Close panels, select nothing',
      group: 'Edit',
      shortcuts: ['Escape'],
      keyboardOnly: true,
      perform: () => {
        const { nodePanel, expanded, findOpen, compare, show, select } = get();
        if (compare) show({ compare: null });
        else if (nodePanel || expanded || findOpen) show({ nodePanel: null, expanded: false, findOpen: false });
        else select([]);
      },
    },
  ];

  const parts = [
    ['up-to', 'Run to here', StepForward, 'Mod+Shift+Enter'],
    ['only', 'Run only this step', Play, 'Shift+Enter'],
    ['from', 'Run from here', FastForward, 'Alt+Enter'],
  ] as const;
  const ofStep: Command[] = [
    ...parts.map(
      ([kind, label, icon, shortcut]): Command => ({
        id: `step.run-${kind}`,
        label,
        group: 'Steps',
        icon,
        words: 'test partial data',
        shortcuts: [shortcut],
        // Shift+Enter is a new line to a person who types.
        whileTyping: shortcut.startsWith('Mod'),
        enabled: () => rights.run && oneNode() !== null,
        perform: () => {
          const node = oneNode();
          if (node !== null) canvas.runPart({ kind, node });
        },
      }),
    ),
    {
      id: 'step.open',
      label: 'Open the step',
      group: 'Steps',
      shortcuts: ['Enter'],
      enabled: () => oneNode() !== null,
      perform: () => get().show({ expanded: true }),
    },
    {
      id: 'step.rename',
      label: 'Rename the step',
      group: 'Steps',
      shortcuts: ['F2'],
      enabled: editable(() => oneNode() !== null),
      perform: () => get().show({ renaming: oneNode() }),
    },
    {
      id: 'step.disable',
      label: 'Enable or disable',
      group: 'Steps',
      shortcuts: ['D'],
      enabled: editable(() => get().selected.some((id) => isNode(get(), id))),
      perform: () => toggleDisabled(store),
    },
    {
      id: 'step.pin',
      label: 'Pin or unpin the output',
      group: 'Steps',
      icon: Pin,
      shortcuts: ['P'],
      enabled: editable(() => oneNode() !== null),
      perform: () => {
        const id = oneNode();
        if (id !== null) canvas.pin(id);
      },
    },
    {
      id: 'step.note',
      label: 'Add a note',
      group: 'Steps',
      icon: StickyNote,
      shortcuts: ['Shift+S'],
      enabled: editable(),
      perform: () => {
        const { flow, select } = get();
        const id = uniqueNodeId(flow, 'note');
        const { x, y } = canvas.middle();
        const box = { x: Math.round(x - 112), y: Math.round(y - 72), width: 224, height: 144 };
        const operations: FlowOperation[] = [
          { op: 'put-note', id, note: { text: '', color: 'yellow' } },
          { op: 'set-box', id, box },
        ];
        undoable({ op: 'batch', operations }, 'Add note');
        select([id]);
      },
    },
    {
      id: 'step.group',
      label: 'Group the steps',
      group: 'Steps',
      icon: Group,
      shortcuts: ['Mod+G'],
      enabled: editable(() => canGroup(get().flow, get().catalog, get().selected)),
      perform: () => {
        const { flow, catalog, selected, select } = get();
        const grouped = groupSteps(flow, catalog, selected);
        if (!grouped) return;
        undoable(grouped.operation, 'Group');
        select([grouped.id]);
      },
    },
    {
      id: 'step.ungroup',
      label: 'Take the group apart',
      group: 'Steps',
      shortcuts: ['Mod+Shift+G'],
      enabled: editable(() => oneScope() !== null),
      perform: () => {
        const id = oneScope();
        const operation = id === null ? null : ungroup(get().flow, id);
        if (!operation) return;
        undoable(operation, 'Take the group apart');
        get().select([]);
      },
    },
    {
      id: 'step.fold',
      label: 'Fold or open the container',
      group: 'Steps',
      shortcuts: ['Alt+G'],
      enabled: editable(() => containersChosen().length > 0),
      perform: () => undoable(toggleCollapsed(get().flow, containersChosen()), 'Fold or open'),
    },
    {
      id: 'step.upstream',
      label: 'Select everything before',
      group: 'Select',
      shortcuts: ['Shift+ArrowLeft', 'Alt+U'],
      enabled: some,
      perform: () => chooseSide(upstreamOf),
    },
    {
      id: 'step.downstream',
      label: 'Select everything after',
      group: 'Select',
      shortcuts: ['Shift+ArrowRight', 'Alt+J'],
      enabled: some,
      perform: () => chooseSide(downstreamOf),
    },
    ...(['left', 'right', 'up', 'down'] as const).map(
      (direction): Command => ({
        id: `walk.${direction}`,
        label: `Go ${direction}`,
        group: 'Select',
        shortcuts: [`Arrow${direction[0]!.toUpperCase()}${direction.slice(1)}`],
        keyboardOnly: true,
        perform: () => walk(direction),
      }),
    ),
  ];

  const view: Command[] = [
    { id: 'view.in', label: 'Zoom in', group: 'View', shortcuts: ['Plus', '='], perform: () => canvas.zoomIn() },
    { id: 'view.out', label: 'Zoom out', group: 'View', shortcuts: ['-'], perform: () => canvas.zoomOut() },
    { id: 'view.100', label: 'Zoom to 100 %', group: 'View', shortcuts: ['0'], perform: () => canvas.zoomTo(1) },
    { id: 'view.fit', label: 'Fit the flow', group: 'View', shortcuts: ['1'], perform: () => canvas.fit() },
    {
      id: 'view.fit-selection',
      label: 'Fit the selection',
      group: 'View',
      shortcuts: ['2'],
      enabled: some,
      perform: () => canvas.fit(get().selected),
    },
    {
      id: 'layout.tidy',
      label: 'Tidy up the flow',
      group: 'Arrange',
      icon: WandSparkles,
      words: 'layout auto arrange',
      shortcuts: ['Alt+Shift+T'],
      enabled: editable(),
      perform: () => canvas.tidy(),
    },
    ...alignments.map(
      ([how, label, shortcut]): Command => ({
        id: `layout.${how}`,
        label,
        group: 'Arrange',
        icon: AlignCenterHorizontal,
        shortcuts: [shortcut],
        enabled: editable(() => get().selected.length > 1),
        perform: () => undoable(alignBoxes(get().flow, get().selected, how), label),
      }),
    ),
  ];
  return [...general, ...ofStep, ...view];
}

const hasTextSelection = (): boolean =>
  typeof window !== 'undefined' && (window.getSelection()?.toString().length ?? 0) > 0;

/** All chosen steps off, or all on when every one of them is off. */
function toggleDisabled(store: EditorStore): void {
  const { flow, selected, apply } = store.getState();
  const nodes = selected.flatMap((id) => (flow.nodes[id] ? [{ id, node: flow.nodes[id] }] : []));
  const turnOff = nodes.some(({ node }) => !node.disabled);
  const operations = nodes.map(({ id, node }): FlowOperation => {
    const { disabled: _old, ...rest } = node;
    return { op: 'put-node', id, node: turnOff ? { ...rest, disabled: true } : rest };
  });
  apply({ op: 'batch', operations }, { label: turnOff ? 'Disable' : 'Enable' });
}

/** A copy of the selection beside it, selected. */
function duplicateSelection(store: EditorStore): void {
  const { flow, selected, apply, select, catalog } = store.getState();
  const pasted = pasteBeside(flow, selected, catalog);
  if (!pasted) return;
  apply(pasted.operation, { label: 'Duplicate' });
  select(pasted.ids);
}
