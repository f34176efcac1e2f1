import type { BlobStore, Journal, RunSummary } from '@waybill/engine/ports';
import type { Flow, FlowVersionId, JsonValue, NodeCatalog } from '@waybill/flow-model';
import type { Repositories } from '@waybill/store';
import { manifestOfNode } from '../flows/flow-hash.ts';
import { loadValue } from './step-data.ts';

/** Why a version does not begin with what a run began with, in words; null when it does. */
export function startFaultReader(parts: {
  journal: Pick<Journal, 'read'>;
  blobs: BlobStore;
  store: Pick<Repositories, 'flowVersions'>;
  catalog: NodeCatalog;
}) {
  const { journal, blobs, store, catalog } = parts;
  return async ({ runId }: Pick<RunSummary, 'runId'>, versionId: FlowVersionId): Promise<string | null> => {
    const [first] = await journal.read(runId, 0, 1);
    const wanted = await store.flowVersions.get(versionId);
    if (first?.record.type !== 'run-accepted' || !wanted) return null;
    const { triggerNode, input } = first.record.start;
    return missingAnswer(wanted.flow, catalog, triggerNode, await loadValue(blobs, input));
  };
}

/** A form that asks for more than the run was given. Pure; whether the trigger is there at all is asked elsewhere. */
function missingAnswer(flow: Flow, catalog: NodeCatalog, trigger: string, input: JsonValue): string | null {
  const node = flow.nodes[trigger];
  const fields = node?.params['fields'];
  if (!node || manifestOfNode(catalog, node)?.trigger?.how !== 'manual' || !Array.isArray(fields)) return null;
  const answers = typeof input === 'object' && input !== null && !Array.isArray(input) ? input : {};
  for (const field of fields) {
    if (typeof field !== 'object' || field === null || Array.isArray(field) || field['required'] !== true) continue;
    const { name, label } = field;
    const answer = typeof name === 'string' ? answers[name] : undefined;
    if (answer === undefined || answer === null || answer === '')
      return `The form of the newest version requires "${String(label ?? name)}", which this run was not given.`;
  }
  return null;
}
