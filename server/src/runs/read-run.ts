import type { Journal, SequencedRecord } from '@waybill/engine/ports';
import type { RunId } from '@waybill/flow-model';

const pageSize = 500;

/** All records after `afterSeq`, page by page. */
export async function* journalRecords(
  journal: Pick<Journal, 'read'>,
  runId: RunId,
  afterSeq = 0,
): AsyncGenerator<SequencedRecord> {
  let seq = afterSeq;
  for (;;) {
    const page = await journal.read(runId, seq, pageSize);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < pageSize) return;
    seq = last.seq;
  }
}
