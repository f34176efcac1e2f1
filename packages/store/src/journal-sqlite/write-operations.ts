import type { DatabaseSync } from 'node:sqlite';
import { EFFECT_COLUMNS } from './effect-row.ts';
import { otherPlaces } from './other-places.ts';
import type { SqlValue } from './run-row.ts';
import { CHANGING_COLUMNS, PASSING_COLUMNS, SUMMARY_COLUMNS } from './schema.ts';
import type { WaitChanges, WriteResult } from './writer-protocol.ts';

const assigned = (columns: readonly string[]): string => columns.map((column) => `${column} = ?`).join(', ');
const listed = (columns: readonly string[]): string =>
  `(${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`;

/** The next operation of a message; see `WriteOp` for the order of its values. */
export class WriteCursor {
  readonly #values: readonly SqlValue[];
  #at = 0;

  constructor(values: readonly SqlValue[]) {
    this.#values = values;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#values.length;
  }

  take(): SqlValue {
    return this.#values[this.#at++] ?? null;
  }

  takeMany(count: number): SqlValue[] {
    this.#at += count;
    return this.#values.slice(this.#at - count, this.#at);
  }
}

/** Carries out operations, each within the transaction of its caller. */
export function writeOperations(db: DatabaseSync): {
  write(op: WriteCursor): WriteResult;
  committed(): void;
  /** After a rollback. */
  undone(): void;
} {
  const insertRun = db.prepare(`insert into runs ${listed(SUMMARY_COLUMNS)} on conflict do nothing`);
  // Where the columns stand still that indexes are about, their indexes need not be written again.
  const updateRunning = db.prepare(
    `update runs set updated_at = ?, current_step = ?, current_node = ?, current_waits = ?, seq = ?, note = ?
     where run_id = ? and seq = ? and status = 'running' and wake_at is ? and is_open = 1 and error_code is null`,
  );
  const updatePassing = db.prepare(
    `update runs set ${assigned(PASSING_COLUMNS)} where run_id = ? and seq = ? and stands_at is null`,
  );
  const updateRun = db.prepare(`update runs set ${assigned(CHANGING_COLUMNS)} where run_id = ? and seq = ?`);
  const findRun = db.prepare('select run_id from runs where run_id = ?');
  const findDedupe = db.prepare('select run_id from runs where flow_id = ? and dedupe_key = ?');
  const insertRecords = db.prepare('insert into journal (run_id, seq, records) values (?, ?, ?)');
  const putEffect = db.prepare(
    `insert into effects ${listed(EFFECT_COLUMNS)}
     on conflict (run_id, step, generation) do update set attempt = excluded.attempt, state = excluded.state,
     input_hash = coalesce(excluded.input_hash, input_hash), updated_at = excluded.updated_at, note = excluded.note`,
  );
  const insertWait = db.prepare('insert or replace into waits_event (event, key, run_id, step) values (?, ?, ?, ?)');
  const endWait = db.prepare('delete from waits_event where run_id = ? and step = ?');
  const endAllWaits = db.prepare('delete from waits_event where run_id = ?');
  const places = otherPlaces(db);
  const saveSnapshot = db.prepare(
    `insert into snapshots (run_id, seq, state) values (?, ?, ?)
     on conflict (run_id) do update set seq = excluded.seq, state = excluded.state where excluded.seq > snapshots.seq`,
  );
  // Most journals have no event waits open; then nothing need be deleted per step.
  let openWaits = (db.prepare('select count(*) as waits from waits_event').get() as { waits: number }).waits;
  let committedWaits = openWaits;
  const inSummary = (column: (typeof SUMMARY_COLUMNS)[number]) => SUMMARY_COLUMNS.indexOf(column);
  const [runColumn, flowColumn, dedupeColumn] = [inSummary('run_id'), inSummary('flow_id'), inSummary('dedupe_key')];
  const [seqColumn, changedSeq] = [inSummary('seq'), CHANGING_COLUMNS.indexOf('seq')];

  const changeWaits = (runId: SqlValue, text: SqlValue): void => {
    if (text === null) return;
    const waits = JSON.parse(String(text)) as WaitChanges;
    if (openWaits > 0) {
      if (waits.allEnded) openWaits -= Number(endAllWaits.run(runId).changes);
      else for (const step of waits.ended) openWaits -= Number(endWait.run(runId, step).changes);
    }
    for (const { step, event, key } of waits.opened)
      openWaits += Number(insertWait.run(event, key, runId, step).changes);
  };

  const changeRun = (runId: SqlValue, expectedSeq: SqlValue, changes: SqlValue[]): boolean => {
    const [status, updatedAt, , wakeAt, step, node, waits, errorCode, , , seq, isOpen, note, standsAt] = changes;
    const isRunning = status === 'running' && isOpen === 1 && errorCode === null;
    const moving = [updatedAt, step, node, waits, seq, note].map((value) => value ?? null);
    if (isRunning && updateRunning.run(...moving, runId, expectedSeq, wakeAt ?? null).changes === 1) return true;
    if (standsAt === null) {
      const passing = changes.slice(0, PASSING_COLUMNS.length);
      if (updatePassing.run(...passing, runId, expectedSeq).changes === 1) return true;
    }
    return updateRun.run(...changes, runId, expectedSeq).changes === 1;
  };

  const accept = (op: WriteCursor): WriteResult => {
    const records = op.take();
    const waits = op.take();
    const alsoAt = op.take();
    const summary = op.takeMany(SUMMARY_COLUMNS.length);
    const effects = takeEffects(op);
    const runId = summary[runColumn] ?? null;
    if (insertRun.run(...summary).changes === 0) {
      const older = findRun.get(runId) ?? findDedupe.get(summary[flowColumn] ?? null, summary[dedupeColumn] ?? null);
      return { duplicateOf: (older as { run_id: string }).run_id };
    }
    insertRecords.run(runId, summary[seqColumn] ?? 0, records);
    changeWaits(runId, waits);
    places.change(runId, alsoAt);
    for (const effect of effects) putEffect.run(...effect);
    return 'ok';
  };

  const append = (op: WriteCursor): WriteResult => {
    const runId = op.take();
    const expectedSeq = op.take();
    const records = op.take();
    const waits = op.take();
    const alsoAt = op.take();
    const changes = op.takeMany(CHANGING_COLUMNS.length);
    const effects = takeEffects(op);
    if (!changeRun(runId, expectedSeq, changes)) return 'conflict';
    insertRecords.run(runId, changes[changedSeq] ?? 0, records);
    changeWaits(runId, waits);
    places.change(runId, alsoAt);
    for (const effect of effects) putEffect.run(...effect);
    return 'ok';
  };

  return {
    write(op) {
      const kind = op.take();
      if (kind === 'accept') return accept(op);
      if (kind === 'append') return append(op);
      saveSnapshot.run(...op.takeMany(3));
      return 'ok';
    },
    committed() {
      committedWaits = openWaits;
    },
    undone() {
      openWaits = committedWaits;
      places.undone();
    },
  };
}

function takeEffects(op: WriteCursor): SqlValue[][] {
  const count = Number(op.take());
  return Array.from({ length: count }, () => op.takeMany(EFFECT_COLUMNS.length));
}
