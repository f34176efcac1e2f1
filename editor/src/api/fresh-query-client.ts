import type { InvalidateOptions, InvalidateQueryFilters, Query } from '@tanstack/react-query';
import { QueryClient } from '@tanstack/react-query';

/**
 * A query client that misses no news. What is invalidated while it is being read is read once more afterwards: the
 * answer under way may be older than the news. TanStack Query by itself takes a first answer for the newest, and gives up
 * a later one for each piece of news, so that a quick row of them keeps the screen waiting.
 */
export class FreshQueryClient extends QueryClient {
  /** Being read, and to be read once more. */
  readonly #behind = new WeakMap<Query, Promise<void>>();

  override async invalidateQueries(filters?: InvalidateQueryFilters, options: InvalidateOptions = {}): Promise<void> {
    const underWay = this.getQueryCache()
      .findAll(filters as InvalidateQueryFilters)
      .filter((query) => query.state.fetchStatus !== 'idle');
    const others = super.invalidateQueries(filters, { cancelRefetch: false, ...options });
    await Promise.all([others, ...underWay.map((query) => this.#readOnceMore(query))]);
  }

  #readOnceMore(query: Query): Promise<void> {
    const known = this.#behind.get(query);
    if (known) return known;
    const after = async () => {
      this.#behind.delete(query);
      await super.invalidateQueries({ predicate: (one) => one === query }, { cancelRefetch: false });
    };
    // Joins the reading under way; that it fails is shown by whoever asked for it.
    const promise = query.fetch(undefined, { cancelRefetch: false }).then(after, after);
    this.#behind.set(query, promise);
    return promise;
  }
}
