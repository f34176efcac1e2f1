/** Cursors with the surface of the MongoDB driver's. */
import { Readable } from 'node:stream';
import { UnsupportedFeatureError } from './errors.ts';
import type { Doc } from './mongo.ts';

/** Where a cursor's documents come from. */
export interface CursorSource {
  /** Everything at once. */
  all(): Promise<Doc[]>;
  /** The next portion, or null at the end. */
  portion(): Promise<Doc[] | null>;
}

/** A source that is computed as a whole, such as an aggregation. */
export function wholeSource(load: () => Promise<Doc[]>): CursorSource {
  let isRead = false;
  return {
    all: load,
    async portion() {
      if (isRead) return null;
      isRead = true;
      return load();
    },
  };
}

export class Cursor implements AsyncIterable<unknown> {
  #open: () => CursorSource;
  #source: CursorSource | null = null;
  #buffer: Doc[] = [];
  #transform: ((doc: Doc) => unknown) | null = null;
  closed = false;

  constructor(open: () => CursorSource) {
    this.#open = open;
  }

  /** Documents not yet fetched by the caller, all at once. */
  async toArray(): Promise<unknown[]> {
    if (this.closed) return [];
    if (this.#source === null) {
      const all = await this.#open().all();
      this.closed = true;
      return this.#transform === null ? all : all.map(this.#transform);
    }
    const rest: unknown[] = [];
    for await (const doc of this) rest.push(doc);
    return rest;
  }

  async hasNext(): Promise<boolean> {
    while (this.#buffer.length === 0) {
      if (this.closed) return false;
      this.#source ??= this.#open();
      const portion = await this.#source.portion();
      if (portion === null) {
        this.closed = true;
        return false;
      }
      this.#buffer = portion.reverse();
    }
    return true;
  }

  async next(): Promise<unknown> {
    if (!(await this.hasNext())) return null;
    const doc = this.#buffer.pop()!;
    return this.#transform === null ? doc : this.#transform(doc);
  }

  tryNext(): Promise<unknown> {
    return this.next();
  }

  async forEach(visit: (doc: unknown) => unknown): Promise<void> {
    for await (const doc of this) if (visit(doc) === false) break;
  }

  map(transform: (doc: never) => unknown): this {
    const earlier = this.#transform;
    this.#transform = (doc) => transform((earlier === null ? doc : earlier(doc)) as never);
    return this;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    try {
      while (await this.hasNext()) yield await this.next();
    } finally {
      await this.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  stream(options?: { transform?: (doc: unknown) => unknown }): Readable {
    const { transform } = options ?? {};
    const docs = this;
    return Readable.from(
      (async function* () {
        for await (const doc of docs) yield transform === undefined ? doc : transform(doc);
      })(),
    );
  }

  async close(): Promise<void> {
    this.closed = true;
    this.#buffer = [];
  }

  rewind(): void {
    this.closed = false;
    this.#source = null;
    this.#buffer = [];
  }

  objsLeftInBatch(): number {
    return this.#buffer.length;
  }

  readBufferedDocuments(count = this.#buffer.length): Doc[] {
    return this.#buffer.splice(-count).reverse();
  }

  /** Batch size and flags do not change what a local cursor returns. */
  batchSize(): this {
    return this;
  }
  comment(): this {
    return this;
  }
  allowDiskUse(): this {
    return this;
  }
  withReadPreference(): this {
    return this;
  }
  withReadConcern(): this {
    return this;
  }
  addCursorFlag(flag: string, isOn = true): this {
    if (isOn && (flag === 'tailable' || flag === 'awaitData'))
      throw new UnsupportedFeatureError(`Cursor flag ${flag}`, 'noCursorTimeout');
    return this;
  }
  async explain(): Promise<never> {
    throw new UnsupportedFeatureError('explain()', 'the README explains which filters use indexes');
  }
}
