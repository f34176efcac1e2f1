import type { FlowDetail } from '@waybill/api-contract';
import type { NodeCatalog } from '@waybill/flow-model';
import { createContext, useContext } from 'react';
import type { StateCreator, StoreApi } from 'zustand';
import { createStore, useStore } from 'zustand';
import type { DocumentSlice } from './document-slice.ts';
import { createDocumentSlice } from './document-slice.ts';
import type { DraftSlice } from './draft-slice.ts';
import { createDraftSlice } from './draft-slice.ts';
import type { LiveSlice } from './live-slice.ts';
import { createLiveSlice } from './live-slice.ts';
import type { PanelsSlice } from './panels-slice.ts';
import { createPanelsSlice } from './panels-slice.ts';
import type { SelectionSlice } from './selection-slice.ts';
import { createSelectionSlice } from './selection-slice.ts';
import type { StandingSlice } from './standing-slice.ts';
import { createStandingSlice } from './standing-slice.ts';

export interface EditorState extends DocumentSlice, SelectionSlice, PanelsSlice, DraftSlice, LiveSlice, StandingSlice {
  readonly catalog: NodeCatalog;
  /** The user may look but not change. */
  readonly readOnly: boolean;
}

export type Slice<T> = StateCreator<EditorState, [], [], T>;
export type EditorStore = StoreApi<EditorState>;

interface EditorStoreOptions {
  detail: FlowDetail;
  catalog: NodeCatalog;
  readOnly: boolean;
  now?: () => number;
}

/** One store per open flow: document, selection, panels, draft and live run, each in its own slice. */
export const createEditorStore = ({ detail, catalog, readOnly, now = Date.now }: EditorStoreOptions): EditorStore =>
  createStore<EditorState>()((...args) => ({
    catalog,
    readOnly,
    ...createDocumentSlice(detail.flow, now)(...args),
    ...createSelectionSlice(...args),
    ...createPanelsSlice(...args),
    ...createDraftSlice({ summary: detail.summary, savedFlow: detail.flow, problems: detail.problems })(...args),
    ...createLiveSlice(...args),
    ...createStandingSlice(...args),
  }));

export const EditorContext = createContext<EditorStore | null>(null);

/** The store itself, for commands and handlers that read state when they run. */
export function useEditorStore(): EditorStore {
  const store = useContext(EditorContext);
  if (!store) throw new Error('useEditorStore was called outside the flow editor');
  return store;
}

/** A part of the state; the narrowest selector re-renders least. */
export function useEditor<T>(selector: (state: EditorState) => T): T {
  return useStore(useEditorStore(), selector);
}
