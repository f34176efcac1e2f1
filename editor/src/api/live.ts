import type { ClientToServer, ServerToClient } from '@waybill/api-contract';
import { useEffect, useRef, useState } from 'react';
import { gesture } from '../ui/gesture.ts';
import type { Pace } from './news-pace.ts';
import { paceNews } from './news-pace.ts';
import type { LiveRun, StepStarted } from './resync.ts';
import { applyDelta, applyStarted, emptyLiveRun } from './resync.ts';
import { liveSocket } from './socket.ts';

/** Calls `handler` for each server event of this name while the component is shown. */
export function useLiveEvent<E extends keyof ServerToClient>(event: E, handler: ServerToClient[E]): void {
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => {
    const socket = liveSocket();
    const listen = ((...args: Parameters<ServerToClient[E]>) =>
      (latest.current as (...given: typeof args) => void)(...args)) as never;
    socket.on(event, listen);
    return () => {
      socket.off(event, listen);
    };
  }, [event]);
}

/** Calls `handler` whenever the page is connected, for what happened while it was not. */
export function useLiveConnect(handler: () => void): void {
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => {
    const socket = liveSocket();
    const connected = () => latest.current();
    socket.on('connect', connected);
    return () => {
      socket.off('connect', connected);
    };
  }, []);
}

/** Cards say what happened with the next frame; while a drawing is moved, redrawing them each time would make it stutter. */
export const canvasPace: Pace = { everyMs: 0, whileMovedMs: 300 };

/**
 * Follows one run: journal deltas in order, again from the last number after a reconnect or a gap.
 * `onChange` gets whole states, at most one per frame. Returns the function that stops.
 */
export function followRun(runId: string, onChange: (live: LiveRun) => void, onProblem?: (words: string) => void) {
  const socket = liveSocket();
  let live = emptyLiveRun(runId);
  let begun: StepStarted[] = [];
  const takeBegun = () => {
    live = applyStarted(live, begun);
    begun = [];
  };
  const news = paceNews(
    () => {
      takeBegun();
      onChange(live);
    },
    canvasPace,
    gesture,
  );
  const watch = () =>
    socket.emit('watch-run', { runId, afterSeq: live.seq }, (reply) => {
      if (!reply.ok) onProblem?.(reply.problem ?? 'This run cannot be followed.');
    });
  const onDelta: ServerToClient['run-delta'] = (delta) => {
    if (delta.runId !== runId) return;
    takeBegun();
    const outcome = applyDelta(live, delta);
    if (outcome.kind === 'watch-again') return void watch();
    live = outcome.live;
    news.tell();
  };
  const onStarted: ServerToClient['step-started'] = (started) => {
    if (started.runId !== runId) return;
    begun.push(started);
    news.tell();
  };
  socket.on('run-delta', onDelta);
  socket.on('step-started', onStarted);
  socket.on('connect', watch);
  if (socket.connected) watch();
  return () => {
    socket.off('run-delta', onDelta);
    socket.off('step-started', onStarted);
    socket.off('connect', watch);
    if (socket.connected) socket.emit('unwatch-run', { runId });
    news.stop();
  };
}

/** The live state of a run, or null before the first news. */
export function useLiveRun(runId: string | null): LiveRun | null {
  const [live, setLive] = useState<LiveRun | null>(null);
  useEffect(() => {
    setLive(null);
    return runId ? followRun(runId, setLive) : undefined;
  }, [runId]);
  return live?.runId === runId ? live : null;
}

type RunsFilter = Parameters<ClientToServer['watch-runs']>[0]['filter'];

/**
 * Runs that changed and match the filter. `onWatching`: from now on nothing is missed, but something may have been since
 * the list was read, so it is to be read again.
 */
export function useLiveRuns(
  filter: RunsFilter,
  onChange: ServerToClient['runs-changed'],
  onWatching: () => void,
): void {
  const key = JSON.stringify(filter);
  const watching = useRef(onWatching);
  watching.current = onWatching;
  useLiveEvent('runs-changed', onChange);
  useEffect(() => {
    const socket = liveSocket();
    const watch = () => socket.emit('watch-runs', { filter: JSON.parse(key) as RunsFilter }, () => watching.current());
    socket.on('connect', watch);
    if (socket.connected) watch();
    return () => {
      socket.off('connect', watch);
      if (socket.connected) socket.emit('unwatch-runs');
    };
  }, [key]);
}

/** Joins the people who have a flow open; `flow-changed` and `flow-presence` arrive by `useLiveEvent`. */
export function useWatchFlow(flowId: string, editor: string): void {
  useEffect(() => {
    const socket = liveSocket();
    const watch = () => socket.emit('watch-flow', { flowId, editor }, () => undefined);
    socket.on('connect', watch);
    if (socket.connected) watch();
    return () => {
      socket.off('connect', watch);
      if (socket.connected) socket.emit('unwatch-flow', { flowId });
    };
  }, [flowId, editor]);
}
