import type { ConnectionGauge, FlowSummary, RunSummaryView, Task } from '@waybill/api-contract';
import type { Bus, Definitions, Journal, RunFilter, RunSummary } from '@waybill/engine/ports';
import { matchesRun } from '@waybill/engine/ports';
import type { NodeCatalog, RunId } from '@waybill/flow-model';
import type { FlowDirectory } from '../flows/flow-directory.ts';
import { stepAddress } from '../runs/step-key.ts';
import { viewContext } from '../runs/view-context.ts';
import type { Watcher } from './run-watch.ts';
import { RunWatch } from './run-watch.ts';

export interface RunsWatcher {
  filter: RunFilter;
  ready(): boolean;
  send(runs: RunSummaryView[]): void;
}
export interface StepStarted {
  runId: string;
  step: string;
  nodeId: string;
  attempt: number;
  at: number;
}

/** What goes to everybody who may see it. */
export interface Broadcast {
  stepStarted(started: StepStarted): void;
  taskChanged(task: Pick<Task, 'id' | 'status' | 'runId'>): void;
  bulkChanged(operation: { id: string }): void;
  filesChanged(): void;
  flowChanged(summary: FlowSummary, by: string, editor: string | null): void;
  connectionGauges(gauges: ConnectionGauge[]): void;
  areConnectionsWatched(): boolean;
}

export interface LiveHub extends Bus {
  watchRun(runId: RunId, watcher: Watcher, afterSeq: number): Promise<boolean>;
  unwatchRun(runId: RunId, watcher: Watcher): void;
  watchRuns(watcher: RunsWatcher): void;
  unwatchRuns(watcher: RunsWatcher): void;
  /** Sends what has changed. */
  flush(): Promise<void>;
  /** Sends what those missed that were not ready before. */
  catchUp(): Promise<void>;
  /** Set once the socket server exists. */
  broadcast: Broadcast | null;
  close(): void;
}

/** The first change after a calm is sent at once, the next ones together: few messages at hundreds of steps a second. */
const coalesceMs = 40;
const changedRunsLimit = 2_000;

/** Takes what the engine publishes to the screens that watch. Never blocks the engine. */
export function liveHub(options: {
  journal: () => Pick<Journal, 'read' | 'summary'>;
  definitions: () => Pick<Definitions, 'version'>;
  catalog: NodeCatalog;
  directory: FlowDirectory;
  onFault(error: unknown): void;
}): LiveHub {
  const { journal, definitions, catalog, directory, onFault } = options;
  const watches = new Map<RunId, RunWatch>();
  const dirty = new Set<RunWatch>();
  /** Each list with the runs it has not been sent yet. */
  const listWatchers = new Map<RunsWatcher, Map<RunId, RunSummary>>();
  let changedRuns = new Map<RunId, RunSummary>();
  let timer: NodeJS.Timeout | null = null;
  let flushedAt = 0;

  const toView = async (summary: RunSummary): Promise<RunSummaryView> =>
    (await directory.views([summary]))[0] as RunSummaryView;

  function schedule(): void {
    timer ??= setTimeout(
      () => {
        timer = null;
        flushedAt = performance.now();
        hub.flush().catch(onFault);
      },
      Math.max(0, flushedAt + coalesceMs - performance.now()),
    );
  }

  /** Hands changed runs to each list they belong on; what a slow one cannot take now waits for it. */
  async function flushLists(): Promise<void> {
    const runs = [...changedRuns.values()];
    changedRuns = new Map();
    for (const [watcher, waiting] of listWatchers)
      for (const run of runs) {
        if (!matchesRun(run, watcher.filter)) continue;
        waiting.set(run.runId, run);
        // Far more than a screen shows: the oldest change has long scrolled away.
        if (waiting.size > changedRunsLimit) waiting.delete(waiting.keys().next().value as RunId);
      }
    const ready = [...listWatchers].filter(([watcher, waiting]) => waiting.size > 0 && watcher.ready());
    const wanted = new Map(ready.flatMap(([, waiting]) => [...waiting]));
    const views = new Map((await directory.views([...wanted.values()])).map((view) => [view.id, view]));
    for (const [watcher, waiting] of ready) {
      const mine = [...waiting.keys()].flatMap((runId) => views.get(runId) ?? []);
      waiting.clear();
      watcher.send(mine);
    }
  }

  async function watchOf(runId: RunId): Promise<RunWatch | null> {
    const known = watches.get(runId);
    if (known) return known;
    const summary = await journal().summary(runId);
    const version = summary && (await definitions().version(summary.versionId));
    if (!version) return null;
    const made =
      watches.get(runId) ??
      new RunWatch({ runId, journal: journal(), context: viewContext(version.flow, catalog), toView });
    watches.set(runId, made);
    return made;
  }

  const hub: LiveHub = {
    broadcast: null,
    published(runId, records, summary) {
      const watch = watches.get(runId);
      if (watch) {
        watch.publish(records, summary);
        dirty.add(watch);
      }
      if (listWatchers.size > 0 && changedRuns.size < changedRunsLimit) changedRuns.set(runId, summary);
      if (watch || listWatchers.size > 0) schedule();
    },
    stepStarted(runId, step, attempt, at) {
      if (!watches.has(runId)) return;
      hub.broadcast?.stepStarted({ runId, step, nodeId: stepAddress(step).nodeId, attempt, at });
    },
    async watchRun(runId, watcher, afterSeq) {
      const watch = await watchOf(runId);
      if (!watch) return false;
      await watch.add(watcher, afterSeq);
      return true;
    },
    unwatchRun(runId, watcher) {
      const watch = watches.get(runId);
      watch?.remove(watcher);
      if (watch?.isUnwatched) watches.delete(runId);
    },
    watchRuns: (watcher) => void listWatchers.set(watcher, new Map()),
    unwatchRuns: (watcher) => void listWatchers.delete(watcher),
    async flush() {
      const now = [...dirty];
      dirty.clear();
      await Promise.all([...now.map((watch) => watch.flush()), flushLists()]);
    },
    async catchUp() {
      for (const watch of watches.values()) dirty.add(watch);
      await hub.flush();
    },
    close() {
      if (timer) clearTimeout(timer);
      watches.clear();
      listWatchers.clear();
    },
  };
  return hub;
}
