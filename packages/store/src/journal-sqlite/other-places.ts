import type { DatabaseSync } from 'node:sqlite';
import type { StandingPlace } from '@waybill/engine/ports';
import type { SqlValue } from './run-row.ts';

/**
 * Writes where runs stand besides the node of their summary. Which runs have such places is known here, so that all
 * others, nearly all, cost a look into a set and no statement.
 */
export function otherPlaces(db: DatabaseSync) {
  const update = db.prepare('update runs set also_at = ? where run_id = ?');
  const clear = db.prepare('delete from stands_also where run_id = ?');
  const insert = db.prepare(
    `insert into stands_also (run_id, node, status, note, step, waits, since, flow_id, version_id)
     select run_id, ?, ?, ?, ?, ?, ?, flow_id, version_id from runs where run_id = ?`,
  );
  const stored = db.prepare('select run_id, also_at from runs where run_id in (select run_id from stands_also)');
  /** By run, as they are stored. */
  const known = new Map<SqlValue, SqlValue>();
  const read = () => {
    known.clear();
    for (const row of stored.all()) known.set(row['run_id'] as SqlValue, row['also_at'] as SqlValue);
  };
  read();

  return {
    /** @param text JSON of the places, null for none. */
    change(runId: SqlValue, text: SqlValue): void {
      if ((known.get(runId) ?? null) === text) return;
      update.run(text, runId);
      clear.run(runId);
      if (text === null) {
        known.delete(runId);
        return;
      }
      known.set(runId, text);
      for (const { node, status, note, step, waits, since } of JSON.parse(String(text)) as StandingPlace[])
        insert.run(node, status, note ?? '', step, waits, since, runId);
    },
    /** After a rollback. */
    undone: read,
  };
}
