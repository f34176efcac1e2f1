import type { RetriedWrite } from '@waybill/api-contract';
import type { RetriedEffect } from '@waybill/engine';
import { runIdSchema } from '@waybill/flow-model';
import { newId } from '../auth/secrets.ts';
import type { Some } from '../http/handler.ts';
import { HttpProblem, notFound } from '../problem.ts';
import { effectDirectory } from '../runs/effect-directory.ts';
import { countsOf, firstWrites, matchesWrite, writePage } from '../runs/retried-writes.ts';
import { runFinder } from '../runs/run-finder.ts';
import type { Platform } from './platform.ts';

/** Steps and writes that a preview names at once. */
const previewed = 500;

/** Taking up all that failed in a run. */
export function retryHandlers({
  engine,
  journal,
  store,
  directory,
  audit,
  config,
}: Platform): Some<'previewRetry' | 'listRetriedWrites' | 'retryRun'> {
  const names = effectDirectory({ store, directory, environment: config.environment });
  const { summaryOf, viewOf } = runFinder({ journal, directory });

  async function preview(id: string) {
    const runId = runIdSchema.safeParse(id);
    const found = runId.success ? await engine.previewRetry(runId.data) : null;
    if (!runId.success || !found) throw notFound(`Run ${id}`);
    return { runId: runId.data, ...found };
  }

  async function named(writes: readonly RetriedEffect[]): Promise<RetriedWrite[]> {
    const connections = await names.connections(writes.flatMap((write) => write.connection ?? []));
    return writes.map(({ connection, ...write }) => ({
      ...write,
      connection: connection === null ? null : (connections.get(connection) ?? null),
    }));
  }

  return {
    async previewRetry({ params }) {
      const { steps, effects, unread } = await preview(params.runId);
      const listed = firstWrites(effects, previewed);
      return {
        steps: steps.slice(0, previewed),
        stepCount: steps.length,
        counts: countsOf(effects),
        effects: await named(listed),
        more: effects.length - listed.length,
        unread,
      };
    },

    async listRetriedWrites({ params, query }) {
      const { effects } = await preview(params.runId);
      const found = (await named(effects)).filter((write) => matchesWrite(write, query));
      return writePage(found, query);
    },

    async retryRun({ params, body, actor }) {
      const { runId, steps } = await preview(params.runId);
      const { reason } = body;
      const before = await journal.summary(runId);
      const taken = await engine.deliver(runId, `retry-run:${newId('rq')}`, {
        kind: 'retry-run',
        by: actor.name,
        reason,
      });
      if (taken !== 'accepted')
        throw new HttpProblem('RUN_ACTION_REFUSED', {
          detail: 'Only a run that failed or stands still over a step can be retried; nothing was changed.',
          fix: 'Reload the run; it may have gone on meanwhile.',
        });
      await audit(actor, 'run.retry-run', `run:${runId}`, {
        reason,
        before: before?.status,
        steps: steps.map(({ runId: of, step }) => (of === runId ? step : `${of}/${step}`)),
      });
      return viewOf(await summaryOf(runId));
    },
  };
}
