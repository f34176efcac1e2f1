import type { RunReplay } from '@waybill/engine';
import type { JsonValue, RunId } from '@waybill/flow-model';
import { runIdSchema } from '@waybill/flow-model';
import type { Some } from '../http/handler.ts';
import { notFound } from '../problem.ts';
import { checkEditedInput } from '../runs/edited-input.ts';
import { effectDirectory } from '../runs/effect-directory.ts';
import { replayVersion } from '../runs/replay-version.ts';
import { loadValue } from '../runs/step-data.ts';
import type { Platform } from './platform.ts';

interface Choice {
  from?: string | undefined;
  version: 'same' | 'newest';
  effects: RunReplay['effects'];
  edited?: JsonValue | undefined;
}

/** Repeating a run that is over. */
export function replayHandlers({
  engine,
  journal,
  blobs,
  store,
  flows,
  directory,
  audit,
  config,
  catalog,
}: Platform): Some<'previewReplay' | 'replayRun' | 'getReplayEdit'> {
  const names = effectDirectory({ store, directory, environment: config.environment });

  async function chosen(id: string, { from, version, effects, edited }: Choice) {
    const runId = runIdSchema.safeParse(id);
    const summary = runId.success ? await journal.summary(runId.data) : null;
    if (!summary) throw notFound(`Run ${id}`);
    const versionId = await replayVersion(flows, summary, version);
    if (from !== undefined && edited !== undefined) {
      const wanted = await store.flowVersions.get(versionId);
      if (wanted) checkEditedInput(wanted.flow, catalog, from, edited);
    }
    const request = {
      effects,
      versionId,
      ...(from === undefined ? {} : { from }),
      ...(edited === undefined ? {} : { edited }),
    };
    return { runId: summary.runId, request };
  }

  async function replayOf(id: string): Promise<RunReplay | null> {
    const runId = runIdSchema.safeParse(id);
    const [first] = runId.success ? await journal.read(runId.data, 0, 1) : [];
    if (first?.record.type !== 'run-accepted') throw notFound(`Run ${id}`);
    return first.record.start.replay ?? null;
  }

  async function viewOf(runId: RunId) {
    const summary = await journal.summary(runId);
    const [view] = summary ? await directory.views([summary]) : [];
    if (!view) throw notFound(`Run ${runId}`);
    return view;
  }

  return {
    async previewReplay({ params, body }) {
      const { runId, request } = await chosen(params.runId, body);
      const { effects, more } = await engine.previewReplay(runId, request);
      const connections = await names.connections(effects.flatMap((effect) => effect.connection ?? []));
      const numbers = await store.flowVersions.numbers([request.versionId]);
      return {
        versionNumber: numbers.get(request.versionId) || null,
        more,
        effects: effects.map(({ connection, ...effect }) => ({
          ...effect,
          connection: connection === null ? null : (connections.get(connection) ?? null),
        })),
      };
    },

    async replayRun({ params, body, actor }) {
      const { reason, ...choice } = body;
      const { runId, request } = await chosen(params.runId, choice);
      const started = await engine.replay(runId, { ...request, by: actor.name, startedBy: actor.id, reason });
      await audit(actor, 'run.replay', `run:${runId}`, {
        reason,
        started: started.runId,
        from: choice.from,
        version: choice.version,
        effects: choice.effects,
        edited: choice.edited,
      });
      return viewOf(started.runId);
    },

    async getReplayEdit({ params }) {
      const replay = await replayOf(params.runId);
      if (!replay?.edited) return null;
      const { before, after } = replay.edited;
      return { step: replay.from ?? null, before: (await loadValue(blobs, before)) ?? null, after };
    },
  };
}
