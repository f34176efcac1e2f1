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

/** The list before where the new one says the same: what reads only it is not drawn again. */
const kept = <T extends string>(before: readonly T[], ids: readonly T[]): readonly T[] =>
  ids.length === before.length && ids.every((id, index) => id === before[index]) ? before : ids;

export const createSelectionSlice: Slice<SelectionSlice> = (set) => ({
  selected: [],
  selectedEdges: [],
  pointedAt: null,
  pointAt: (id) => set((state) => (state.pointedAt === id ? state : { pointedAt: id })),
  select: (ids, edges = []) =>
    set((state) => {
      const [selected, selectedEdges] = [kept(state.selected, ids), kept(state.selectedEdges, edges)];
      return selected === state.selected && selectedEdges === state.selectedEdges ? state : { selected, selectedEdges };
    }),
});
