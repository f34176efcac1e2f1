/** Look-alikes of the MongoDB driver's client and database. */
import { EventEmitter } from 'node:events';
import { realpathSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { SqliteCollection } from './collection.ts';
import { Cursor, wholeSource } from './cursor.ts';
import { badValue, serverError, UnsupportedFeatureError } from './errors.ts';
import { compileFilter } from './filter.ts';
import type { Doc } from './mongo.ts';
import { checkOptions, type Options } from './options.ts';
import { Session } from './session.ts';
import { Store } from './store.ts';
import { removeExpired } from './ttl.ts';
import { parseSqliteUri, type StoreSettings } from './uri.ts';

/** Stores of this process by file: two connections to one file must share one, or they would wait for each other forever. */
const openStores = new Map<string, { store: Store; users: number; settings: StoreSettings }>();

function acquire(settings: StoreSettings): Store {
  if (settings.path === ':memory:') return new Store(settings);
  const file = join(realpathSync(dirname(settings.path)), basename(settings.path));
  const open = openStores.get(file);
  if (open === undefined) {
    const store = new Store(settings);
    openStores.set(file, { store, users: 1, settings });
    return store;
  }
  if (open.settings.synchronous !== settings.synchronous || open.settings.maxSizeBytes !== settings.maxSizeBytes) {
    throw badValue(`${file} is already open in this process with other options`);
  }
  open.users += 1;
  return open.store;
}

function release(store: Store): void {
  for (const [file, open] of openStores) {
    if (open.store !== store) continue;
    open.users -= 1;
    if (open.users > 0) return;
    openStores.delete(file);
  }
  store.close();
}

export class SqliteClient extends EventEmitter {
  readonly #store: Store;
  readonly #defaultDb: string;
  readonly #sessions = new Set<Session>();
  #sweeper: NodeJS.Timeout | null = null;
  #isClosed = false;

  /** Opens (or creates) the database. @throws MongoServerError for a wrong connection string. */
  constructor(uri: string) {
    super();
    const settings = parseSqliteUri(uri);
    this.#store = acquire(settings);
    this.#defaultDb = settings.path === ':memory:' ? 'memory' : basename(settings.path, extname(settings.path));
    if (settings.ttlSweepMs > 0) {
      this.#sweeper = setInterval(() => {
        // A sweep that fails (another process holds the file, the disk is full) is simply due again later.
        this.sweepExpired(Date.now()).catch((error: unknown) => this.emit('ttlSweepFailed', error));
      }, settings.ttlSweepMs);
      this.#sweeper.unref();
    }
  }

  db(name: string = this.#defaultDb): SqliteDb {
    return new SqliteDb(this, this.#store, name);
  }

  startSession(): Session {
    const session = new Session(this.#store);
    this.#sessions.add(session);
    session.once('ended', () => this.#sessions.delete(session));
    return session;
  }

  async withSession<T>(action: (session: Session) => Promise<T>): Promise<T> {
    const session = this.startSession();
    try {
      return await action(session);
    } finally {
      await session.endSession();
    }
  }

  /** Deletes what TTL indexes call expired. @returns how many documents. */
  sweepExpired(nowMs: number): Promise<number> {
    return this.#store.write(null, () => removeExpired(this.#store, nowMs));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#sweeper !== null) clearInterval(this.#sweeper);
    for (const session of this.#sessions) await session.endSession();
    release(this.#store);
    this.emit('close');
  }
}

class SqliteDb {
  readonly client: SqliteClient;
  readonly databaseName: string;
  readonly #store: Store;

  constructor(client: SqliteClient, store: Store, databaseName: string) {
    this.client = client;
    this.#store = store;
    this.databaseName = databaseName;
  }

  collection(name: string): SqliteCollection {
    return new SqliteCollection(this.#store, this.databaseName, name);
  }

  /** @throws MongoServerError 48 when it exists, UnsupportedFeatureError for capped, time-series and the like. */
  async createCollection(name: string, options?: Options): Promise<SqliteCollection> {
    checkOptions(options);
    await this.#store.write(null, () => {
      if (this.#store.catalogue.find(this.databaseName, name) !== undefined) {
        throw serverError(48, 'NamespaceExists', `Collection ${this.databaseName}.${name} already exists.`);
      }
      this.#store.catalogue.create(this.databaseName, name);
    });
    return this.collection(name);
  }

  async dropCollection(name: string): Promise<boolean> {
    return this.collection(name).drop();
  }

  async renameCollection(from: string, to: string, options?: Options): Promise<SqliteCollection> {
    return this.collection(from).rename(to, options);
  }

  async dropDatabase(): Promise<boolean> {
    await this.#store.write(null, () => {
      for (const collection of this.#store.catalogue.list(this.databaseName)) this.#store.catalogue.drop(collection);
    });
    return true;
  }

  listCollections(filter: Doc = {}): Cursor {
    const matches = compileFilter(filter);
    return new Cursor(() =>
      wholeSource(() =>
        this.#store.read(null, () =>
          this.#store.catalogue
            .list(this.databaseName)
            .map(({ name }) => ({ name, type: 'collection', options: {}, info: { readOnly: false } }))
            .filter(matches),
        ),
      ),
    );
  }

  async collections(): Promise<SqliteCollection[]> {
    const found = (await this.listCollections().toArray()) as { name: string }[];
    return found.map(({ name }) => this.collection(name));
  }

  admin() {
    return {
      ping: async () => ({ ok: 1 }),
      listDatabases: () =>
        this.#store.read(null, () => {
          const names = new Set(this.#store.catalogue.list().map(({ database }) => database));
          return { databases: [...names].map((name) => ({ name, empty: false })), ok: 1 };
        }),
    };
  }

  async command(command: Doc): Promise<Doc> {
    const [name = ''] = Object.keys(command);
    if (name !== 'ping') throw new UnsupportedFeatureError(`Command ${name}`, 'ping');
    return { ok: 1 };
  }

  aggregate(): never {
    throw new UnsupportedFeatureError('Db.aggregate()', 'aggregation on a collection');
  }

  watch(): never {
    throw new UnsupportedFeatureError('Db.watch() (change streams)', 'polling an indexed field');
  }
}
