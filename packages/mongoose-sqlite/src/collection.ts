/** A look-alike of the MongoDB driver's Collection, as far as mongoose and its users call it. */
import mongoose from 'mongoose';
import { aggregate, normalisePipeline } from './aggregate.ts';
import { decode, normalise } from './bson.ts';
import { type BulkStep, parseOperation, runBulk } from './bulk.ts';
import type { CollectionInfo } from './catalogue.ts';
import { Cursor, type CursorSource, wholeSource } from './cursor.ts';
import { badValue, serverError, UnsupportedFeatureError } from './errors.ts';
import { FindCursor } from './find-cursor.ts';
import { createIndex, describeIndex, dropIndex, parseIndex } from './indexes.ts';
import { type Doc, isDoc } from './mongo.ts';
import { checkOptions, countOption, decodeOptionsOf, type Options, sessionOf } from './options.ts';
import { indexedValuesAt } from './paths.ts';
import { compileProjection } from './projection.ts';
import {
  countRows,
  explainRows,
  matching,
  normaliseFilter,
  type Query,
  rowById,
  selectIds,
  selectRows,
} from './query.ts';
import { isWriteError, queryOf, requireDocument, uniqueValues, updateRequest, withId } from './requests.ts';
import { sortSpec } from './sort.ts';
import type { Store } from './store.ts';
import { deleteDocuments, insertDocument, type UpdateRequest, updateDocuments } from './writes.ts';

const CURSOR_PORTION = 500;

export class SqliteCollection {
  readonly #store: Store;
  readonly dbName: string;
  readonly collectionName: string;

  constructor(store: Store, dbName: string, collectionName: string) {
    this.#store = store;
    this.dbName = dbName;
    this.collectionName = collectionName;
  }

  get namespace(): string {
    return `${this.dbName}.${this.collectionName}`;
  }

  // Inserts

  async insertOne(doc: Doc, options?: Options) {
    const checked = checkOptions(options);
    requireDocument(doc);
    const id = withId(doc);
    await this.#write(checked, () => {
      insertDocument(this.#store, this.#ensure(), doc, checked['ignoreUndefined'] === true);
    });
    return { acknowledged: true, insertedId: id };
  }

  async insertMany(docs: readonly Doc[], options?: Options) {
    if (!Array.isArray(docs)) throw badValue('Argument "docs" must be an array of documents');
    const result = await this.bulkWrite(
      docs.map((document) => ({ insertOne: { document } })),
      options,
    );
    return { acknowledged: true, insertedCount: result.insertedCount, insertedIds: result.insertedIds };
  }

  async bulkWrite(operations: readonly unknown[], options?: Options) {
    const checked = checkOptions(options);
    if (!Array.isArray(operations)) throw badValue('Argument "operations" must be an array of documents');
    if (operations.length === 0) throw badValue('Invalid BulkOperation, Batch cannot be empty');
    const steps = operations.map((operation) => this.#bulkStep(...parseOperation(operation), checked));
    const { outcome, error } = await this.#write(checked, () => {
      const done = runBulk(steps, operations, checked['ordered'] !== false, isWriteError);
      // A transaction is all or nothing; outside one, what succeeded stays.
      if (done.error !== null && sessionOf(checked)?.inTransaction()) throw done.error;
      return done;
    });
    if (error !== null) throw error;
    return outcome;
  }

  #bulkStep(name: string, args: Doc, options: Doc): () => BulkStep {
    checkOptions(args);
    const filter = name === 'insertOne' ? {} : normaliseFilter(args['filter']);
    switch (name) {
      case 'insertOne': {
        // A bare document is accepted too, as by the driver.
        const doc = (args['document'] ?? args) as Doc;
        const id = withId(doc);
        return () => {
          insertDocument(this.#store, this.#ensure(), doc, options['ignoreUndefined'] === true);
          return { inserted: { id } };
        };
      }
      case 'deleteOne':
      case 'deleteMany': {
        const query = { ...matching(filter, name === 'deleteOne' ? 1 : 0), hint: args['hint'] ?? null };
        return () => ({ deleted: this.#delete(query).length });
      }
      default: {
        const update = args['update'] ?? args['replacement'];
        const request = updateRequest(filter, update, { ...args, multi: name === 'updateMany' }, name === 'replaceOne');
        return () => this.#update(request);
      }
    }
  }

  // Updates and deletes

  async updateOne(filter: unknown, update: unknown, options?: Options) {
    return this.#updateResult(updateRequest(filter, update, checkOptions(options), false), checkOptions(options));
  }

  async updateMany(filter: unknown, update: unknown, options?: Options) {
    const checked = { ...checkOptions(options), multi: true };
    return this.#updateResult(updateRequest(filter, update, checked, false), checked);
  }

  async replaceOne(filter: unknown, replacement: unknown, options?: Options) {
    return this.#updateResult(updateRequest(filter, replacement, checkOptions(options), true), checkOptions(options));
  }

  async #updateResult(request: UpdateRequest, options: Doc) {
    const { matched, modified, upserted } = await this.#write(options, () => this.#update(request));
    return {
      acknowledged: true,
      matchedCount: matched,
      modifiedCount: modified,
      upsertedCount: upserted === null ? 0 : 1,
      upsertedId: upserted === null ? null : upserted.id,
    };
  }

  #update(request: UpdateRequest) {
    const collection = request.upsert ? this.#ensure() : this.#info();
    if (collection === undefined) return { matched: 0, modified: 0, upserted: null, before: null, after: null };
    return updateDocuments(this.#store, collection, request);
  }

  async deleteOne(filter?: unknown, options?: Options) {
    return this.#deleteResult(filter, options, 1);
  }

  async deleteMany(filter?: unknown, options?: Options) {
    return this.#deleteResult(filter, options, 0);
  }

  async #deleteResult(filter: unknown, options: Options, limit: number) {
    const checked = checkOptions(options);
    const query = { ...matching(normaliseFilter(filter), limit), hint: checked['hint'] ?? null };
    const deleted = await this.#write(checked, () => this.#delete(query));
    return { acknowledged: true, deletedCount: deleted.length };
  }

  #delete(query: Query): Uint8Array[] {
    const collection = this.#info();
    return collection === undefined ? [] : deleteDocuments(this.#store, collection, query);
  }

  async findOneAndUpdate(filter: unknown, update: unknown, options?: Options) {
    return this.#findAndChange(updateRequest(filter, update, checkOptions(options), false), checkOptions(options));
  }

  async findOneAndReplace(filter: unknown, replacement: unknown, options?: Options) {
    return this.#findAndChange(updateRequest(filter, replacement, checkOptions(options), true), checkOptions(options));
  }

  async #findAndChange(request: UpdateRequest, options: Doc) {
    const project = this.#projector(options, request.filter);
    return this.#write(options, () => {
      const outcome = this.#update(request);
      const bytes = options['returnDocument'] === 'after' ? outcome.after : outcome.before;
      const value = bytes === null ? null : project(bytes);
      if (options['includeResultMetadata'] !== true) return value;
      const lastErrorObject = {
        n: outcome.matched > 0 || outcome.upserted !== null ? 1 : 0,
        updatedExisting: outcome.matched > 0,
        ...(outcome.upserted === null ? {} : { upserted: outcome.upserted.id }),
      };
      return { lastErrorObject, value, ok: 1 };
    });
  }

  async findOneAndDelete(filter: unknown, options?: Options) {
    const checked = checkOptions(options);
    const plain = normaliseFilter(filter);
    const project = this.#projector(checked, plain);
    const query = { ...matching(plain, 1), sort: sortSpec(checked['sort']), hint: checked['hint'] ?? null };
    return this.#write(checked, () => {
      const [bytes] = this.#delete(query);
      const value = bytes === undefined ? null : project(bytes);
      if (checked['includeResultMetadata'] !== true) return value;
      return { lastErrorObject: { n: value === null ? 0 : 1 }, value, ok: 1 };
    });
  }

  // Reads

  find(filter?: unknown, options?: Options): FindCursor {
    const plain = normaliseFilter(filter);
    return new FindCursor(options, (settings) => this.#findSource(plain, settings));
  }

  async findOne(filter?: unknown, options?: Options) {
    const [found] = await this.find(filter, { ...options, limit: 1 }).toArray();
    return found ?? null;
  }

  #findSource(filter: Doc, settings: Doc): CursorSource {
    const query = queryOf(filter, settings);
    const project = this.#projector(settings, filter);
    let ids: number[] | null = null;
    return {
      all: () =>
        this.#read(settings, (collection) =>
          selectRows(this.#store, collection, query).map((row) => project(row.bytes)),
        ).then((docs) => docs ?? []),
      // Ids are cheap to hold; documents are fetched as the caller gets to them.
      portion: async () => {
        ids ??= (await this.#read(settings, (c) => selectIds(this.#store, c, query).reverse())) ?? [];
        if (ids.length === 0) return null;
        const wanted = ids.splice(-CURSOR_PORTION).reverse();
        const docs = await this.#read(settings, (c) =>
          wanted
            .map((id) => rowById(this.#store, c, id))
            .filter((row) => row !== null)
            .map((row) => project(row.bytes)),
        );
        return docs ?? null;
      },
    };
  }

  async countDocuments(filter?: unknown, options?: Options) {
    const checked = checkOptions(options);
    const query = queryOf(normaliseFilter(filter), checked);
    return (await this.#read(checked, (collection) => countRows(this.#store, collection, query))) ?? 0;
  }

  async estimatedDocumentCount(options?: Options) {
    return this.countDocuments({}, options);
  }

  async distinct(field: string, filter?: unknown, options?: Options) {
    const checked = checkOptions(options);
    const query = queryOf(normaliseFilter(filter), checked);
    const segments = String(field).split('.');
    const decodeOptions = decodeOptionsOf(checked);
    const values = await this.#read(checked, (collection) =>
      selectRows(this.#store, collection, query)
        .flatMap((row) => indexedValuesAt(decode(row.bytes, decodeOptions), segments).values)
        .filter((value) => value !== undefined),
    );
    return uniqueValues(values ?? []);
  }

  aggregate(pipeline: unknown, options?: Options): Cursor {
    const checked = checkOptions(options);
    normalisePipeline(pipeline);
    return new Cursor(() =>
      wholeSource(() => {
        const run = () =>
          aggregate({
            store: this.#store,
            database: this.dbName,
            collection: this.#info(),
            pipeline,
            maxTimeMs: countOption(checked, 'maxTimeMS'),
            hint: checked['hint'] ?? null,
            decodeOptions: decodeOptionsOf(checked),
          });
        return this.#inSession(checked, (owner) => this.#store.read(owner, run));
      }),
    );
  }

  // Indexes and the collection itself

  async createIndex(spec: unknown, options?: Options): Promise<string> {
    const [name] = await this.createIndexes([{ key: spec, ...options }], options);
    return name!;
  }

  async createIndexes(specs: readonly unknown[], options?: Options): Promise<string[]> {
    const wanted = specs.map((spec) => {
      if (!isDoc(spec)) throw badValue('An index specification must be a document');
      const { key, ...indexOptions } = spec;
      return parseIndex(
        key instanceof Map || Array.isArray(key) || typeof key === 'string' ? key : normalise(key as Doc),
        indexOptions,
      );
    });
    return this.#write(options ?? {}, () => wanted.map((index) => createIndex(this.#store, this.#ensure(), index)));
  }

  async dropIndex(which: unknown, options?: Options) {
    await this.#write(options ?? {}, () => dropIndex(this.#store, this.#existing(), which));
    return { ok: 1 };
  }

  async dropIndexes(options?: Options): Promise<boolean> {
    await this.#write(options ?? {}, () => dropIndex(this.#store, this.#existing(), '*'));
    return true;
  }

  listIndexes(): Cursor {
    return new Cursor(() =>
      wholeSource(() => this.#store.read(null, () => this.#existing().indexes.map(describeIndex))),
    );
  }

  async indexes(options?: Options) {
    const indexes = (await this.listIndexes().toArray()) as Doc[];
    if (options?.['full'] !== false) return indexes;
    return Object.fromEntries(indexes.map((index) => [index['name'], Object.entries(index['key'] as Doc)]));
  }

  async indexInformation(options?: Options) {
    return this.indexes({ full: false, ...options });
  }

  async indexExists(names: string | readonly string[]): Promise<boolean> {
    const known = ((await this.listIndexes().toArray()) as Doc[]).map((index) => index['name']);
    return [names].flat().every((name) => known.includes(name));
  }

  async drop(options?: Options): Promise<boolean> {
    return this.#write(options ?? {}, () => {
      const collection = this.#info();
      if (collection !== undefined) this.#store.catalogue.drop(collection);
      return collection !== undefined;
    });
  }

  async rename(name: string, options?: Options): Promise<SqliteCollection> {
    await this.#write(options ?? {}, () => {
      const target = this.#store.catalogue.find(this.dbName, name);
      if (target !== undefined && options?.['dropTarget'] !== true) {
        throw serverError(48, 'NamespaceExists', `target namespace exists: ${this.dbName}.${name}`);
      }
      if (target !== undefined) this.#store.catalogue.drop(target);
      this.#store.catalogue.rename(this.#existing(), name);
    });
    return new SqliteCollection(this.#store, this.dbName, name);
  }

  async options() {
    return {};
  }

  async isCapped() {
    return false;
  }

  /** The steps SQLite takes for a filter and sort: shows whether an index is used. Not part of the driver's surface. */
  async explainQuery(filter: unknown, options?: Options): Promise<string[]> {
    const query = queryOf(normaliseFilter(filter), options ?? {});
    return (await this.#read({}, (collection) => explainRows(this.#store, collection, query))) ?? [];
  }

  // Shared

  #info(): CollectionInfo | undefined {
    return this.#store.catalogue.find(this.dbName, this.collectionName);
  }

  /** The collection, created on first use as on MongoDB. */
  #ensure(): CollectionInfo {
    return this.#info() ?? this.#store.catalogue.create(this.dbName, this.collectionName);
  }

  #existing(): CollectionInfo {
    const collection = this.#info();
    if (collection === undefined) throw serverError(26, 'NamespaceNotFound', `ns does not exist: ${this.namespace}`);
    return collection;
  }

  #inSession<T>(options: Doc, operation: (owner: object | null) => Promise<T>): Promise<T> {
    const session = sessionOf(options);
    return session === null ? operation(null) : session.run(operation);
  }

  #write<T>(options: Doc, change: () => T): Promise<T> {
    return this.#inSession(options, (owner) => this.#store.write(owner, change));
  }

  /** Undefined when the collection does not exist. */
  #read<T>(options: Doc, query: (collection: CollectionInfo) => T): Promise<T | undefined> {
    const run = () => {
      const collection = this.#info();
      return collection === undefined ? undefined : query(collection);
    };
    return this.#inSession(options, (owner) => this.#store.read(owner, run));
  }

  #projector(options: Doc, filter: Doc): (bytes: Uint8Array) => Doc {
    const projection = options['projection'] ?? options['fields'];
    const project = compileProjection(isDoc(projection) ? normalise(projection) : undefined, filter);
    const decodeOptions = decodeOptionsOf(options);
    return (bytes) => {
      const doc = decode(bytes, decodeOptions);
      return project === null ? doc : project(doc);
    };
  }
}

/** Methods of the driver's Collection that have no counterpart here say so, rather than being absent. */
for (const name of Object.getOwnPropertyNames(mongoose.mongo.Collection.prototype)) {
  if (name in SqliteCollection.prototype) continue;
  Object.defineProperty(SqliteCollection.prototype, name, {
    configurable: true,
    value: () => {
      throw new UnsupportedFeatureError(`Collection.${name}()`, 'the operations listed in the README');
    },
  });
}
