import { followRun } from '../../api/live.ts';
import { toast } from '../../ui/toasts.ts';
import type { EditorStore } from './editor-store.ts';

/** Keeps the canvas on the run the store names. Returns the function that stops it. */
export function startLiveOverlay(store: EditorStore): () => void {
  let following: string | null = null;
  let stopRun: (() => void) | null = null;
  const update = () => {
    const { runId, setLive } = store.getState();
    if (runId === following) return;
    stopRun?.();
    following = runId;
    stopRun = runId === null ? null : followRun(runId, setLive, (words) => toast(words, { tone: 'failed' }));
  };
  update();
  const stop = store.subscribe(update);
  return () => {
    stop();
    stopRun?.();
  };
}
