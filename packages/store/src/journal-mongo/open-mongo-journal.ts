import type { JournalRecord } from '@waybill/engine';
import type { EffectEntry, Journal, RunSummary, SequencedRecord } from '@waybill/engine/ports';
import { eventWaitChanges, groupStanding, mergedStanding, runStatuses, standingStatuses } from '@waybill/engine/ports';
import type { RunId } from '@waybill/flow-model';
import { guarded, isDuplicateKey } from '../repositories/collection.ts';
import type { JournalCollections, RunDoc } from './collections.ts';
import { journalCollections, openCollections } from './collections.ts';
import { effectLedger, projectEffects } from './effect-documents.ts';
import {
  behindCursor,
  complete,
  dedupeOf,
  filterQuery,
  nextOrder,
  summaryOfDoc,
  toldOf,
  withPlace,
} from './run-documents.ts';
import { severalPlaces } from './several-places.ts';

/** Counting a status ends here: the server reads an index entry for each. */
const COUNT_LIMIT = 10_000;
const STANDING_LIMIT = 10_000;
type StandingDoc = Pick<
  RunSummary,
  'versionId' | 'status' | 'currentNode' | 'currentStep' | 'currentWaits' | 'note' | 'updatedAt'
>;

const entryId = (runId: string, from: number): string => `${runId}:${String(from).padStart(10, '0')}`;
const waitId = (runId: string, step: string): string => `${runId}/${step}`;
const waitsFor = (event: string, key: string): string => `${event}\n${key}`;

/**
 * The journal on MongoDB. No transactions: one insert accepts a run, one insert commits what is appended, and whatever
 * else is written can be told from these again. Entries of the wait index are made before the commit and removed after it,
 * so that an event may find a run that waits no more, but never misses one that does.
 * @param uri `mongodb://host/database`
 */
export async function openMongoJournal({ uri }: { uri: string }): Promise<Journal> {
  const { client, db } = await openCollections(uri);
  const collections = await journalCollections(db);
  return guarded(mongoJournal(collections, () => client.close()));
}

function sequenced(text: string, from: number): SequencedRecord[] {
  // Written by this journal from records, which is its schema.
  return (JSON.parse(text) as JournalRecord[]).map((record, index) => ({ seq: from + index, record }));
}

const effectsIn = (text: string | null | undefined): EffectEntry[] =>
  // Written by this journal from entries, which is its schema.
  text ? (JSON.parse(text) as EffectEntry[]) : [];

function mongoJournal(
  { runs, entries, effects, waits, places, snapshots }: JournalCollections,
  close: () => Promise<void>,
): Journal {
  const several = severalPlaces({ runs, places });

  async function openWaits(runId: string, records: readonly JournalRecord[]): Promise<void> {
    for (const { step, event, key } of eventWaitChanges(records).opened)
      await waits.updateOne(
        { _id: waitId(runId, step) },
        { $set: { run: runId, waitsFor: waitsFor(event, key) } },
        { upsert: true },
      );
  }
  async function endWaits(runId: string, records: readonly JournalRecord[]): Promise<void> {
    const { ended, allEnded, opened } = eventWaitChanges(records);
    if (allEnded) await waits.deleteMany({ run: runId });
    const again = new Set(opened.map((wait) => wait.step));
    const gone = ended.filter((step) => !again.has(step)).map((step) => waitId(runId, step));
    if (!allEnded && gone.length > 0) await waits.deleteMany({ _id: { $in: gone } });
  }

  async function project(runId: string, { runId: _id, ...summary }: RunSummary): Promise<void> {
    const change = { ...summary, ...toldOf({ runId: _id, ...summary }) };
    await runs.updateOne({ _id: runId, seq: { $lt: summary.seq } }, { $set: change });
  }

  async function projectFirst(runId: string, changed: readonly EffectEntry[], seq: number): Promise<void> {
    await projectEffects(effects, changed, seq);
    await runs.updateOne({ _id: runId }, { $set: { firstEffects: null } });
  }

  /** The summary of the last commit; puts right projections that a crash left behind. */
  async function current(runId: string): Promise<{ run: RunDoc; summary: RunSummary } | null> {
    const run = await runs.findOne({ _id: runId });
    if (!run) return null;
    if (run.firstEffects) await projectFirst(runId, effectsIn(run.firstEffects), run.firstTo);
    let summary = summaryOfDoc(run);
    for (;;) {
      // By its id, which every server finds at once.
      const entry = await entries.findOne({ _id: entryId(runId, summary.seq + 1) });
      if (!entry) return { run, summary };
      summary = complete(JSON.parse(entry.summary) as RunSummary);
      // Before the summary: what shows that this entry is projected comes last.
      await projectEffects(effects, effectsIn(entry.effects), entry.to);
      await project(runId, summary);
    }
  }

  async function recordsAfter(run: RunDoc, afterSeq: number, limit: number): Promise<SequencedRecord[]> {
    const first = afterSeq < run.firstTo ? sequenced(run.first, 1) : [];
    const later = await entries
      .find({ run: run._id, to: { $gt: afterSeq } })
      .sort({ from: 1 })
      .limit(limit)
      .toArray();
    return [...first, ...later.flatMap((entry) => sequenced(entry.records, entry.from))]
      .filter((record) => record.seq > afterSeq)
      .slice(0, limit);
  }

  return {
    async accept({ summary, records, effects: changed = [] }) {
      const { runId, ...rest } = summary;
      await openWaits(runId, records);
      await several.open(summary);
      try {
        await runs.insertOne({
          _id: runId,
          ...rest,
          seq: records.length,
          dedupe: dedupeOf(summary),
          order: nextOrder(),
          ...toldOf(summary),
          first: JSON.stringify(records),
          firstTo: records.length,
          firstEffects: changed.length > 0 ? JSON.stringify(changed) : null,
        });
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        const same = (await runs.findOne({ dedupe: dedupeOf(summary) })) ?? (await runs.findOne({ _id: runId }));
        if (!same) throw error;
        if (same._id !== runId) await waits.deleteMany({ run: runId });
        return { duplicate: true, runId: same._id as RunId };
      }
      if (changed.length > 0) await projectFirst(runId, changed, records.length);
      return { duplicate: false, runId };
    },

    async append(runId, expectedSeq, records, summary, changed = []) {
      const known = await current(runId);
      if (!known || known.summary.seq !== expectedSeq) return 'conflict';
      const seq = expectedSeq + records.length;
      const committed = { ...summary, seq };
      await openWaits(runId, records);
      await several.open(committed);
      try {
        await entries.insertOne({
          _id: entryId(runId, expectedSeq + 1),
          run: runId,
          from: expectedSeq + 1,
          to: seq,
          records: JSON.stringify(records),
          summary: JSON.stringify(committed),
          effects: changed.length > 0 ? JSON.stringify(changed) : null,
        });
      } catch (error) {
        if (isDuplicateKey(error)) return 'conflict';
        throw error;
      }
      await projectEffects(effects, changed, seq);
      await project(runId, committed);
      await endWaits(runId, records);
      await several.end(known.summary, committed);
      return 'ok';
    },

    async load(runId) {
      const known = await current(runId);
      if (!known) return null;
      const stored = await snapshots.findOne({ _id: runId });
      const snapshot = stored ? { seq: stored.seq, state: JSON.parse(stored.state) as unknown } : null;
      return { snapshot, tail: await recordsAfter(known.run, snapshot?.seq ?? 0, 1_000_000) };
    },

    async read(runId, afterSeq, limit) {
      const run = await runs.findOne({ _id: runId });
      return run ? recordsAfter(run, afterSeq, limit) : [];
    },

    async saveSnapshot(runId, { seq, state }) {
      try {
        await snapshots.updateOne(
          { _id: runId, seq: { $lt: seq } },
          { $set: { seq, state: JSON.stringify(state) } },
          { upsert: true },
        );
      } catch (error) {
        // A newer one is there: the condition found nothing, and the insert met it.
        if (!isDuplicateKey(error)) throw error;
      }
    },

    summary: async (runId) => (await current(runId))?.summary ?? null,

    async due(before, limit) {
      const due = await runs
        .find({ isOpen: true, wakeAt: { $lte: before, $gt: 0 } })
        .sort({ wakeAt: 1 })
        .limit(limit)
        .toArray();
      return due.map((run) => run._id as RunId);
    },

    async openRuns(after, limit) {
      const place = after === null ? null : await runs.findOne({ _id: after });
      const open = await runs
        .find({ isOpen: true, ...(place ? { order: { $gt: place.order } } : {}) })
        .sort({ order: 1 })
        .limit(limit)
        .toArray();
      return open.map(summaryOfDoc);
    },

    async runsWaitingFor(event, key) {
      const found = await waits.find({ waitsFor: waitsFor(event, key) }).toArray();
      return [...new Set(found.map((wait) => wait.run as RunId))];
    },

    async list({ filter, cursor, limit }) {
      const { statuses } = filter;
      const conditions = [
        ...filterQuery(filter),
        ...(statuses === undefined ? [] : [{ status: { $in: statuses } }]),
        ...behindCursor(cursor),
      ];
      if (statuses?.length === 0) return { runs: [], nextCursor: null };
      const found = await runs
        .find(conditions.length > 0 ? { $and: conditions } : {})
        .sort({ acceptedAt: -1, _id: -1 })
        .limit(limit + 1)
        .toArray();
      const page = found.slice(0, limit).map(summaryOfDoc);
      const last = page.at(-1);
      const more = found.length > limit && last;
      return { runs: page, nextCursor: more ? `${last.acceptedAt}:${last.runId}` : null };
    },

    async counts(filter) {
      const conditions = filterQuery(filter);
      const counted = await Promise.all(
        runStatuses.map(async (status) => {
          const limit = COUNT_LIMIT + 1;
          return [status, await runs.countDocuments({ $and: [{ status }, ...conditions] }, { limit })] as const;
        }),
      );
      return {
        counts: Object.fromEntries(
          counted.filter(([, count]) => count > 0).map(([status, count]) => [status, Math.min(count, COUNT_LIMIT)]),
        ),
        atLeast: counted.filter(([, count]) => count > COUNT_LIMIT).map(([status]) => status),
      };
    },

    async standing(flowId, failedFrom) {
      const found = await Promise.all(
        standingStatuses.map((status) =>
          runs
            .find({ flowId, status, ...(status === 'failed' ? { acceptedAt: { $gte: failedFrom } } : {}) })
            .project<StandingDoc>({
              ...{
                versionId: 1,
                status: 1,
                currentNode: 1,
                currentStep: 1,
                currentWaits: 1,
                note: 1,
                updatedAt: 1,
                alsoAt: 1,
              },
            })
            .sort({ acceptedAt: -1, _id: -1 })
            .limit(STANDING_LIMIT)
            .toArray(),
        ),
      );
      const own = found.flat().map((run) => withPlace({ ...run, alsoAt: [] }));
      return mergedStanding([...groupStanding(own), ...(await several.standing(flowId))]);
    },

    ...effectLedger(effects),
    close,
  };
}
