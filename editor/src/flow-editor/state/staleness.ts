import type { RunDetail } from '@waybill/api-contract';
import { toastError } from '../../ui/toasts.ts';
import { staleSteps } from '../graph/stale.ts';
import { loadOutputs, loadRun } from '../inspector/run-data.ts';
import type { EditorState, EditorStore } from './editor-store.ts';

const QUIET_MS = 200;

/** Keeps the marks of out-of-date data right while the draft or the run shown changes. Returns the function that stops it. */
export function startStaleness(store: EditorStore): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const key = ({ flow, dataRunId, doubted, live }: EditorState) =>
    [flow, dataRunId, doubted, live?.run?.finishedAt ?? null] as const;
  let ran: { runId: string; ended: boolean; run: RunDetail } | null = null;
  let seen = key(store.getState());
  const check = async () => {
    const { flow, dataRunId, doubted, setStale } = store.getState();
    if (dataRunId === null) return setStale(new Set());
    if (ran?.runId !== dataRunId || !ran.ended) {
      const fresh = await loadRun(dataRunId, 0);
      ran = { runId: dataRunId, ended: fresh.run.finishedAt !== null, run: fresh };
    }
    const { run } = ran;
    const gave = await loadOutputs(
      dataRunId,
      Object.keys(flow.pins).filter((id) => !run.flow.pins[id]),
    );
    if (store.getState().flow !== flow || store.getState().dataRunId !== dataRunId) return;
    const began = new Set(run.steps.flatMap((step) => (step.status === 'skipped' ? [] : [step.nodeId])));
    const stale = staleSteps(run.flow, flow, { doubted: doubted?.runId === dataRunId ? doubted.steps : [], gave });
    setStale(new Set([...stale].filter((id) => began.has(id) && !flow.pins[id])));
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void check().catch(toastError), QUIET_MS);
  };
  later();
  const stop = store.subscribe((state) => {
    const now = key(state);
    if (now.every((part, index) => part === seen[index])) return;
    seen = now;
    later();
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
