import type { FixField } from '@waybill/api-contract';
import type { BlobStore, Definitions, Journal } from '@waybill/engine/ports';
import type { JsonObject, NodeCatalog, RunId } from '@waybill/flow-model';
import { hiddenIn, manifestKey } from '@waybill/flow-model';
import type { TaskRecord } from '@waybill/store';
import type { Actor } from '../auth/actor.ts';
import { loadValue } from '../runs/step-data.ts';
import { stepAddress } from '../runs/step-key.ts';
import type { StepSourceReader } from '../runs/step-sources.ts';
import type { FixSources } from './fix-form.ts';
import { fixFields, isProgram } from './fix-form.ts';

/** The fields of a failed step as this person may correct them; null where there are none. */
export type FixData = (task: TaskRecord, actor: Actor) => Promise<{ sources: FixSources; fields: FixField[] } | null>;

export function fixDataReader(options: {
  journal: Pick<Journal, 'read' | 'summary'>;
  blobs: BlobStore;
  definitions: Pick<Definitions, 'version'>;
  catalog: NodeCatalog;
  stepSources: StepSourceReader;
}): FixData {
  const { journal, blobs, definitions, catalog, stepSources } = options;
  return async (task, actor) => {
    // Whoever sees the problem does not thereby see the data of its run.
    if (!actor.permissions.has('runs.data')) return null;
    const { error, exception } = task.content;
    const failure = exception?.failure;
    if (!error || !failure || failure.kind === 'quarantined' || task.step === '') return null;
    const runId = task.runId as RunId;
    const summary = await journal.summary(runId);
    const flow = summary && (await definitions.version(summary.versionId))?.flow;
    const node = flow?.nodes[stepAddress(task.step).nodeId];
    if (!node) return null;
    const sources = await stepSources(runId, task.step);
    const params = await loadValue(blobs, sources?.params ?? null);
    const known = typeof params === 'object' && params !== null && !Array.isArray(params) ? params : {};
    const names = new Set(task.content.maskedNames);
    const [first] = names.size === 0 ? [] : await journal.read(runId, 0, 1);
    const start = first?.record.type === 'run-accepted' ? first.record.start.input : null;
    const trigger = await loadValue(blobs, start);
    const fixSources: FixSources = {
      manifest: catalog.get(manifestKey(node.type, node.version)),
      params: known,
      written: node.params as JsonObject,
      error,
      names,
      hidden: hiddenIn([trigger, known], names),
    };
    // Changing a program is changing the flow, if only for this run.
    const mayProgram = actor.permissions.has('flows.edit');
    const fields = fixFields(fixSources).filter((field) => mayProgram || !isProgram(field));
    return fields.length === 0 ? null : { sources: fixSources, fields };
  };
}
