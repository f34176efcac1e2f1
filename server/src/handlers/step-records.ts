import type { JournalRecord } from '@waybill/engine';
import type { JsonValue } from '@waybill/flow-model';
import { runIdSchema } from '@waybill/flow-model';
import { checkpointLedger, errorPage } from '@waybill/records/streams';
import type { Some } from '../http/handler.ts';
import { HttpProblem, notFound } from '../problem.ts';
import { journalRecords } from '../runs/read-run.ts';
import { maskedRefusal } from '../runs/run-masks.ts';
import { loadValue } from '../runs/step-data.ts';
import type { Platform } from './platform.ts';

type Checkpoint = Extract<JournalRecord, { type: 'records-checkpoint' }>;

export function stepRecordHandlers({ journal, blobs, masks }: Platform): Some<'getStepRecords'> {
  /** Where the step stands with its records. */
  async function lastCheckpoint(id: string, step: string): Promise<Checkpoint> {
    const runId = runIdSchema.safeParse(id);
    let last: Checkpoint | null = null;
    if (runId.success)
      for await (const { record } of journalRecords(journal, runId.data))
        if (record.type === 'records-checkpoint' && record.step === step) last = record;
    if (last) return last;
    throw notFound(`A record stream of step ${step} in run ${id}`);
  }

  return {
    async getStepRecords({ params, query }) {
      const { state, progress } = await lastCheckpoint(params.runId, params.step);
      const { errors, file } = checkpointLedger((await loadValue(blobs, state)) as JsonValue);
      const text = query.text?.trim().toLowerCase() ?? '';
      const page = await errorPage(blobs, errors, query.cursor ?? null, query.limit, (error) =>
        [error.what, error.column ?? '', error.source, String(error.row)].some((part) =>
          part.toLowerCase().includes(text),
        ),
      ).catch((error: unknown) => {
        if (error instanceof SyntaxError || (error instanceof Error && error.name === 'ZodError')) throw badCursor();
        throw error;
      });
      const counts = { read: progress.rowsIn, used: progress.rowsOut, refused: progress.errors };
      const names = await masks.ofRun(params.runId);
      const items = page.errors.map((error) => maskedRefusal(error, file?.columns ?? null, names));
      return { items, nextCursor: page.next, counts, file };
    },
  };
}

const badCursor = () =>
  new HttpProblem('REQUEST_INVALID', {
    detail: 'The cursor is none that this list gave.',
    fix: 'Leave it out to begin at the first page.',
  });
