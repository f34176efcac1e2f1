import type { RecordState, StreamRecord } from '@waybill/api-contract';
import type { OutcomePlace, OutcomeSource } from '@waybill/records/streams';
import { outcomePlaceSchema, outcomesFrom } from '@waybill/records/streams';
import type { Some } from '../http/handler.ts';
import { HttpProblem } from '../problem.ts';
import { recordLine, recordLineHead } from '../runs/record-lines.ts';
import type { RecordStand, RecordStands } from '../runs/record-stands.ts';
import { maskedOutcome } from '../runs/run-masks.ts';
import type { Platform } from './platform.ts';

/** Pieces that one page may look through; a search that found nothing goes on with the next page. */
const PIECES_PER_PAGE = 100;
const CSV_BYTES = 65_536;
/** How much of a record is shown. */
const MAX_SOURCE_CHARS = 4_000;

type FileStand = RecordStand['file'];

export function stepRecordHandlers(
  { blobs, masks }: Platform,
  stands: RecordStands,
): Some<'getStepRecords' | 'downloadStepRecords'> {
  /** Outcomes as everybody may see them; what is hidden cannot be found by searching for it either. */
  async function shownTo(runId: string, file: FileStand, text: string | undefined) {
    const names = await masks.ofRun(runId);
    return (outcome: StreamRecord | null): StreamRecord | null => {
      const shown = outcome && maskedOutcome(outcome, file?.columns ?? null, names);
      return shown && matches(shown, text)
        ? { ...shown, source: shown.source?.slice(0, MAX_SOURCE_CHARS) ?? null }
        : null;
    };
  }

  async function* csvOf(
    source: OutcomeSource,
    state: RecordState | undefined,
    shown: (outcome: StreamRecord | null) => StreamRecord | null,
  ) {
    let text = recordLineHead;
    for await (const { outcome } of outcomesFrom(blobs, source, null, wantedBy(state))) {
      const record = shown(outcome);
      if (record) text += recordLine(record);
      if (text.length < CSV_BYTES) continue;
      yield Buffer.from(text);
      text = '';
    }
    yield Buffer.from(text);
  }

  return {
    async getStepRecords({ params, query }) {
      const { source, file, counts } = await stands(params.runId, params.step);
      const shown = await shownTo(params.runId, file, query.text);
      const items: StreamRecord[] = [];
      let place: OutcomePlace | null = query.cursor === undefined ? null : placeOf(query.cursor);
      let pieces = 0;
      for await (const { outcome, next } of outcomesFrom(blobs, source, place, wantedBy(query.state))) {
        place = next;
        const record = shown(outcome);
        if (record) items.push(record);
        if (!outcome) pieces += 1;
        if (items.length === query.limit || pieces === PIECES_PER_PAGE) break;
      }
      return { items, nextCursor: place && cursorOf(place), counts, file };
    },
    async downloadStepRecords({ params, query }) {
      const { source, file } = await stands(params.runId, params.step);
      const shown = await shownTo(params.runId, file, query.text);
      const name = `${params.step.replace(/[^\w.-]+/g, '-')}-records.csv`;
      return { name, mediaType: 'text/csv; charset=utf-8', sizeBytes: null, bytes: csvOf(source, query.state, shown) };
    },
  };
}

const wantedBy =
  (state: RecordState | undefined) =>
  (found: RecordState): boolean =>
    state === undefined || found === state;

function matches({ row, key, what, column, source, effectKey }: StreamRecord, text: string | undefined): boolean {
  const wanted = text?.trim().toLowerCase() ?? '';
  if (wanted === '') return true;
  return (
    String(row) === wanted ||
    [key, what, column, source, effectKey].some((part) => part?.toLowerCase().includes(wanted) === true)
  );
}

const cursorOf = (place: OutcomePlace): string => Buffer.from(JSON.stringify(place)).toString('base64url');

function placeOf(cursor: string): OutcomePlace {
  try {
    return outcomePlaceSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw new HttpProblem('REQUEST_INVALID', {
      detail: 'The cursor is none that this list gave.',
      fix: 'Leave it out to begin at the first page.',
    });
  }
}
