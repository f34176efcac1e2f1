import type { RunSummary } from '@waybill/engine/ports';
import { runIdSchema } from '@waybill/flow-model';
import { newId } from '../auth/secrets.ts';
import type { Some } from '../http/handler.ts';
import { HttpProblem, notFound } from '../problem.ts';
import { effectDirectory } from '../runs/effect-directory.ts';
import { runFinder } from '../runs/run-finder.ts';
import { stepAddress } from '../runs/step-key.ts';
import type { Platform } from './platform.ts';

/** Runs that repeat the same one and are looked at. */
const mostRepeats = 50;

/** Taking back what a run did in other systems. */
export function undoHandlers({
  engine,
  journal,
  directory,
  audit,
  store,
  config,
}: Platform): Some<'previewUndo' | 'undoRun'> {
  const names = effectDirectory({ store, directory, environment: config.environment });
  const { summaryOf, viewOf } = runFinder({ journal, directory });

  async function preview(id: string) {
    const runId = runIdSchema.safeParse(id);
    const found = runId.success ? await engine.previewUndo(runId.data) : null;
    if (!runId.success || !found) throw notFound(`Run ${id}`);
    return { runId: runId.data, ...found };
  }
  /** A run that repeats this one sent nothing where this one had written: it rests on that. */
  async function goesOnIn({ runId, replayRoot, acceptedAt }: RunSummary) {
    const filter = { replayRoot: replayRoot ?? runId, acceptedFrom: acceptedAt };
    const { runs } = await journal.list({ filter, limit: mostRepeats });
    const later = runs.filter((run) => run.runId !== runId && run.status !== 'cancelled');
    const tookOver = await Promise.all(
      later.map(async (run) => {
        const reused = await journal.effects({ filter: { runId: run.runId, states: ['reused'] }, limit: 1 });
        return reused.effects.length > 0;
      }),
    );
    return later.filter((_run, index) => tookOver[index]).map(({ runId: id, status }) => ({ runId: id, status }));
  }

  return {
    async previewUndo({ params }) {
      const { runId, effects, stays } = await preview(params.runId);
      const run = await journal.summary(runId);
      const flow = run && (await store.flowVersions.get(run.versionId))?.flow;
      const bindingOf = (step: string) =>
        Object.values(flow?.nodes[stepAddress(step).nodeId]?.connections ?? {})[0] ?? null;
      const bindings = effects.flatMap(({ step }) => bindingOf(step) ?? []);
      const connections = await names.connections(bindings);
      return {
        stays,
        goesOnIn: run ? await goesOnIn(run) : [],
        effects: effects.map((effect) => ({
          ...effect,
          connection: connections.get(bindingOf(effect.step) ?? '') ?? null,
        })),
      };
    },

    async undoRun({ params, body, actor }) {
      const { runId, effects } = await preview(params.runId);
      const chosen = body.effects ? effects.filter((effect) => body.effects?.includes(effect.effectKey)) : effects;
      const gone = (body.effects?.length ?? 0) - chosen.length;
      if (chosen.length === 0 || gone > 0)
        throw new HttpProblem('UNDO_NOTHING', {
          detail:
            chosen.length === 0
              ? `Run ${runId} has done nothing that can be taken back.`
              : `${gone} of the chosen effects cannot be taken back, or are taken back already.`,
          fix: 'Reload the run and choose among the effects that it lists.',
        });
      const { reason } = body;
      const message = { kind: 'undo' as const, by: actor.name, reason, effects: body.effects ?? ('all' as const) };
      const taken = await engine.deliver(runId, `undo:${newId('rq')}`, message);
      if (taken !== 'accepted')
        throw new HttpProblem('RUN_ACTION_REFUSED', {
          detail: 'Only what a failed or cancelled run did can be taken back.',
          fix: 'Cancel the run first; cancelling can take back what it did at once.',
        });
      await audit(actor, 'run.undo', `run:${runId}`, {
        reason,
        effects: chosen.map(({ step, effectKey }) => ({ step, effectKey })),
      });
      return viewOf(await summaryOf(runId));
    },
  };
}
