/**
 * Which collections exist, how their paths map to columns, and which indexes they have. Kept in the table
 * `_collections`, cached here, reloaded after a rollback or a change by another process.
 */
import { BSON, type Doc } from './mongo.ts';
import type { PathInfo } from './plan.ts';
import type { Store } from './store.ts';

export interface IndexInfo {
  readonly name: string;
  readonly key: Record<string, 1 | -1>;
  readonly unique: boolean;
  readonly sparse: boolean;
  readonly partialFilterExpression: Doc | null;
  readonly expireAfterSeconds: number | null;
  /** Number of the index, part of SQLite's name for it. */
  readonly number: number;
}

export interface CollectionInfo {
  readonly number: number;
  readonly database: string;
  readonly name: string;
  readonly paths: Map<string, PathInfo>;
  indexes: IndexInfo[];
  /** Last number given to a column or index; numbers are never reused. */
  lastNumber: number;
}

export const tableOf = (collection: CollectionInfo) => `c${collection.number}`;
/** `(path, key, id)` for every value of a multikey path. */
export const sideTableOf = (collection: CollectionInfo) => `m${collection.number}`;
/** `(idx, key, id)` for unique indexes over a multikey path, which SQLite cannot enforce itself. */
export const uniqueTableOf = (collection: CollectionInfo) => `u${collection.number}`;
export const sqliteIndexName = (collection: CollectionInfo, index: IndexInfo) =>
  `i${collection.number}_${index.number}`;
/** Column telling whether a document belongs to a sparse or partial index. */
export const memberColumn = (index: IndexInfo) => `p${index.number}`;
export const hasMembers = (index: IndexInfo) => index.sparse || index.partialFilterExpression !== null;
export const namespaceOf = (collection: CollectionInfo) => `${collection.database}.${collection.name}`;
export const isMultikey = (collection: CollectionInfo, index: IndexInfo) =>
  Object.keys(index.key).some((path) => collection.paths.get(path)?.multikey === true);

export class Catalogue {
  readonly #store: Store;
  #collections = new Map<string, CollectionInfo>();

  constructor(store: Store) {
    this.#store = store;
  }

  load(): void {
    this.#store.exec(
      'CREATE TABLE IF NOT EXISTS _collections (number INTEGER PRIMARY KEY, database TEXT, name TEXT, meta TEXT, UNIQUE (database, name))',
    );
    this.#collections = new Map();
    for (const [number, database, name, meta] of this.#store.all(
      'SELECT number, database, name, meta FROM _collections',
    )) {
      const stored = BSON.EJSON.parse(String(meta)) as {
        paths: Record<string, PathInfo>;
        indexes: IndexInfo[];
        lastNumber: number;
      };
      this.#remember({
        number: Number(number),
        database: String(database),
        name: String(name),
        paths: new Map(Object.entries(stored.paths)),
        indexes: stored.indexes,
        lastNumber: stored.lastNumber,
      });
    }
  }

  find(database: string, name: string): CollectionInfo | undefined {
    return this.#collections.get(`${database}\0${name}`);
  }

  list(database?: string): CollectionInfo[] {
    return [...this.#collections.values()].filter((c) => database === undefined || c.database === database);
  }

  create(database: string, name: string): CollectionInfo {
    const { rowid } = this.#store.run(
      'INSERT INTO _collections (database, name, meta) VALUES (?, ?, ?)',
      database,
      name,
      '{}',
    );
    const created: CollectionInfo = {
      number: rowid,
      database,
      name,
      paths: new Map([['_id', { column: 'f0', multikey: false }]]),
      indexes: [
        {
          name: '_id_',
          key: { _id: 1 },
          unique: true,
          sparse: false,
          partialFilterExpression: null,
          expireAfterSeconds: null,
          number: 0,
        },
      ],
      lastNumber: 0,
    };
    // No declared types: SQLite must not convert keys.
    this.#store.exec(`
      CREATE TABLE ${tableOf(created)} (id INTEGER PRIMARY KEY, f0 NOT NULL, doc BLOB NOT NULL);
      CREATE UNIQUE INDEX i${rowid}_0 ON ${tableOf(created)} (f0);
      CREATE TABLE ${sideTableOf(created)} (path TEXT, key, id INTEGER, PRIMARY KEY (path, key, id)) WITHOUT ROWID;
      CREATE INDEX ${sideTableOf(created)}_id ON ${sideTableOf(created)} (id);
      CREATE TABLE ${uniqueTableOf(created)} (idx INTEGER, key TEXT, id INTEGER, PRIMARY KEY (idx, key)) WITHOUT ROWID;
      CREATE INDEX ${uniqueTableOf(created)}_id ON ${uniqueTableOf(created)} (id)`);
    this.save(created);
    this.#remember(created);
    return created;
  }

  save(collection: CollectionInfo): void {
    const { paths, indexes, lastNumber } = collection;
    const meta = BSON.EJSON.stringify({ paths: Object.fromEntries(paths), indexes, lastNumber });
    this.#store.run('UPDATE _collections SET meta = ? WHERE number = ?', meta, collection.number);
  }

  drop(collection: CollectionInfo): void {
    for (const table of [tableOf(collection), sideTableOf(collection), uniqueTableOf(collection)]) {
      this.#store.exec(`DROP TABLE ${table}`);
    }
    this.#store.run('DELETE FROM _collections WHERE number = ?', collection.number);
    this.#collections.delete(`${collection.database}\0${collection.name}`);
  }

  rename(collection: CollectionInfo, name: string): void {
    this.#store.run('UPDATE _collections SET name = ? WHERE number = ?', name, collection.number);
    this.load();
  }

  #remember(collection: CollectionInfo): void {
    this.#collections.set(`${collection.database}\0${collection.name}`, collection);
  }
}
