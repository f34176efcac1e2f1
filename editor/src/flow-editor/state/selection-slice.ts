import type { EdgeId, NodeId } from '@waybill/flow-model';
import type { Slice } from './editor-store.ts';

/** What is selected on the canvas, and what is pointed at. Neither saved nor undoable. */
export interface SelectionSlice {
  /** Ids of nodes and notes, in the order they were chosen. */
  readonly selected: readonly NodeId[];
  readonly selectedEdges: readonly EdgeId[];
  /** What lies under the pointer in a flow seen from afar. */
  readonly pointedAt: NodeId | null;
  select(ids: readonly NodeId[], edges?: readonly EdgeId[]): void;
  pointAt(id: NodeId | null): void;
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((id, index) => id === b[index]);

export const createSelectionSlice: Slice<SelectionSlice> = (set) => ({
  selected: [],
  selectedEdges: [],
  pointedAt: null,
  pointAt: (id) => set((state) => (state.pointedAt === id ? state : { pointedAt: id })),
  select: (ids, edges = []) =>
    set((state) =>
      same(ids, state.selected) && same(edges, state.selectedEdges) ? state : { selected: ids, selectedEdges: edges },
    ),
});
