import type { RunSummary } from '@waybill/engine/ports';
import type { FlowVersionId } from '@waybill/flow-model';
import { flowVersionIdSchema } from '@waybill/flow-model';
import { HttpProblem } from '../problem.ts';

/**
 * The version a run is repeated on.
 * @throws {HttpProblem} RUN_ACTION_REFUSED for a test, which has no newer published version; FLOW_NOT_PUBLISHED.
 */
export async function replayVersion(
  flows: { publishedVersion(flowId: string): Promise<{ versionId: string }> },
  run: Pick<RunSummary, 'flowId' | 'versionId' | 'mode'>,
  version: 'same' | 'newest',
): Promise<FlowVersionId> {
  if (version === 'same') return run.versionId;
  if (run.mode === 'test')
    throw new HttpProblem('RUN_ACTION_REFUSED', {
      detail: 'A test of a draft has no newer published version to be repeated on.',
      fix: 'Replay it on its own version, or test the draft again.',
    });
  return flowVersionIdSchema.parse((await flows.publishedVersion(run.flowId)).versionId);
}
