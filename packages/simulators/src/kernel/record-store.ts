/**
 * The durable state of one simulator: records, counters, settings and the audit trail, in one SQLite file.
 * Invariant: a write and its audit row commit together, so counting audit rows counts effects, not calls.
 */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { type AuditFilter, type AuditRow, auditQuery, auditRow } from './audit.ts';
import { type Json, type JsonObject, scalarText } from './json.ts';

export interface StoredRecord {
  readonly id: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly deleted: boolean;
  readonly data: JsonObject;
}

export type WriteOperation = 'create' | 'update' | 'delete' | 'post';

/** Where a write comes from. `null` origins (seed data, derived fields) leave no audit row. */
export interface WriteOrigin {
  readonly method: string;
  readonly path: string;
  readonly correlationId: string | null;
  readonly externalKey?: string | null;
  readonly body?: Json;
}

const tables = `
  CREATE TABLE IF NOT EXISTS records (
    object TEXT NOT NULL, id TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0, data TEXT NOT NULL, PRIMARY KEY (object, id));
  CREATE INDEX IF NOT EXISTS records_by_update ON records (object, updated_at);
  CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    object TEXT NOT NULL, record_id TEXT NOT NULL, operation TEXT NOT NULL, external_key TEXT,
    correlation_id TEXT, body TEXT);
  CREATE INDEX IF NOT EXISTS audit_by_key ON audit (object, external_key);
  CREATE TABLE IF NOT EXISTS events (
    replay_id INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, at INTEGER NOT NULL, payload TEXT NOT NULL);
`;

interface RecordRow {
  id: string;
  created_at: number;
  updated_at: number;
  deleted: number;
  data: string;
}

export class RecordStore {
  readonly clock: () => number;
  readonly #db: DatabaseSync;
  #depth = 0;
  #transactions = 0;
  #afterCommit: (() => void)[] = [];

  /** @param clock epoch milliseconds; moved by hand in tests. */
  constructor(file: string, clock: () => number) {
    this.clock = clock;
    this.#db = new DatabaseSync(file);
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 10000;');
    this.#db.exec(tables);
  }

  get(object: string, id: string): StoredRecord | undefined {
    const found = this.#one('SELECT * FROM records WHERE object = ? AND id = ? AND deleted = 0', object, id);
    return found && stored(found);
  }

  /** Records in order of creation. */
  list(object: string, options: { includeDeleted?: boolean } = {}): StoredRecord[] {
    const filter = options.includeDeleted ? '' : 'AND deleted = 0';
    return this.#many(`SELECT * FROM records WHERE object = ? ${filter} ORDER BY rowid`, object).map(stored);
  }

  /** Live records whose top-level field equals the value; an index on the field is made at first use. */
  find(object: string, field: string, value: string | number): StoredRecord[] {
    if (!/^\w+$/.test(field)) return [];
    const path = `json_extract(data, '$.${field}')`;
    this.#index(field, path);
    const sql = `SELECT * FROM records WHERE object = ? AND ${path} = ? AND deleted = 0 ORDER BY rowid`;
    return this.#many(sql, object, value).map(stored);
  }

  count(object: string): number {
    return Number(this.#value('SELECT count(*) AS value FROM records WHERE object = ? AND deleted = 0', object) ?? 0);
  }

  insert(
    object: string,
    id: string,
    data: JsonObject,
    origin: WriteOrigin | null,
    operation: WriteOperation = 'create',
  ) {
    const now = this.clock();
    this.transaction(() => {
      this.#run(
        'INSERT INTO records (object, id, created_at, updated_at, data) VALUES (?, ?, ?, ?, ?)',
        object,
        id,
        now,
        now,
        JSON.stringify(data),
      );
      if (origin) this.#audit(object, id, operation, origin, data);
    });
  }

  /** Replaces the record's data as a whole. */
  update(object: string, id: string, data: JsonObject, origin: WriteOrigin | null) {
    this.transaction(() => {
      const sql = 'UPDATE records SET data = ?, updated_at = ? WHERE object = ? AND id = ?';
      this.#run(sql, JSON.stringify(data), this.clock(), object, id);
      if (origin) this.#audit(object, id, 'update', origin, data);
    });
  }

  /** Marks the record deleted; its data stays readable for feeds of deleted rows. */
  remove(object: string, id: string, origin: WriteOrigin | null) {
    this.transaction(() => {
      this.#run('UPDATE records SET deleted = 1, updated_at = ? WHERE object = ? AND id = ?', this.clock(), object, id);
      if (origin) this.#audit(object, id, 'delete', origin, {});
    });
  }

  nextNumber(counter: string, first = 1): number {
    const sql = `INSERT INTO counters (name, value) VALUES (?, ?)
      ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value`;
    return Number(this.#value(sql, counter, first));
  }

  setting(name: string): Json | undefined {
    const text = this.#value('SELECT value FROM settings WHERE name = ?', name);
    return typeof text === 'string' ? (JSON.parse(text) as Json) : undefined;
  }

  setSetting(name: string, value: Json) {
    const sql =
      'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value';
    this.#run(sql, name, JSON.stringify(value));
  }

  appendEvent(channel: string, payload: JsonObject): number {
    const sql = 'INSERT INTO events (channel, at, payload) VALUES (?, ?, ?) RETURNING replay_id AS value';
    return Number(this.#value(sql, channel, this.clock(), JSON.stringify(payload)));
  }

  /** Events after a replay id that are not older than `sinceMs`, oldest first. */
  events(
    afterReplayId: number,
    sinceMs = 0,
  ): { replayId: number; channel: string; atMs: number; payload: JsonObject }[] {
    const sql = 'SELECT * FROM events WHERE replay_id > ? AND at >= ? ORDER BY replay_id';
    return this.#many<{ replay_id: number; channel: string; at: number; payload: string }>(
      sql,
      afterReplayId,
      sinceMs,
    ).map((row) => ({ replayId: row.replay_id, channel: row.channel, atMs: row.at, payload: JSON.parse(row.payload) }));
  }

  lastReplayId(): number {
    return Number(this.#value("SELECT seq AS value FROM sqlite_sequence WHERE name = 'events'") ?? 0);
  }

  audit(filter: AuditFilter = {}): AuditRow[] {
    const { sql, values } = auditQuery(filter);
    return this.#many(sql, ...values).map(auditRow);
  }

  /** Number of the transaction under way: equal numbers committed together. */
  get transactionNumber(): number {
    return this.#transactions;
  }

  /** Runs `work` in one transaction; nested calls become savepoints, so a part may fail alone. */
  transaction<T>(work: () => T): T {
    const depth = this.#depth;
    if (depth === 0) this.#transactions += 1;
    this.#db.exec(depth === 0 ? 'BEGIN IMMEDIATE' : `SAVEPOINT s${depth}`);
    this.#depth += 1;
    const pending = this.#afterCommit.length;
    try {
      const result = work();
      this.#db.exec(depth === 0 ? 'COMMIT' : `RELEASE s${depth}`);
      this.#depth = depth;
      if (depth === 0) for (const act of this.#afterCommit.splice(0)) act();
      return result;
    } catch (error) {
      if (this.#depth !== depth) {
        this.#db.exec(depth === 0 ? 'ROLLBACK' : `ROLLBACK TO s${depth}; RELEASE s${depth}`);
        this.#depth = depth;
        this.#afterCommit.length = pending;
      }
      throw error;
    }
  }

  /** Calls `act` once the outermost transaction has committed. */
  afterCommit(act: () => void) {
    if (this.#depth === 0) act();
    else this.#afterCommit.push(act);
  }

  /**
   * Empties everything, the audit trail included, but for the named kinds of records.
   * Sequence numbers of audit rows and events go on counting, so that a reader's position stays valid.
   */
  clear(keep: readonly string[] = []) {
    this.transaction(() => {
      for (const table of ['counters', 'settings', 'audit', 'events']) this.#db.exec(`DELETE FROM ${table}`);
      this.#run('DELETE FROM records WHERE object NOT IN (SELECT value FROM json_each(?))', JSON.stringify(keep));
    });
  }

  close() {
    this.#db.close();
  }

  #audit(object: string, id: string, operation: WriteOperation, origin: WriteOrigin, data: JsonObject) {
    const externalKey = origin.externalKey ?? scalarText(data['externalId']) ?? null;
    this.#run(
      `INSERT INTO audit (at, method, path, object, record_id, operation, external_key, correlation_id, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      this.clock(),
      origin.method,
      origin.path,
      object,
      id,
      operation,
      externalKey,
      origin.correlationId,
      JSON.stringify(origin.body ?? data),
    );
  }

  #indexed = new Set<string>();
  #index(field: string, path: string) {
    if (this.#indexed.has(field)) return;
    this.#db.exec(`CREATE INDEX IF NOT EXISTS records_by_${field} ON records (object, ${path})`);
    this.#indexed.add(field);
  }

  #run(sql: string, ...values: SQLInputValue[]) {
    this.#statement(sql).run(...values);
  }

  #one(sql: string, ...values: SQLInputValue[]): RecordRow | undefined {
    return this.#many<RecordRow>(sql, ...values)[0];
  }

  #many<Row = RecordRow>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...values) as Row[];
  }

  #value(sql: string, ...values: SQLInputValue[]) {
    return this.#many<{ value: SQLInputValue }>(sql, ...values)[0]?.value;
  }

  #statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  #statement(sql: string) {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function stored(row: RecordRow): StoredRecord {
  return {
    id: row.id,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
    deleted: row.deleted === 1,
    data: JSON.parse(row.data) as JsonObject,
  };
}
