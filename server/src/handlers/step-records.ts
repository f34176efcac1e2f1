import type { RecordState, StreamRecord } from '@waybill/api-contract';
import type { RunId } from '@waybill/flow-model';
import { manifestKey, runIdSchema } from '@waybill/flow-model';
import type { OutcomePlace, OutcomeSource } from '@waybill/records/streams';
import { outcomePlaceSchema, outcomesFrom } from '@waybill/records/streams';
import type { Some } from '../http/handler.ts';
import { HttpProblem, notFound } from '../problem.ts';
import { FollowedRuns } from '../runs/followed-runs.ts';
import { recordLine, recordLineHead } from '../runs/record-lines.ts';
import { maskedOutcome } from '../runs/run-masks.ts';
import { stepAddress } from '../runs/step-key.ts';
import { StreamStory } from '../runs/stream-story.ts';
import type { Platform } from './platform.ts';

/** Pieces that one page may look through; a search that found nothing goes on with the next page. */
const PIECES_PER_PAGE = 100;
const CSV_BYTES = 65_536;
/** How much of a record is shown. */
const MAX_SOURCE_CHARS = 4_000;

/** Batches kept in mind of all steps that are paged through: about 50 MB. */
const KEPT_BATCHES = 50_000;

type FileStand = NonNullable<Awaited<ReturnType<StreamStory['ledger']>>>['ledger']['file'];

export function stepRecordHandlers({
  journal,
  blobs,
  masks,
  store,
  catalog,
}: Platform): Some<'getStepRecords' | 'downloadStepRecords'> {
  const stories = new FollowedRuns<StreamStory>(journal, KEPT_BATCHES);

  /** Null: there is no such run. */
  async function storyOf(runId: RunId, step: string): Promise<StreamStory | null> {
    const summary = await journal.summary(runId);
    const version = summary && (await store.flowVersions.get(summary.versionId));
    if (!version) return null;
    const { nodes } = version.flow;
    const answersPerRecord = (inside: string): boolean => {
      const node = nodes[stepAddress(inside).nodeId];
      return node !== undefined && catalog.get(manifestKey(node.type, node.version))?.resultsOf !== undefined;
    };
    const empty = () => new StreamStory({ runId, step, journal, blobs, answersPerRecord });
    return stories.upToNow(runId, step, empty);
  }

  /** Where the step stands with its records, and what became of its batches. */
  async function standing(id: string, step: string) {
    const runId = runIdSchema.safeParse(id);
    const story = runId.success ? await storyOf(runId.data, step) : null;
    const known = await story?.ledger();
    if (!story || !known) throw notFound(`A record stream of step ${step} in run ${id}`);
    const { outcomes, isDone } = story;
    const { errors, taken, batches, file } = known.ledger;
    const parts = outcomes.parts ?? batches?.parts ?? null;
    const became = {
      step,
      effectKey: null,
      what: null,
      fix: null,
      state: isDone ? ('written' as const) : ('waiting' as const),
    };
    const sizes = batches?.sizes ?? [];
    const source: OutcomeSource = {
      errors,
      batches: parts && {
        parts,
        became: (index) => outcomes.at(index),
        refusedIn: (index) => story.refusedIn(index, sizes[index] ?? 0),
        resultsOf: (index) => story.resultsOf(index, sizes[index] ?? 0),
      },
      file: taken && { taken, became },
    };
    const { progress } = known.checkpoint;
    const counts = { read: progress.rowsIn, used: progress.rowsOut, refused: progress.errors };
    const states = parts
      ? statesOf(sizes, progress.errors, source)
      : taken && statesOf([progress.rowsOut], progress.errors, source);
    return { source, file, counts: { ...counts, states } };
  }

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
      const { source, file, counts } = await standing(params.runId, params.step);
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
      const { source, file } = await standing(params.runId, params.step);
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

/** How many records are in each state. @param sizes records of each batch. */
function statesOf(sizes: readonly number[], refused: number, { batches, file }: OutcomeSource) {
  const states: Record<RecordState, number> = {
    ...{ refused, written: 0, waiting: 0, failed: 0, 'in-doubt': 0, skipped: 0, passed: 0 },
  };
  for (const [index, size] of sizes.entries()) {
    const failed = batches?.refusedIn(index) ?? 0;
    const { state } = batches?.became(index) ?? file?.became ?? { state: 'waiting' };
    states[state] += size - failed;
    states.failed += failed;
  }
  return states;
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
