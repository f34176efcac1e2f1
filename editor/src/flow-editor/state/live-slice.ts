import type { NodeId } from '@waybill/flow-model';
import type { LiveRun } from '../../api/resync.ts';
import type { Slice } from './editor-store.ts';
import type { NodeLive } from './node-live.ts';
import { liveByNode } from './node-live.ts';

/** The run shown over the canvas. Never part of the flow. */
export interface LiveSlice {
  /** Followed by socket. */
  readonly runId: string | null;
  readonly live: LiveRun | null;
  readonly liveNodes: Readonly<Record<NodeId, NodeLive>>;
  /** The run whose data fills the input and output panes; stays after the overlay is closed. */
  readonly dataRunId: string | null;
  /** Steps of that run whose data no longer fits the draft. */
  readonly stale: ReadonlySet<NodeId>;
  /** Steps that lent out-of-date data to a run of a part of the flow; they stay stale in it. */
  readonly doubted: { runId: string; steps: readonly NodeId[] } | null;
  follow(runId: string | null): void;
  setLive(live: LiveRun): void;
  setDataRun(runId: string | null): void;
  setStale(stale: ReadonlySet<NodeId>): void;
  setDoubted(doubted: LiveSlice['doubted']): void;
}

const sameSet = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((id) => b.has(id));

export const createLiveSlice: Slice<LiveSlice> = (set) => ({
  runId: null,
  live: null,
  liveNodes: {},
  dataRunId: null,
  stale: new Set(),
  doubted: null,
  follow: (runId) => set((state) => ({ runId, live: null, liveNodes: {}, dataRunId: runId ?? state.dataRunId })),
  setLive: (live) =>
    set((state) =>
      live.runId === state.runId ? { live, liveNodes: liveByNode(Object.values(live.steps), state.liveNodes) } : state,
    ),
  setDataRun: (runId) => set({ dataRunId: runId }),
  setStale: (stale) => set((state) => (sameSet(stale, state.stale) ? state : { stale })),
  setDoubted: (doubted) => set({ doubted }),
});
