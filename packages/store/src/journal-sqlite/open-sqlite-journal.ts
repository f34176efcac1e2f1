import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { JournalRecord } from '@waybill/engine';
import type { Journal, JournalSnapshot, SequencedRecord } from '@waybill/engine/ports';
import { eventWaitChanges } from '@waybill/engine/ports';
import type { RunId } from '@waybill/flow-model';
import { lockDataFile } from './data-folder-lock.ts';
import { effectCountsStatement, effectCursorOf, effectsStatement } from './effect-query.ts';
import { effectOfRow } from './effect-row.ts';
import { GroupWriter } from './group-writer.ts';
import { runLists } from './run-lists.ts';
import type { RunRow } from './run-row.ts';
import { summaryOfRow } from './run-row.ts';
import { ThreadReader } from './thread-reader.ts';
import type { WaitChanges } from './writer-protocol.ts';
import { acceptOp, appendOp, snapshotOp } from './writer-protocol.ts';

export interface SqliteJournalOptions {
  /** Created with its folder when absent. */
  file: string;
  /** `FULL` survives power loss; `NORMAL` only the end of the process. */
  synchronous?: 'FULL' | 'NORMAL';
  /** The file grows no further; writes then reject with STORAGE_FULL. */
  maxSizeBytes?: number;
}

/**
 * The journal of the embedded mode: one SQLite file, one writer thread with group commit, one reader
 * thread. Only one process may have it open.
 * @throws {FlowError} DATA_FOLDER_IN_USE, STORAGE_FULL, STORAGE_FAILED
 */
export async function openSqliteJournal(options: SqliteJournalOptions): Promise<Journal> {
  const { file, synchronous = 'FULL', maxSizeBytes = null } = options;
  mkdirSync(dirname(file), { recursive: true });
  const unlock = lockDataFile(file);
  try {
    const writer = await GroupWriter.open({ file, synchronous, maxSizeBytes });
    const reader = new ThreadReader(file);
    const [waiting] = await reader.query('select exists (select 1 from waits_event) as some');
    return sqliteJournal(writer, reader, waitWatcher(waiting?.['some'] === 1), unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

const RECORDS_AFTER = 'select seq, records from journal where run_id = ? and seq > ? order by seq';

function sqliteJournal(
  writer: GroupWriter,
  reader: ThreadReader,
  waitChanges: (records: readonly JournalRecord[]) => string | null,
  unlock: () => void,
): Journal {
  return {
    async accept(run) {
      const result = await writer.write(acceptOp(run, waitChanges(run.records)));
      return typeof result === 'object'
        ? { duplicate: true, runId: result.duplicateOf as RunId }
        : { duplicate: false, runId: run.summary.runId };
    },

    async append(runId, expectedSeq, records, summary, effects) {
      const entry = { summary: { ...summary, runId, seq: expectedSeq + records.length }, records, effects };
      const result = await writer.write(appendOp(expectedSeq, entry, waitChanges(records)));
      return result === 'ok' ? 'ok' : 'conflict';
    },

    async load(runId) {
      const [runs = [], snapshots = [], batches = []] = await reader.queryAll([
        { sql: 'select seq from runs where run_id = ?', values: [runId] },
        { sql: 'select seq, state from snapshots where run_id = ?', values: [runId] },
        {
          sql: `select seq, records from journal where run_id = ?1
                and seq > coalesce((select seq from snapshots where run_id = ?1), 0) order by seq`,
          values: [runId],
        },
      ]);
      if (runs.length === 0) return null;
      const snapshot = snapshotOfRow(snapshots[0]);
      return { snapshot, tail: recordsIn(batches, snapshot?.seq ?? 0, Number.MAX_SAFE_INTEGER) };
    },

    async read(runId, afterSeq, limit) {
      // Every batch holds at least one record, so this many batches are enough.
      const rows = await reader.query(`${RECORDS_AFTER} limit ?`, [runId, afterSeq, Math.min(limit, 1_000_000)]);
      return recordsIn(rows, afterSeq, limit);
    },

    async saveSnapshot(runId, snapshot) {
      await writer.write(snapshotOp(runId, snapshot.seq, snapshot.state));
    },

    async summary(runId) {
      const [row] = await reader.query('select * from runs where run_id = ?', [runId]);
      return row ? summaryOfRow(row) : null;
    },

    async due(before, limit) {
      const sql =
        'select run_id from runs where is_open = 1 and wake_at is not null and wake_at <= ? order by wake_at limit ?';
      return (await reader.query(sql, [before, limit])).map(runIdOf);
    },

    async openRuns(after, limit) {
      const sql =
        'select * from runs where is_open = 1 and n > coalesce((select n from runs where run_id = ?), 0) order by n limit ?';
      return (await reader.query(sql, [after, limit])).map(summaryOfRow);
    },

    async runsWaitingFor(event, key) {
      const sql = 'select distinct run_id from waits_event where event = ? and key = ?';
      return (await reader.query(sql, [event, key])).map(runIdOf);
    },

    ...runLists(reader),

    async effects(query) {
      const { sql, values } = effectsStatement(query);
      const rows = await reader.query(sql, values);
      const effects = rows.slice(0, query.limit).map(effectOfRow);
      const last = effects.at(-1);
      return { effects, nextCursor: rows.length > query.limit && last ? effectCursorOf(last) : null };
    },

    async effectCounts(filter) {
      const { sql, values } = effectCountsStatement(filter);
      const rows = await reader.query(sql, values);
      return Object.fromEntries(rows.map((row) => [row['state'], row['effects']]));
    },

    async close() {
      await writer.close();
      await reader.close();
      unlock();
    },
  };
}

const runIdOf = (row: RunRow): RunId => row['run_id'] as RunId;

function snapshotOfRow(row: RunRow | undefined): JournalSnapshot | null {
  return row ? { seq: Number(row['seq']), state: JSON.parse(String(row['state'])) as unknown } : null;
}

/** Batches as single records with their numbers; the first batch may begin before `afterSeq`. */
function recordsIn(rows: RunRow[], afterSeq: number, limit: number): SequencedRecord[] {
  const found: SequencedRecord[] = [];
  for (const row of rows) {
    // Written by this journal from records, which is its schema.
    const records = JSON.parse(String(row['records'])) as JournalRecord[];
    let seq = Number(row['seq']) - records.length;
    for (const record of records) {
      seq += 1;
      if (seq <= afterSeq) continue;
      if (found.length >= limit) return found;
      found.push({ seq, record });
    }
  }
  return found;
}

/** Watches which records change event waits. Until the first run waits for an event, nothing can end such a wait. */
function waitWatcher(someWait: boolean): (records: readonly JournalRecord[]) => string | null {
  let watching = someWait;
  return (records) => {
    watching ||= records.some((record) => record.type === 'wait-opened' && record.wait.kind === 'event');
    if (!watching) return null;
    const changes: WaitChanges = eventWaitChanges(records);
    return changes.opened.length > 0 || changes.ended.length > 0 || changes.allEnded ? JSON.stringify(changes) : null;
  };
}
