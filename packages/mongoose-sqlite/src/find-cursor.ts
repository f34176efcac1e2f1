/** The cursor of `find`: chainable until it is read. */

import { Cursor, type CursorSource } from './cursor.ts';
import { UnsupportedFeatureError } from './errors.ts';
import type { Doc } from './mongo.ts';
import { checkOptions, countOption, type Options } from './options.ts';

export class FindCursor extends Cursor {
  readonly #settings: Doc;
  readonly #openWith: (settings: Doc) => CursorSource;

  constructor(options: Options, openWith: (settings: Doc) => CursorSource) {
    const settings = { ...checkOptions(options) };
    super(() => openWith(settings));
    this.#settings = settings;
    this.#openWith = openWith;
  }

  sort(sort: unknown, direction?: unknown): this {
    this.#settings['sort'] = typeof sort === 'string' && direction !== undefined ? { [sort]: direction } : sort;
    return this;
  }
  limit(limit: number): this {
    this.#settings['limit'] = limit;
    return this;
  }
  skip(skip: number): this {
    this.#settings['skip'] = skip;
    return this;
  }
  project(projection: Doc): this {
    this.#settings['projection'] = projection;
    return this;
  }
  hint(hint: unknown): this {
    this.#settings['hint'] = hint;
    return this;
  }
  maxTimeMS(maxTimeMs: number): this {
    this.#settings['maxTimeMS'] = maxTimeMs;
    countOption(this.#settings, 'maxTimeMS');
    return this;
  }
  clone(): FindCursor {
    return new FindCursor(this.#settings, this.#openWith);
  }
  collation(): never {
    throw new UnsupportedFeatureError('Option collation', 'comparison by UTF-8 bytes');
  }
  min(): never {
    throw new UnsupportedFeatureError('Option min', '$gte in the filter');
  }
  max(): never {
    throw new UnsupportedFeatureError('Option max', '$lt in the filter');
  }
}
