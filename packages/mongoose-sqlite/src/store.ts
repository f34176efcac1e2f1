/**
 * One SQLite file and who may use it when.
 *
 * Group commit: the first write of an event-loop turn begins a SQLite transaction, all writes of the turn join
 * it, `setImmediate` commits. No promise, of a write or of a read that saw uncommitted rows, resolves before the
 * commit, so nothing a caller acts on can be lost. If the commit fails, all of its writes are rolled back and rejected.
 *
 * A session's transaction owns the store until it ends; other operations wait for it.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { Catalogue } from './catalogue.ts';
import { serverError, sqliteCode, translateSqliteError } from './errors.ts';
import type { StoreSettings } from './uri.ts';

const BUSY_TIMEOUT_MS = 10_000;
const STATEMENT_CACHE_SIZE = 500;

interface Batch {
  readonly settled: Promise<void>;
  resolve(): void;
  reject(error: unknown): void;
}

export class Store {
  readonly catalogue: Catalogue;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #isFile: boolean;
  #batch: Batch | null = null;
  #owner: object | null = null;
  #waiting: (() => void)[] = [];
  /** Set while the several statements of one document are under way; a failure then spoils the whole commit. */
  #midWrite = false;
  #dataVersion: unknown = null;

  constructor(settings: StoreSettings) {
    this.#isFile = settings.path !== ':memory:';
    this.#db = new DatabaseSync(settings.path);
    this.#db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    if (this.#isFile) this.#db.exec('PRAGMA journal_mode = WAL');
    this.#db.exec(
      `PRAGMA synchronous = ${settings.synchronous}; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32000`,
    );
    if (settings.maxSizeBytes !== null) {
      const [pageSize] = this.all('PRAGMA page_size')[0] as [number];
      this.#db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(settings.maxSizeBytes / pageSize))}`);
    }
    this.catalogue = new Catalogue(this);
    this.#attempt(() => this.catalogue.load());
  }

  get isOpen(): boolean {
    return this.#db.isOpen;
  }

  /** Rows as arrays. */
  all(sql: string, ...params: readonly (number | string | null | Uint8Array)[]): unknown[][] {
    return this.#prepare(sql).all(...params) as unknown as unknown[][];
  }

  /** Rows as arrays, one at a time. Do not write while iterating. */
  iterate(sql: string, ...params: readonly (number | string | null)[]): IterableIterator<unknown[]> {
    // A fresh statement: a cached one could be running already further up the stack.
    const statement = this.#db.prepare(sql);
    statement.setReturnArrays(true);
    return statement.iterate(...params) as unknown as IterableIterator<unknown[]>;
  }

  run(sql: string, ...params: readonly (number | string | null | Uint8Array)[]): { changes: number; rowid: number } {
    const { changes, lastInsertRowid } = this.#prepare(sql).run(...params);
    return { changes: Number(changes), rowid: Number(lastInsertRowid) };
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  #prepare(sql: string): StatementSync {
    const cached = this.#statements.get(sql);
    if (cached !== undefined) return cached;
    if (this.#statements.size >= STATEMENT_CACHE_SIZE) this.#statements.clear();
    const statement = this.#db.prepare(sql);
    statement.setReturnArrays(true);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** Runs the statements of one document; should they stop half-way, the commit they belong to is undone. */
  whole<T>(statements: () => T): T {
    this.#midWrite = true;
    const result = statements();
    this.#midWrite = false;
    return result;
  }

  /** A statement of `whole` failed without effect (a unique violation), so the commit may go on. */
  wholeHadNoEffect(): void {
    this.#midWrite = false;
  }

  /** Runs schema changes so that a failure leaves none of them. */
  savepoint<T>(change: () => T): T {
    this.#db.exec('SAVEPOINT change');
    try {
      const result = change();
      this.#db.exec('RELEASE change');
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK TO change; RELEASE change');
      this.#midWrite = false;
      this.catalogue.load();
      throw error;
    }
  }

  /** Runs a write; resolves once it is durable. `owner` is the session of a transaction, or null. */
  async write<T>(owner: object | null, change: () => T): Promise<T> {
    if (owner !== null && this.#owner === owner) return this.#attempt(change);
    while (this.#owner !== null) await this.#release();
    const batch = this.#openBatch();
    let outcome: { value: T } | { error: unknown };
    try {
      outcome = { value: change() };
    } catch (error) {
      outcome = { error };
      if (this.#midWrite || sqliteCode(error) !== null) this.#abandon(batch, error);
    }
    await batch.settled;
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  /** Runs a read; if it saw rows that are not committed yet, resolves once they are. */
  async read<T>(owner: object | null, query: () => T): Promise<T> {
    if (owner !== null && this.#owner === owner) return this.#attempt(query);
    for (;;) {
      while (this.#owner !== null) await this.#release();
      this.#ensureOpen();
      const batch = this.#batch;
      if (batch === null) this.#refresh();
      const result = this.#attempt(query);
      if (batch === null) return result;
      const isCommitted = await batch.settled.then(
        () => true,
        () => false,
      );
      if (isCommitted) return result;
    }
  }

  /** Gives the store to `owner` until `endTransaction`. */
  async beginTransaction(owner: object): Promise<void> {
    while (this.#owner !== null) await this.#release();
    this.#ensureOpen();
    this.commitNow();
    this.#attempt(() => this.#db.exec('BEGIN IMMEDIATE'));
    this.#refresh();
    this.#owner = owner;
  }

  /** Commits or rolls back. @throws DiskFullError and the like, after rolling back. */
  endTransaction(owner: object, outcome: 'commit' | 'rollback'): void {
    if (this.#owner !== owner) return;
    try {
      if (outcome === 'commit') this.#attempt(() => this.#db.exec('COMMIT'));
      else this.#rollback();
    } catch (error) {
      this.#rollback();
      throw error;
    } finally {
      this.#owner = null;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const wake of waiting) wake();
    }
  }

  /** Commits what is pending, now. Failures reach the writers, not the caller. */
  commitNow(): void {
    const batch = this.#batch;
    if (batch === null) return;
    try {
      this.#db.exec('COMMIT');
      this.#batch = null;
      batch.resolve();
    } catch (error) {
      this.#abandon(batch, error);
    }
  }

  close(): void {
    if (!this.#db.isOpen) return;
    this.commitNow();
    if (this.#db.isTransaction) this.#rollback();
    this.#statements.clear();
    this.#db.exec('PRAGMA optimize');
    this.#db.close();
  }

  /**
   * Resolves when a transaction ends. Callers loop and go on without a further await once the store is free;
   * otherwise another transaction could begin between the look and the use.
   */
  #release(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #ensureOpen(): void {
    if (!this.#db.isOpen) throw serverError(91, 'ShutdownInProgress', 'The database is closed');
  }

  #openBatch(): Batch {
    if (this.#batch !== null) return this.#batch;
    this.#ensureOpen();
    this.#attempt(() => this.#db.exec('BEGIN IMMEDIATE'));
    this.#refresh();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const batch = { settled: promise, resolve, reject };
    // Each writer awaits `settled` itself; this handler only keeps a lone rejection from being called unhandled.
    promise.catch(() => {});
    this.#batch = batch;
    setImmediate(() => {
      if (this.#batch === batch) this.commitNow();
    });
    return batch;
  }

  #abandon(batch: Batch, error: unknown): void {
    this.#batch = null;
    this.#rollback();
    batch.reject(translateSqliteError(error));
  }

  #rollback(): void {
    this.#midWrite = false;
    if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
    this.catalogue.load();
  }

  /** Another process may have added indexes or collections. */
  #refresh(): void {
    if (!this.#isFile) return;
    const version = this.all('PRAGMA data_version')[0]?.[0];
    if (version === this.#dataVersion) return;
    if (this.#dataVersion !== null) this.catalogue.load();
    this.#dataVersion = version;
  }

  #attempt<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw translateSqliteError(error);
    }
  }
}
