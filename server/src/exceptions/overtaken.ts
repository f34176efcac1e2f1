/** Exceptions whose run was overtaken: a later one did for the same business object, or by repeating it, what that one could not. */
import type { Clock, Journal, RunSummary } from '@waybill/engine/ports';
import type { RunId } from '@waybill/flow-model';
import type { Repositories, TaskRecord } from '@waybill/store';
import { mostRepeats, newestRepeat } from './repeated-runs.ts';

export interface Overtaken {
  /** Business objects with an open exception are known, so that the many other runs cost nothing. */
  remember(task: Pick<TaskRecord, 'flowId' | 'businessKey'>): void;
  /** Whether a run may have done what an earlier one could not. */
  mayBeBy(run: Pick<RunSummary, 'status' | 'flowId' | 'businessKey' | 'replayRoot'>): boolean;
  /** Closes what this run made needless. */
  by(later: RunSummary): Promise<void>;
  /** Closes an exception if a later run of which nobody heard made it needless. */
  unseen(task: TaskRecord, run: RunSummary): Promise<void>;
}

interface OvertakenParts {
  journal: Pick<Journal, 'summary' | 'list'>;
  tasks: Pick<Repositories['tasks'], 'list'>;
  clock: Clock;
  close(task: TaskRecord, words: string): Promise<void>;
  /** An exception stands at a run although one that repeats it failed as well. */
  failedToo(newest: RunSummary): Promise<void>;
}

const pageSize = 200;

const keyOf = (flowId: string, businessKey: string): string => `${flowId}\n${businessKey}`;

export function overtaken({ journal, tasks, clock, close, failedToo }: OvertakenParts): Overtaken {
  const openKeys = new Map<string, number>();

  async function closeIfOvertaken(task: TaskRecord, later: RunSummary, words: string): Promise<void> {
    const earlier = await journal.summary(task.runId as RunId);
    // A run that stands still is not over: it would go on without anybody who knows of it.
    if (earlier?.status === 'failed' && earlier.acceptedAt < later.acceptedAt) await close(task, words);
  }

  async function byKey(later: RunSummary): Promise<void> {
    const { flowId, businessKey, runId } = later;
    if (businessKey === null || !openKeys.has(keyOf(flowId, businessKey))) return;
    const page = await tasks.list({ status: 'open', origin: 'failure', flowId, businessKey, limit: pageSize });
    const words = `A later run for ${businessKey} succeeded (${runId}).`;
    for (const task of page.items) await closeIfOvertaken(task, later, words);
    if (page.items.length === 0) openKeys.delete(keyOf(flowId, businessKey));
  }

  async function byRepeat(later: RunSummary): Promise<void> {
    const { replayRoot, runId } = later;
    if (replayRoot === null) return;
    const { runs } = await journal.list({ filter: { replayRoot }, limit: mostRepeats });
    for (const earlier of [replayRoot, ...runs.map((run) => run.runId)]) {
      if (earlier === runId) continue;
      // Also those of runs it called.
      const asked = { status: 'open', origin: 'failure', tag: `run:${earlier}` } as const;
      for (const task of (await tasks.list({ ...asked, limit: pageSize })).items)
        await closeIfOvertaken(task, later, `${repeatedBy(runId)} succeeded.`);
    }
  }

  return {
    remember({ flowId, businessKey }) {
      if (businessKey !== null) openKeys.set(keyOf(flowId, businessKey), clock.now());
    },
    mayBeBy({ status, flowId, businessKey, replayRoot }) {
      if (status !== 'succeeded') return false;
      return replayRoot !== null || (businessKey !== null && openKeys.has(keyOf(flowId, businessKey)));
    },
    async by(later) {
      await byKey(later);
      await byRepeat(later);
    },
    async unseen(task, run) {
      if (run.status !== 'failed') return;
      const { runId, flowId, acceptedAt, replayRoot } = run;
      const asked = { flowId, statuses: ['succeeded' as const], mode: 'live' as const, acceptedFrom: acceptedAt };
      const newest = async (filter: { businessKey: string } | { replayRoot: RunId }) =>
        (await journal.list({ filter: { ...asked, ...filter }, limit: 1 })).runs[0];
      const repeat = await newest({ replayRoot: replayRoot ?? runId });
      if (repeat) await closeIfOvertaken(task, repeat, `${repeatedBy(repeat.runId)} succeeded.`);
      else {
        const last = await newestRepeat({ journal }, run);
        if (last?.status === 'failed') await failedToo(last);
      }
      const later = task.businessKey === null ? undefined : await newest({ businessKey: task.businessKey });
      if (later) await closeIfOvertaken(task, later, `A later run for ${task.businessKey} succeeded (${later.runId}).`);
    },
  };
}

export const repeatedBy = (runId: string): string => `Run ${runId}, which repeats this one,`;
