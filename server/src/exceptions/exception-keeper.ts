/**
 * Keeps one open exception for every problem that stands in a live run, and none besides.
 *
 * - The bus says at once that a run changed; it may be lost, so nothing rests on it.
 * - The sweep is what counts: it reads every run that failed or stands since its stored mark, and every open exception.
 * - Both only ask for a run to be looked at. Looking twice does nothing: ids come from run, step and journal number.
 */
import type { RunStatus } from '@waybill/engine';
import type { BlobStore, Clock, Definitions, Journal, NodeHost, RunSummary } from '@waybill/engine/ports';
import type { NodeCatalog, RunId } from '@waybill/flow-model';
import { runIdSchema } from '@waybill/flow-model';
import type { CredentialDefinition } from '@waybill/node-sdk';
import type { Repositories, TaskRecord } from '@waybill/store';
import type { AuditLog } from '../audit/audit-log.ts';
import { isFinal } from '../runs/run-filter.ts';
import type { RunMasks } from '../runs/run-masks.ts';
import type { TaskNotices } from '../tasks/task-notices.ts';
import { exceptionBook } from './exception-book.ts';
import { exceptionIdOf } from './exception-record.ts';
import { failureReader } from './failure-reader.ts';
import { overtaken, repeatedBy } from './overtaken.ts';
import { continuedBy, earlierExceptions, newestRepeat } from './repeated-runs.ts';
import type { RoutingDesk } from './routing-desk.ts';
import type { OpenFailure, RunStory, StandingProblem } from './standing-problems.ts';
import { reconciliation, standingProblems } from './standing-problems.ts';

export interface ExceptionKeeper {
  /** For the bus: cheap, never throws. */
  published(summary: RunSummary): void;
  /** Looks at one run now; resolves when its exceptions are right. */
  look(runId: string): Promise<void>;
  /** Catches up since the last mark, then keeps sweeping. */
  begin(): Promise<void>;
  /** Resolves once nothing is under way any more. */
  close(): Promise<void>;
}

export interface KeeperOptions {
  journal: Pick<Journal, 'summary' | 'read' | 'list'>;
  blobs: BlobStore;
  definitions: Pick<Definitions, 'version'>;
  catalog: NodeCatalog;
  evaluate: NodeHost['evaluate'];
  store: Pick<Repositories, 'tasks' | 'exceptions' | 'settings' | 'roleBindings' | 'connections'>;
  credentialTypes: ReadonlyMap<string, CredentialDefinition>;
  routing: RoutingDesk;
  environment: string;
  audit: AuditLog;
  clock: Clock;
  notices: TaskNotices;
  masks: RunMasks;
  onChanged(task: TaskRecord): void;
  onFault(error: unknown): void;
}

const markName = 'exceptions.sweep';
const sweepEveryMs = 60_000;
/** A record gets its time before it is on disk; a mark this much older misses none. */
const overlapMs = 300_000;
const pageSize = 200;
const troubled: RunStatus[] = ['failed', 'paused', 'quarantined'];
/** After these there may be exceptions to close. */
const cured: ReadonlySet<RunStatus> = new Set(['succeeded', 'cancelled', 'ignored', 'running', 'waiting']);

const seqOf = (task: TaskRecord): number => task.content.exception?.failure?.seq ?? 0;

export function exceptionKeeper(options: KeeperOptions): ExceptionKeeper {
  const { journal, definitions, store, clock, onFault } = options;
  const { storyOf, contextOf } = failureReader(options);
  /** Runs with open exceptions, so that the many others cost nothing. */
  const openRuns = new Set<string>();
  /** Runs that failed with a run they called, which has the exception: looked at again when that one is over. */
  const callingRuns = new Set<string>();
  const waiting = new Set<string>();
  /** Could not be looked at: the next sweep comes back to them. */
  const missed = new Set<string>();
  let working: Promise<void> | null = null;
  let isClosed = false;
  let cancelSweep = () => {};

  const { isKnown, opened, failedOnceMore, closeOne } = exceptionBook({ ...options, onOpened: remember });

  const overtakenRuns = overtaken({
    ...{ journal, tasks: store.tasks, clock },
    failedToo: (run) => ask(run.runId),
    close: (task, words) => closeOne(task.id, 'decided', words, 'auto-resolved'),
  });

  const openFailuresOf = async (runId: string): Promise<TaskRecord[]> =>
    (await store.tasks.openOfRun(runId)).filter((task) => task.origin === 'failure');

  async function lookNow(runId: string): Promise<void> {
    const id = runIdSchema.safeParse(runId);
    const summary = id.success ? await journal.summary(id.data) : null;
    const open = await openFailuresOf(runId);
    if (summary?.mode !== 'live') {
      for (const task of open)
        await closeOne(task.id, 'cancelled', 'The run does not exist any more.', 'auto-resolved');
      openRuns.delete(runId);
      return;
    }
    if (open.length === 0 && !troubled.includes(summary.status)) {
      openRuns.delete(runId);
      if (summary.status === 'succeeded') await overtakenRuns.by(summary);
      return;
    }
    const flow = (await definitions.version(summary.versionId))?.flow;
    if (!flow) return;
    const story = await storyOf(summary, flow);
    // The summary is read first: a journal that has gone on since is looked at again by its own news.
    const failures = open.map((task): OpenFailure => ({ id: task.id, step: task.step, seq: seqOf(task) }));
    const plan = reconciliation(story, summary.status, failures);
    const elsewhere = await heldByCalled(story, plan.open);
    if (elsewhere.size > 0) callingRuns.add(runId);
    else callingRuns.delete(runId);
    // Before the exception here is closed: should this process end in between, it is looked at once more.
    if (plan.close.length > 0 && summary.parentRunId !== null) await lookNow(summary.parentRunId);
    const isTroubled = standingProblems(story, summary.status).length > 0;
    const answering = isTroubled ? await answeringRun(summary) : null;
    if (answering) waiting.add(answering.runId);
    const earlier = isTroubled && !answering ? await earlierExceptions({ journal, tasks: store.tasks }, summary) : [];
    const taken = new Set<string>();
    for (const problem of answering ? [] : plan.open) {
      if (elsewhere.has(problem.step) || (await isKnown(exceptionIdOf(runId, problem.step, problem.seq)))) continue;
      const context = await contextOf(problem, summary, flow, story);
      const known = continuedBy(earlier, problem);
      if (known && (await failedOnceMore(known.id, known.runId, context))) taken.add(known.id);
      else await opened(context);
    }
    for (const { id: task, problem } of plan.again)
      await failedOnceMore(task, runId, await contextOf(problem, summary, flow, story));
    for (const { id: task, status, words } of plan.close) await closeOne(task, status, words, 'auto-resolved');
    for (const { task, isOfRepeated } of earlier) {
      // Where a called run has the problem, that one goes on with what stood at the one called before.
      if (taken.has(task.id) || (elsewhere.size > 0 && !isOfRepeated)) continue;
      await closeOne(task.id, 'decided', `${repeatedBy(runId)} failed too: it is told there.`, 'auto-resolved');
    }
    if ((await openFailuresOf(runId)).length === 0) openRuns.delete(runId);
    if (summary.status === 'succeeded') await overtakenRuns.by(summary);
  }

  /** Steps that failed because a run they called did: that one has the exception, and is where it can be mended. */
  async function heldByCalled(story: RunStory, problems: readonly StandingProblem[]): Promise<Set<string>> {
    const held = new Set<string>();
    for (const { step } of problems) {
      const called = story.called.get(step);
      const summary = called === undefined ? null : await journal.summary(called);
      // Over and not failed: it was mended, or given up, and this run still stands.
      if (summary && (summary.status === 'failed' || !isFinal(summary.status))) held.add(step);
    }
    return held;
  }

  /** A run that repeats this one and has an end of its own. One in quarantine is told of by itself: it is not over. */
  async function answeringRun(run: RunSummary): Promise<RunSummary | null> {
    const newest = run.status === 'quarantined' ? null : await newestRepeat({ journal }, run);
    return newest?.status === 'failed' || newest?.status === 'succeeded' ? newest : null;
  }

  function remember(task: Pick<TaskRecord, 'runId' | 'flowId' | 'businessKey'>): void {
    openRuns.add(task.runId);
    overtakenRuns.remember(task);
  }

  function ask(runId: string): Promise<void> {
    waiting.add(runId);
    working ??= work();
    return working;
  }

  async function work(): Promise<void> {
    for (const runId of waiting) {
      waiting.delete(runId);
      if (isClosed) break;
      try {
        await lookNow(runId);
      } catch (error) {
        missed.add(runId);
        onFault(error);
      }
    }
    working = null;
  }

  async function sweep(): Promise<void> {
    const startedAt = clock.now();
    const mark = await store.settings.get(markName);
    const since = typeof mark === 'number' ? mark - overlapMs : 0;
    const again = [...missed];
    missed.clear();
    for (const runId of again) await ask(runId);
    let cursor: string | undefined;
    do {
      const page = await journal.list({
        filter: { statuses: troubled, mode: 'live', updatedFrom: since },
        limit: pageSize,
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const run of page.runs) await ask(run.runId);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && !isClosed);
    await sweepOpen();
    if (!isClosed && missed.size === 0) await store.settings.put(markName, startedAt);
  }

  /** Open exceptions whose run went on unseen. */
  async function sweepOpen(): Promise<void> {
    let cursor: string | undefined;
    do {
      const page = await store.tasks.list({
        status: 'open',
        origin: 'failure',
        limit: pageSize,
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const task of page.items) {
        remember(task);
        const run = await journal.summary(task.runId as RunId);
        if (!run || run.seq > seqOf(task)) await ask(task.runId);
        else await overtakenRuns.unseen(task, run);
      }
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && !isClosed);
  }

  function sweepLater(): void {
    if (isClosed) return;
    cancelSweep = clock.wakeAt(clock.now() + sweepEveryMs, () => {
      sweeping = sweep().catch(onFault).finally(sweepLater);
    });
  }
  let sweeping: Promise<void> = Promise.resolve();

  return {
    published(summary) {
      const { runId, mode, status, parentRunId } = summary;
      if (mode !== 'live' || isClosed) return;
      if (parentRunId !== null && callingRuns.has(parentRunId) && isFinal(status)) ask(parentRunId).catch(onFault);
      const isTroubled = troubled.includes(status);
      if (isTroubled || overtakenRuns.mayBeBy(summary) || (openRuns.has(runId) && cured.has(status)))
        ask(runId).catch(onFault);
    },
    async look(runId) {
      await ask(runId);
    },
    async begin() {
      await sweep().catch(onFault);
      sweepLater();
    },
    async close() {
      isClosed = true;
      cancelSweep();
      await working;
      await sweeping;
    },
  };
}
