/** Bulk replay: what the first runs would write, and one run repeated under a key of its operation. */
import type { BulkReplayOptions } from '@waybill/api-contract';
import type { Engine } from '@waybill/engine';
import type { Journal, RunFilter, RunSummary } from '@waybill/engine/ports';
import type { FlowVersionId } from '@waybill/flow-model';
import { FlowError } from '@waybill/flow-model';
import type { BulkOperationRecord } from '@waybill/store';
import { HttpProblem } from '../problem.ts';
import { runsOf } from './selection.ts';
import type { Foretold } from './writes.ts';
import { lookedAt, noWrites, withPreview } from './writes.ts';

export interface ReplayParts {
  engine: Pick<Engine, 'replay' | 'previewReplay' | 'previewRetry'>;
  /** Throws when the run cannot be repeated on that version. */
  versionOf(run: RunSummary, version: BulkReplayOptions['version']): Promise<FlowVersionId>;
}

/** What a person can do nothing about by trying again; null for a fault, which is tried again. */
export function refusal(error: unknown): string | null {
  if (error instanceof HttpProblem) return error.message;
  if (error instanceof FlowError && error.details.owner !== 'engine') return error.details.what;
  return null;
}

/** What repeating the first runs of a filter would write; sends nothing. */
export async function replayWrites(
  journal: Pick<Journal, 'list'>,
  { engine, versionOf }: ReplayParts,
  filter: RunFilter,
  { version, effects }: BulkReplayOptions,
): Promise<Foretold> {
  let sums = noWrites;
  const refusals: Foretold['refusals'] = [];
  for await (const runs of runsOf(journal, filter, 'replay', lookedAt)) {
    for (const run of runs) {
      sums = { ...sums, runs: sums.runs + 1 };
      try {
        const versionId = await versionOf(run, version);
        const preview = await engine.previewReplay(run.runId, { versionId, effects });
        sums = withPreview(sums, preview, preview.more);
      } catch (error) {
        const why = refusal(error);
        if (why === null) throw error;
        sums = { ...sums, refused: sums.refused + 1 };
        refusals.push({ runId: run.runId, businessKey: run.businessKey, why });
      }
    }
  }
  return { writes: sums, refusals };
}

/** Under which an operation repeats a run: at most once. */
export const replayKey = ({ id }: Pick<BulkOperationRecord, 'id'>, { runId }: Pick<RunSummary, 'runId'>): string =>
  `bulk:${id}:${runId}`;

/** Starts the run that repeats this one; asked again, after a kill, it names the one it started. */
export async function replayRun(
  { engine, versionOf }: ReplayParts,
  operation: Pick<BulkOperationRecord, 'id' | 'createdBy' | 'createdByName' | 'reason'>,
  { version, effects }: BulkReplayOptions,
  run: RunSummary,
): Promise<string> {
  const started = await engine.replay(run.runId, {
    versionId: await versionOf(run, version),
    effects,
    by: operation.createdByName,
    startedBy: operation.createdBy,
    reason: operation.reason,
    dedupeKey: replayKey(operation, run),
  });
  return started.runId;
}
