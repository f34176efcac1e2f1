import { validateFlow } from '@waybill/flow-model';
import type { EditorStore } from './editor-store.ts';

const QUIET_MS = 250;

/** Checks the draft with the same rules as the server, shortly after each change. Returns the function that stops it. */
export function startValidation(store: EditorStore): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let checked = store.getState().flow;
  const stop = store.subscribe(({ flow }) => {
    if (flow === checked) return;
    checked = flow;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const state = store.getState();
      state.setDraft({ problems: validateFlow(state.flow, state.catalog) });
    }, QUIET_MS);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
