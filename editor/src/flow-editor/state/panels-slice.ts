import type { EdgeId, FlowPart, NodeId, PortRef } from '@waybill/flow-model';
import type { Slice } from './editor-store.ts';

/** Where a node from the panel will go: at a place, behind an output, or into the middle of an edge. */
export interface InsertPlace {
  at?: { x: number; y: number };
  from?: PortRef;
  edge?: EdgeId;
  parent?: NodeId;
}

export type Overlay = 'run' | 'publish' | 'versions' | 'settings' | 'text' | null;

/** What is open around the canvas. Neither saved nor undoable. */
export interface PanelsSlice {
  readonly nodePanel: InsertPlace | null;
  readonly overlay: Overlay;
  /** What the run dialog starts; null for the whole draft. */
  readonly runPart: FlowPart | null;
  /** Two versions laid over each other; `draft` or a number. */
  readonly compare: { from: string; to: string } | null;
  readonly problemsOpen: boolean;
  readonly findOpen: boolean;
  /** The three-pane view of the selected node. */
  readonly expanded: boolean;
  readonly inspectorTab: 'input' | 'params' | 'output' | 'settings';
  /** A param the inspector should show and focus once. */
  readonly focusField: { nodeId: NodeId; field: string } | null;
  /** The node whose title is being edited on the canvas. */
  readonly renaming: NodeId | null;
  show(change: Partial<Omit<PanelsSlice, 'show'>>): void;
}

export const createPanelsSlice: Slice<PanelsSlice> = (set) => ({
  nodePanel: null,
  overlay: null,
  runPart: null,
  compare: null,
  problemsOpen: false,
  findOpen: false,
  expanded: false,
  inspectorTab: 'params',
  focusField: null,
  renaming: null,
  show: (change) => set(change),
});
