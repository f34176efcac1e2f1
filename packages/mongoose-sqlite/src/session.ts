/**
 * Sessions and transactions. A transaction owns the whole store from its first operation to its end, so it never
 * conflicts; like MongoDB, an error inside aborts it, and so does a lifetime beyond a minute.
 */
import { EventEmitter } from 'node:events';
import { serverError } from './errors.ts';
import { BSON, ObjectId } from './mongo.ts';
import type { Store } from './store.ts';

/** MongoDB's transactionLifetimeLimitSeconds. */
const TRANSACTION_LIFETIME_MS = 60_000;

type State = 'none' | 'starting' | 'active' | 'committed' | 'aborted';

export class Session extends EventEmitter {
  readonly id = { id: new BSON.Binary(new ObjectId().id) };
  hasEnded = false;
  readonly #store: Store;
  #state: State = 'none';
  #starting: Promise<void> | null = null;
  #lifetime: NodeJS.Timeout | null = null;

  constructor(store: Store) {
    super();
    this.#store = store;
  }

  get transaction() {
    const state = this.#state;
    return { isActive: state === 'starting' || state === 'active', isCommitted: state === 'committed' };
  }

  inTransaction(): boolean {
    return this.#state === 'starting' || this.#state === 'active';
  }

  startTransaction(): void {
    if (this.hasEnded) throw serverError(20, 'IllegalOperation', 'Cannot use a session that has ended');
    if (this.inTransaction()) throw serverError(20, 'IllegalOperation', 'Transaction already in progress');
    this.#state = 'starting';
    this.#starting = null;
  }

  /** Runs one operation in this session: with the store to itself inside a transaction, else like any other. */
  async run<T>(operation: (owner: Session | null) => Promise<T>): Promise<T> {
    if (this.hasEnded) throw serverError(20, 'IllegalOperation', 'Cannot use a session that has ended');
    if (this.#state === 'aborted') throw this.#gone();
    if (!this.inTransaction()) return operation(null);
    this.#starting ??= this.#begin();
    await this.#starting;
    if (this.#state !== 'active') throw this.#gone();
    try {
      return await operation(this);
    } catch (error) {
      this.#finish('rollback', 'aborted');
      throw error;
    }
  }

  async #begin(): Promise<void> {
    try {
      await this.#store.beginTransaction(this);
    } catch (error) {
      this.#state = 'aborted';
      throw error;
    }
    this.#state = 'active';
    this.#lifetime = setTimeout(() => this.#finish('rollback', 'aborted'), TRANSACTION_LIFETIME_MS);
  }

  async commitTransaction(): Promise<void> {
    if (this.#state === 'none') throw serverError(20, 'IllegalOperation', 'No transaction started');
    if (this.#state === 'aborted') throw this.#gone();
    if (this.#state === 'active') this.#finish('commit', 'committed');
    this.#state = 'committed';
  }

  async abortTransaction(): Promise<void> {
    if (this.#state === 'none') throw serverError(20, 'IllegalOperation', 'No transaction started');
    if (this.#state === 'committed') throw serverError(20, 'IllegalOperation', 'Cannot abort a committed transaction');
    await this.#starting?.catch(() => {});
    this.#finish('rollback', 'none');
  }

  /** Runs `action` in a transaction; commits when it resolves, aborts when it rejects. */
  async withTransaction<T>(action: (session: Session) => Promise<T>): Promise<T> {
    this.startTransaction();
    let result: T;
    try {
      result = await action(this);
    } catch (error) {
      await this.#starting?.catch(() => {});
      this.#finish('rollback', 'none');
      throw error;
    }
    if (this.inTransaction() || this.#state === 'aborted') await this.commitTransaction();
    return result;
  }

  async endSession(): Promise<void> {
    if (this.inTransaction()) await this.abortTransaction();
    this.hasEnded = true;
    this.emit('ended', this);
  }

  #finish(outcome: 'commit' | 'rollback', state: State): void {
    if (this.#lifetime !== null) clearTimeout(this.#lifetime);
    this.#lifetime = null;
    this.#state = 'aborted';
    this.#store.endTransaction(this, outcome);
    this.#state = state;
  }

  #gone() {
    return serverError(251, 'NoSuchTransaction', 'The transaction has been aborted', {
      errorLabels: ['TransientTransactionError'],
    });
  }
}
