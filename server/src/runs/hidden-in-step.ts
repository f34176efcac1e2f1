/** Hidden values that the words of a step may repeat. */
import type { BlobStore, Journal } from '@waybill/engine/ports';
import type { JsonValue, MaskedNames, RunId } from '@waybill/flow-model';
import { hiddenIn } from '@waybill/flow-model';
import { loadValue } from './step-data.ts';
import type { StepSourceReader } from './step-sources.ts';

/** Those of the event that began its run, and of what the step itself was given. */
export function hiddenInStepReader(parts: {
  journal: Pick<Journal, 'read'>;
  blobs: BlobStore;
  stepSources: StepSourceReader;
}): (runId: RunId, step: string, names: MaskedNames) => Promise<JsonValue[]> {
  const { journal, blobs, stepSources } = parts;
  return async (runId, step, names) => {
    if (names.size === 0) return [];
    const [first] = await journal.read(runId, 0, 1);
    const start = first?.record.type === 'run-accepted' ? first.record.start.input : null;
    const sources = await stepSources(runId, step);
    const stored = [start, sources?.input ?? null, sources?.params ?? null];
    return hiddenIn(await Promise.all(stored.map((value) => loadValue(blobs, value))), names);
  };
}
