import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { RunDelta, RunDetail, ServerToClient, StepView } from '@waybill/api-contract';
import { useEffect, useRef, useState } from 'react';
import { api } from '../../api/client.ts';
import { liveSocket } from '../../api/socket.ts';
import type { RunStore } from './run-store.ts';
import { onDelta, onLost, onStarted, onWatchAsked, onWatchTaken, openRun } from './run-store.ts';

/** Keeps a run's store fed by the socket. `onChange` gets whole states, at most one per frame; returns the stop function. */
function feedRun(detail: RunDetail, onChange: (store: RunStore) => void): () => void {
  const socket = liveSocket();
  const runId = detail.run.id;
  let store = openRun(detail);
  let frame = 0;
  const show = (next: RunStore) => {
    if (next === store) return;
    store = next;
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      onChange(store);
    });
  };
  const watch = () => {
    show(onWatchAsked(store));
    const asked = store.watch;
    socket.emit('watch-run', { runId, afterSeq: store.live.seq }, (reply) => {
      if (reply.ok) show(onWatchTaken(store, asked));
    });
  };
  const take = (delta: RunDelta) => {
    const next = onDelta(store, delta);
    show(next.store);
    if (next.watchAgain) watch();
  };
  const started: ServerToClient['step-started'] = (news) => show(onStarted(store, news));
  const lost = () => show(onLost(store));
  socket.on('run-delta', take);
  socket.on('step-started', started);
  socket.on('connect', watch);
  socket.on('disconnect', lost);
  if (socket.connected) watch();
  onChange(store);
  return () => {
    socket.off('run-delta', take);
    socket.off('step-started', started);
    socket.off('connect', watch);
    socket.off('disconnect', lost);
    if (socket.connected) socket.emit('unwatch-run', { runId });
    cancelAnimationFrame(frame);
  };
}

/** A run with its flow, live. `store` is null until the run is read. */
export function useRun(runId: string) {
  const query = useQuery({
    queryKey: ['getRun', runId],
    queryFn: () => api('getRun', { params: { runId } }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const [store, setStore] = useState<RunStore | null>(null);
  const detail = query.data;
  useEffect(() => {
    if (detail) return feedRun(detail, setStore);
    setStore(null);
    return undefined;
  }, [detail]);
  return { query, detail, store: store?.live.runId === runId ? store : null };
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
