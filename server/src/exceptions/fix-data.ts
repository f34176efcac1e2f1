import type { FixField } from '@waybill/api-contract';
import type { BlobStore, Definitions, Journal } from '@waybill/engine/ports';
import type { JsonObject, NodeCatalog, NodeManifest, RunId } from '@waybill/flow-model';
import { manifestKey } from '@waybill/flow-model';
import type { TaskRecord } from '@waybill/store';
import { journalRecords } from '../runs/read-run.ts';
import { addSource, loadValue, noSources } from '../runs/step-data.ts';
import { stepAddress } from '../runs/step-key.ts';
import { fixFields } from './fix-form.ts';

/** The fields of a failed step with what they held; null where nothing can be corrected. */
export type FixData = (
  task: TaskRecord,
) => Promise<{ manifest: NodeManifest | undefined; params: JsonObject; fields: FixField[] } | null>;

export function fixDataReader(options: {
  journal: Pick<Journal, 'read' | 'summary'>;
  blobs: BlobStore;
  definitions: Pick<Definitions, 'version'>;
  catalog: NodeCatalog;
}): FixData {
  const { journal, blobs, definitions, catalog } = options;
  return async (task) => {
    const { error, exception } = task.content;
    const failure = exception?.failure;
    if (!error || !failure || failure.kind === 'quarantined' || task.step === '') return null;
    const runId = task.runId as RunId;
    const summary = await journal.summary(runId);
    const flow = summary && (await definitions.version(summary.versionId))?.flow;
    const node = flow?.nodes[stepAddress(task.step).nodeId];
    if (!node) return null;
    let sources = noSources();
    for await (const record of journalRecords(journal, runId)) sources = addSource(sources, task.step, record);
    const params = await loadValue(blobs, sources.params);
    if (typeof params !== 'object' || params === null || Array.isArray(params)) return null;
    const manifest = catalog.get(manifestKey(node.type, node.version));
    const fields = fixFields(manifest, params, error, new Set(task.content.maskedNames));
    return fields.length === 0 ? null : { manifest, params, fields };
  };
}
