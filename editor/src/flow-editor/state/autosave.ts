import type { FlowDetail } from '@waybill/api-contract';
import type { Flow } from '@waybill/flow-model';
import { api, editorTabId, queryClient } from '../../api/client.ts';
import { isApiError, wordsOf } from '../../api/problem-words.ts';
import type { EditorState, EditorStore } from './editor-store.ts';

const QUIET_MS = 700;
const RETRY_MS = 5_000;

export const isDirty = (state: Pick<EditorState, 'flow' | 'savedFlow'>): boolean => state.flow !== state.savedFlow;

/** Whether a save may start now: something changed, none is under way, and no person has to decide first. Pure. */
export const maySave = (state: Pick<EditorState, 'flow' | 'savedFlow' | 'save' | 'readOnly'>): boolean =>
  !state.readOnly && isDirty(state) && state.save.kind !== 'saving' && state.save.kind !== 'conflict';

/** Saves the draft now. Resolves when the server has it, or when it was refused; the state says which. */
export async function saveNow(store: EditorStore): Promise<boolean> {
  const state = store.getState();
  if (!maySave(state)) return !isDirty(state);
  const { flow, revision, summary, setDraft } = state;
  setDraft({ save: { kind: 'saving' } });
  try {
    const saved = await api('saveDraft', {
      params: { flowId: summary.id },
      body: { revision, flow, editor: editorTabId },
    });
    setDraft({
      summary: saved.summary,
      revision: saved.summary.revision,
      savedFlow: flow,
      problems: saved.problems,
      save: { kind: 'saved' },
    });
    void queryClient.invalidateQueries({ queryKey: ['listFlows'] });
    return true;
  } catch (error) {
    const { what, fix } = wordsOf(error);
    setDraft({
      save: isApiError(error, 'DRAFT_CHANGED') ? { kind: 'conflict', by: null } : { kind: 'failed', what, fix },
    });
    return false;
  }
}

/** Takes the server's document in place of ours. */
export function loadDetail(store: EditorStore, detail: FlowDetail): void {
  store.getState().load(detail.flow);
  store.getState().setDraft({
    summary: detail.summary,
    revision: detail.summary.revision,
    savedFlow: detail.flow,
    problems: detail.problems,
    save: { kind: 'saved' },
  });
  store.getState().select([]);
}

/** Saves shortly after each change, and again after a failure. Returns the function that stops it. */
export function startAutosave(store: EditorStore): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let seen: Flow = store.getState().flow;
  const later = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => void attempt(), ms);
  };
  const attempt = async () => {
    await saveNow(store);
    const state = store.getState();
    // Changes made while the save was under way, or a save that failed.
    if (maySave(state)) later(state.save.kind === 'failed' ? RETRY_MS : QUIET_MS);
  };
  const stop = store.subscribe((state) => {
    if (state.flow === seen) return;
    seen = state.flow;
    if (maySave(state)) later(QUIET_MS);
  });
  const warn = (event: BeforeUnloadEvent) => {
    if (!isDirty(store.getState())) return;
    void saveNow(store);
    event.preventDefault();
  };
  window.addEventListener('beforeunload', warn);
  return () => {
    stop();
    clearTimeout(timer);
    window.removeEventListener('beforeunload', warn);
    void saveNow(store);
  };
}
