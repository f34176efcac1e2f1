import { editorTabId } from '../../api/client.ts';
import { useLiveEvent, useWatchFlow } from '../../api/live.ts';
import type { EditorStore } from './editor-store.ts';

/** Hears of other people in this flow. A change by another tab stops saving until a person decides. */
export function useFlowNews(store: EditorStore): void {
  const flowId = store.getState().summary.id;
  useWatchFlow(flowId, editorTabId);
  useLiveEvent('flow-presence', ({ flowId: changed, people }) => {
    if (changed === flowId) store.getState().setDraft({ people });
  });
  useLiveEvent('flow-changed', ({ summary, by, editor }) => {
    const state = store.getState();
    if (summary.id !== flowId || editor === editorTabId) return;
    if (summary.revision > state.revision && state.save.kind !== 'saving')
      state.setDraft({ save: { kind: 'conflict', by } });
    else if (summary.revision === state.revision) state.setDraft({ summary });
  });
}
