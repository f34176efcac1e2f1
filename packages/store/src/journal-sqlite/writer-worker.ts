/**
 * The one writer of the journal, in its own thread so that no commit stalls the event loop. Each message
 * is a batch and becomes one transaction; the answer is sent after COMMIT, in the order of the batch.
 */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { EFFECT_COLUMNS } from './effect-row.ts';
import type { SqlValue } from './run-row.ts';
import { CHANGING_COLUMNS, SCHEMA, SCHEMA_VERSION, SUMMARY_COLUMNS, upgradeFrom } from './schema.ts';
import { storageFailure } from './storage-failure.ts';
import type { WaitChanges, WriteOp, WriteResult, WriterAnswer, WriterOptions } from './writer-protocol.ts';

const options = workerData as WriterOptions;
const port = parentPort;
if (!port) throw new Error('The journal writer runs in a worker thread only.');
const answer = (message: WriterAnswer): void => port.postMessage(message);

function openDatabase(): DatabaseSync {
  const db = new DatabaseSync(options.file);
  db.exec('pragma busy_timeout = 10000');
  db.exec('pragma journal_mode = wal');
  db.exec(`pragma synchronous = ${options.synchronous}`);
  db.exec('pragma wal_autocheckpoint = 4000');
  db.exec('pragma cache_size = -65536');
  db.exec('pragma temp_store = memory');
  const { user_version: version } = db.prepare('pragma user_version').get() as { user_version: number };
  if (version > SCHEMA_VERSION) throw new Error(`${options.file} was written by a newer version (${version}).`);
  db.exec(upgradeFrom(version));
  db.exec(SCHEMA);
  db.exec(`pragma user_version = ${SCHEMA_VERSION}`);
  if (options.maxSizeBytes !== null) {
    const { page_size: pageSize } = db.prepare('pragma page_size').get() as { page_size: number };
    db.exec(`pragma max_page_count = ${Math.max(1, Math.floor(options.maxSizeBytes / pageSize))}`);
  }
  return db;
}

function start(db: DatabaseSync): void {
  const places = SUMMARY_COLUMNS.map(() => '?').join(', ');
  const insertRun = db.prepare(`insert into runs (${SUMMARY_COLUMNS.join(', ')}) values (${places})`);
  const updateRun = db.prepare(
    `update runs set ${CHANGING_COLUMNS.map((column) => `${column} = ?`).join(', ')} where run_id = ? and seq = ?`,
  );
  const findRun = db.prepare('select run_id from runs where run_id = ?');
  const findDedupe = db.prepare('select run_id from runs where flow_id = ? and dedupe_key = ?');
  const insertRecords = db.prepare('insert into journal (run_id, seq, records) values (?, ?, ?)');
  const effectWidth = EFFECT_COLUMNS.length;
  const putEffect = db.prepare(
    `insert into effects (${EFFECT_COLUMNS.join(', ')}) values (${EFFECT_COLUMNS.map(() => '?').join(', ')})
     on conflict (run_id, step, generation) do update set attempt = excluded.attempt, state = excluded.state,
     input_hash = coalesce(excluded.input_hash, input_hash), updated_at = excluded.updated_at, note = excluded.note`,
  );
  const insertWait = db.prepare('insert or replace into waits_event (event, key, run_id, step) values (?, ?, ?, ?)');
  const endWait = db.prepare('delete from waits_event where run_id = ? and step = ?');
  const endAllWaits = db.prepare('delete from waits_event where run_id = ?');
  const saveSnapshot = db.prepare(
    `insert into snapshots (run_id, seq, state) values (?, ?, ?)
     on conflict (run_id) do update set seq = excluded.seq, state = excluded.state where excluded.seq > snapshots.seq`,
  );
  // Most journals have no event waits open; then nothing need be deleted per step.
  let openWaits = (db.prepare('select count(*) as waits from waits_event').get() as { waits: number }).waits;
  const flowColumn = SUMMARY_COLUMNS.indexOf('flow_id');
  const dedupeColumn = SUMMARY_COLUMNS.indexOf('dedupe_key');
  const seqColumn = SUMMARY_COLUMNS.indexOf('seq');

  const changeWaits = (runId: string, text: string | null): void => {
    if (text === null) return;
    const waits = JSON.parse(text) as WaitChanges;
    if (openWaits > 0) {
      if (waits.allEnded) openWaits -= Number(endAllWaits.run(runId).changes);
      else for (const step of waits.ended) openWaits -= Number(endWait.run(runId, step).changes);
    }
    for (const { step, event, key } of waits.opened)
      openWaits += Number(insertWait.run(event, key, runId, step).changes);
  };

  const changeEffects = (values: SqlValue[] | null): void => {
    if (values === null) return;
    for (let at = 0; at < values.length; at += effectWidth) putEffect.run(...values.slice(at, at + effectWidth));
  };

  const write = (op: WriteOp): WriteResult => {
    switch (op.op) {
      case 'accept': {
        const dedupeKey = op.summary[dedupeColumn] ?? null;
        const older = (findRun.get(op.runId) ??
          (dedupeKey === null ? undefined : findDedupe.get(op.summary[flowColumn] ?? null, dedupeKey))) as
          | { run_id: string }
          | undefined;
        if (older) return { duplicateOf: older.run_id };
        insertRun.run(...op.summary);
        insertRecords.run(op.runId, op.summary[seqColumn] ?? 0, op.records);
        changeWaits(op.runId, op.waits);
        changeEffects(op.effects);
        return 'ok';
      }
      case 'append':
        if (Number(updateRun.run(...op.changes, op.runId, op.expectedSeq).changes) === 0) return 'conflict';
        insertRecords.run(op.runId, op.seq, op.records);
        changeWaits(op.runId, op.waits);
        changeEffects(op.effects);
        return 'ok';
      case 'snapshot':
        saveSnapshot.run(op.runId, op.seq, op.state);
        return 'ok';
    }
  };

  const commit = (batch: WriteOp[]): WriterAnswer => {
    const waitsBefore = openWaits;
    try {
      db.exec('begin immediate');
      const results = batch.map(write);
      db.exec('commit');
      return { kind: 'committed', results };
    } catch (error) {
      // Whatever failed, nothing of the batch may count: half an append would be worse than none.
      openWaits = waitsBefore;
      if (db.isTransaction) db.exec('rollback');
      return { kind: 'failed', failure: storageFailure(error) };
    }
  };

  port?.on('message', (message: WriteOp[] | 'close') => {
    if (message !== 'close') {
      answer(commit(message));
      return;
    }
    db.close();
    answer({ kind: 'closed' });
    port?.close();
  });
}

try {
  start(openDatabase());
  answer({ kind: 'opened' });
} catch (error) {
  answer({ kind: 'failed', failure: storageFailure(error) });
  port.close();
}
