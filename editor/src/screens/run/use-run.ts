import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { RunDelta, RunDetail, ServerToClient, StepView } from '@waybill/api-contract';
import { useEffect, useRef, useState } from 'react';
import type { StoreApi } from 'zustand';
import { createStore } from 'zustand';
import { api } from '../../api/client.ts';
import { canvasPace } from '../../api/live.ts';
import type { Pace } from '../../api/news-pace.ts';
import { paceNews } from '../../api/news-pace.ts';
import type { StepStarted } from '../../api/resync.ts';
import { liveSocket } from '../../api/socket.ts';
import { gesture } from '../../ui/gesture.ts';
import type { RunStore } from './run-store.ts';
import { isTurningPoint, onDelta, onLost, onStarted, onWatchAsked, onWatchTaken, openRun } from './run-store.ts';

/** Lists and panels are read, not watched: a few times a second is enough, and nothing of them while the canvas is moved. */
const panelPace: Pace = { everyMs: 250, whileMovedMs: Number.POSITIVE_INFINITY };

/** A run as the panels show it, and its news as the canvas follows them. */
export interface FollowedRun {
  store: RunStore;
  news: StoreApi<RunStore>;
}

/**
 * Keeps a run's store fed by the socket, `news` at the pace of the canvas. `onPanels` gets whole states at the pace of panels,
 * at once at a turning point. Returns the stop function.
 */
function feedRun(detail: RunDetail, onPanels: (followed: FollowedRun) => void): () => void {
  const socket = liveSocket();
  const runId = detail.run.id;
  let store = openRun(detail);
  let begun: StepStarted[] = [];
  const news = createStore<RunStore>(() => store);
  const takeBegun = () => {
    store = onStarted(store, begun);
    begun = [];
  };
  const canvas = paceNews(
    () => {
      takeBegun();
      news.setState(store, true);
    },
    canvasPace,
    gesture,
  );
  const panels = paceNews(
    () => {
      takeBegun();
      onPanels({ store, news });
    },
    panelPace,
    gesture,
  );
  const tell = (urgency?: 'at-once') => {
    canvas.tell();
    panels.tell(urgency);
  };
  const show = (next: RunStore) => {
    if (next === store) return;
    const isTurn = isTurningPoint(store, next);
    store = next;
    tell(isTurn ? 'at-once' : undefined);
  };
  const watch = () => {
    show(onWatchAsked(store));
    const asked = store.watch;
    socket.emit('watch-run', { runId, afterSeq: store.live.seq }, (reply) => {
      if (reply.ok) show(onWatchTaken(store, asked));
    });
  };
  const take = (delta: RunDelta) => {
    takeBegun();
    const next = onDelta(store, delta);
    show(next.store);
    if (next.watchAgain) watch();
  };
  const started: ServerToClient['step-started'] = (step) => {
    if (step.runId !== runId || store.phase !== 'live') return;
    begun.push(step);
    tell();
  };
  const lost = () => show(onLost(store));
  socket.on('run-delta', take);
  socket.on('step-started', started);
  socket.on('connect', watch);
  socket.on('disconnect', lost);
  if (socket.connected) watch();
  onPanels({ store, news });
  return () => {
    socket.off('run-delta', take);
    socket.off('step-started', started);
    socket.off('connect', watch);
    socket.off('disconnect', lost);
    if (socket.connected) socket.emit('unwatch-run', { runId });
    canvas.stop();
    panels.stop();
  };
}

/** A run with its flow, live. `followed` is null until the run is read. */
export function useRun(runId: string) {
  const query = useQuery({
    queryKey: ['getRun', runId],
    queryFn: () => api('getRun', { params: { runId } }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const [followed, setFollowed] = useState<FollowedRun | null>(null);
  const detail = query.data;
  useEffect(() => {
    if (detail) return feedRun(detail, setFollowed);
    setFollowed(null);
    return undefined;
  }, [detail]);
  return { query, detail, followed: followed?.store.live.runId === runId ? followed : null };
}

/** Steps of an iteration of a very long run that were not read with it; null until they are, or when none is asked for. */
export function useStepsNear(runId: string, step: string | null): Record<string, StepView> | null {
  const around = step?.slice(0, step.lastIndexOf('/') + 1) ?? '';
  const query = useQuery({
    queryKey: ['getIteration', runId, around],
    queryFn: async () => {
      const { steps } = await api('getIteration', { params: { runId, step: step ?? '' } });
      return Object.fromEntries(steps.map((one) => [one.step, one]));
    },
    enabled: around !== '',
    staleTime: Number.POSITIVE_INFINITY,
  });
  return query.data ?? null;
}

/** Input, params, output and log of a step; read again whenever the journal says something new about it. */
export function useStepData(runId: string, step: string, seq: number, enabled: boolean, full: boolean) {
  const client = useQueryClient();
  const lastSeq = useRef(seq);
  if (seq > 0) lastSeq.current = seq;
  const key = ['getStepData', runId, step, full] as const;
  return useQuery({
    queryKey: [...key, lastSeq.current],
    queryFn: () => api('getStepData', { params: { runId, step }, query: full ? { full: 'true' } : {} }),
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    // The data of this very step stays while newer is read; never that of another step.
    placeholderData: () =>
      client
        .getQueriesData<Awaited<ReturnType<typeof api<'getStepData'>>>>({ queryKey: key })
        .map(([, data]) => data)
        .findLast((data) => data !== undefined),
  });
}
