import type { Flow, FlowOperation } from '@waybill/flow-model';
import { applyOperation } from '@waybill/flow-model';
import type { Slice } from './editor-store.ts';
import type { History } from './history.ts';
import { emptyHistory, recordChange } from './history.ts';

export interface ChangeOptions {
  /** Shown at undo: "Undo: Move steps". */
  label?: string;
  /** Changes with this key in quick succession are one undo step, e.g. typing in one field. */
  mergeKey?: string;
}

/** The flow being edited. The only writer of `flow`; saved and undoable. */
export interface DocumentSlice {
  readonly flow: Flow;
  readonly history: History;
  /** Does nothing in a read-only editor. */
  apply(operation: FlowOperation, options?: ChangeOptions): void;
  undo(): void;
  redo(): void;
  /** Replaces the document by one from the server; history starts anew. */
  load(flow: Flow): void;
}

export const createDocumentSlice =
  (initial: Flow, now: () => number): Slice<DocumentSlice> =>
  (set) => ({
    flow: initial,
    history: emptyHistory,
    apply: (operation, { label = 'Change', mergeKey } = {}) =>
      set((state) => {
        if (state.readOnly) return state;
        const { flow, inverse } = applyOperation(state.flow, operation);
        if (flow === state.flow) return state;
        const entry = { inverse, label, mergeKey: mergeKey ?? null, at: now() };
        return { flow, history: recordChange(state.history, entry) };
      }),
    undo: () =>
      set((state) => {
        const entry = state.history.past.at(-1);
        if (!entry || state.readOnly) return state;
        const { flow, inverse } = applyOperation(state.flow, entry.inverse);
        return {
          flow,
          history: {
            past: state.history.past.slice(0, -1),
            // A redone change never merges with typing that follows it.
            future: [...state.history.future, { ...entry, inverse, mergeKey: null }],
          },
        };
      }),
    redo: () =>
      set((state) => {
        const entry = state.history.future.at(-1);
        if (!entry || state.readOnly) return state;
        const { flow, inverse } = applyOperation(state.flow, entry.inverse);
        return {
          flow,
          history: {
            past: [...state.history.past, { ...entry, inverse }],
            future: state.history.future.slice(0, -1),
          },
        };
      }),
    load: (flow) => set({ flow, history: emptyHistory }),
  });
