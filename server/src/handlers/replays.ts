import type { RunReplay } from '@waybill/engine';
import type { RunSummary } from '@waybill/engine/ports';
import type { JsonValue } from '@waybill/flow-model';
import { hiddenIn, masked, runIdSchema } from '@waybill/flow-model';
import type { Some } from '../http/handler.ts';
import { notFound } from '../problem.ts';
import { checkEditedInput } from '../runs/edited-input.ts';
import { effectDirectory } from '../runs/effect-directory.ts';
import { replayVersion } from '../runs/replay-version.ts';
import { runFinder } from '../runs/run-finder.ts';
import { restored } from '../runs/run-masks.ts';
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
  masks,
  stepSources,
}: Platform): Some<'previewReplay' | 'replayRun' | 'getReplayEdit'> {
  const names = effectDirectory({ store, directory, environment: config.environment });
  const { summaryOf, viewOf } = runFinder({ journal, directory });

  /** What was hidden from whoever edited it stays as it was. */
  async function restoredEdit({ runId }: RunSummary, from: string | undefined, edited: JsonValue) {
    const names = await masks.ofRun(runId);
    const [first] = await journal.read(runId, 0, 1);
    const trigger = first?.record.type === 'run-accepted' ? first.record.start.triggerNode : '';
    const sources = await stepSources(runId, from ?? trigger);
    const [input, params, output] = await Promise.all(
      [sources?.input ?? null, sources?.params ?? null, sources?.output ?? null].map((stored) =>
        loadValue(blobs, stored),
      ),
    );
    const start = first?.record.type === 'run-accepted' ? await loadValue(blobs, first.record.start.input) : null;
    const hidden = hiddenIn([start, input ?? null, params ?? null, output ?? null], names);
    return restored(edited, input ?? null, names, hidden);
  }

  async function chosen(id: string, { from, version, effects, edited }: Choice) {
    const summary = await summaryOf(id);
    const versionId = await replayVersion(flows, summary, version);
    const given = edited === undefined ? undefined : await restoredEdit(summary, from, edited);
    if (from !== undefined && given !== undefined) {
      const wanted = await store.flowVersions.get(versionId);
      if (wanted) checkEditedInput(wanted.flow, catalog, from, given);
    }
    const request = {
      effects,
      versionId,
      ...(from === undefined ? {} : { from }),
      ...(given === undefined ? {} : { edited: given }),
    };
    return { runId: summary.runId, request };
  }

  async function replayOf(id: string): Promise<RunReplay | null> {
    const runId = runIdSchema.safeParse(id);
    const [first] = runId.success ? await journal.read(runId.data, 0, 1) : [];
    if (first?.record.type !== 'run-accepted') throw notFound(`Run ${id}`);
    return first.record.start.replay ?? null;
  }

  return {
    async previewReplay({ params, body }) {
      const { runId, request } = await chosen(params.runId, body);
      const { effects, more, lost } = await engine.previewReplay(runId, request);
      const connections = await names.connections(effects.flatMap((effect) => effect.connection ?? []));
      const numbers = await store.flowVersions.numbers([request.versionId]);
      return {
        versionNumber: numbers.get(request.versionId) || null,
        more,
        lost,
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
        edited: choice.edited === undefined ? undefined : masked(choice.edited, await masks.ofRun(runId)),
      });
      return viewOf(await summaryOf(started.runId));
    },

    async getReplayEdit({ params }) {
      const replay = await replayOf(params.runId);
      if (!replay?.edited) return null;
      const { before, after } = replay.edited;
      const names = await masks.ofRun(params.runId);
      return {
        step: replay.from ?? null,
        before: masked(await loadValue(blobs, before), names),
        after: masked(after, names),
      };
    },
  };
}
