import { runIdSchema } from '@waybill/flow-model';
import { newId } from '../auth/secrets.ts';
import type { Some } from '../http/handler.ts';
import { HttpProblem, notFound } from '../problem.ts';
import { effectDirectory } from '../runs/effect-directory.ts';
import type { Platform } from './platform.ts';

/** Taking up all that failed in a run. */
export function retryHandlers({
  engine,
  journal,
  store,
  directory,
  audit,
  config,
}: Platform): Some<'previewRetry' | 'retryRun'> {
  const names = effectDirectory({ store, directory, environment: config.environment });

  async function preview(id: string) {
    const runId = runIdSchema.safeParse(id);
    const found = runId.success ? await engine.previewRetry(runId.data) : null;
    if (!runId.success || !found) throw notFound(`Run ${id}`);
    return { runId: runId.data, ...found };
  }

  return {
    async previewRetry({ params }) {
      const { steps, effects, more } = await preview(params.runId);
      const connections = await names.connections(effects.flatMap((effect) => effect.connection ?? []));
      return {
        steps,
        more,
        effects: effects.map(({ connection, ...effect }) => ({
          ...effect,
          connection: connection === null ? null : (connections.get(connection) ?? null),
        })),
      };
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
      const summary = await journal.summary(runId);
      const [view] = summary ? await directory.views([summary]) : [];
      if (!view) throw notFound(`Run ${runId}`);
      return view;
    },
  };
}
