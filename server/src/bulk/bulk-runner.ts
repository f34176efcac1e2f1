/**
 * Carries operations out, at their pace, across restarts. What is left is in the store alone: a kill between an act and
 * its result repeats the act under the same key, which changes nothing.
 */
import type { Clock } from '@waybill/engine/ports';
import type { BulkItemRecord, BulkOperationRecord, BulkSubject, Repositories } from '@waybill/store';
import type { ItemResult } from './act-on-run.ts';

const tickMs = 250;
const afterFaultMs = 5_000;
const mostPerTick = 50;

/** How many items are due. Pure. @param sinceMs since the last item of the operation was done here. */
function dueItems(perMinute: number, sinceMs: number): number {
  return Math.min(mostPerTick, Math.floor((perMinute * sinceMs) / 60_000));
}

export interface BulkRunner {
  start(): void;
  /** Looks at once instead of at the next tick. */
  nudge(): void;
  stop(): Promise<void>;
}

/** Does what an operation is for to one of its items; a repeat must do nothing. */
export type ActOnItem = (operation: BulkOperationRecord, item: BulkItemRecord) => Promise<ItemResult>;

export function bulkRunner(options: {
  store: Pick<Repositories, 'bulkOperations'>;
  actOn: Record<BulkSubject, ActOnItem>;
  clock: Clock;
  onChanged(operation: BulkOperationRecord): void;
  onFault(error: unknown): void;
}): BulkRunner {
  const { store, actOn, clock, onChanged, onFault } = options;
  const lastAt = new Map<string, number>();
  let cancel = () => {};
  let isStopped = true;
  /** Something came while it was looking. */
  let isNudged = false;
  let working: Promise<void> | null = null;

  async function work(operation: BulkOperationRecord): Promise<void> {
    const now = clock.now();
    if (operation.startAt > now) return;
    let current = operation;
    if (current.status === 'waiting') {
      const begun = await store.bulkOperations.move(operation.id, ['waiting'], 'running');
      if (!begun) return;
      current = begun;
    }
    // The first item is due at once; a pause in the work is not made up for in one burst.
    const since = lastAt.get(operation.id) ?? now - 60_000 / current.perMinute;
    const due = dueItems(current.perMinute, Math.max(0, Math.min(now - since, 60_000)));
    if (due === 0) return;
    const items = await store.bulkOperations.pending(operation.id, due);
    lastAt.set(operation.id, now);
    for (const item of items) {
      if (isStopped) return;
      const result = await actOn[current.subject](current, item);
      await store.bulkOperations.settle(item, { ...result, at: clock.now() });
    }
    const newest =
      items.length < due
        ? await store.bulkOperations.move(operation.id, ['running'], 'finished', { finishedAt: clock.now() })
        : await store.bulkOperations.get(operation.id);
    if (newest) onChanged(newest);
    if (newest?.status !== 'running') lastAt.delete(operation.id);
  }

  /** @returns when to look again; null when nothing is left to do. */
  async function look(): Promise<number | null> {
    let next: number | null = null;
    for (const operation of await store.bulkOperations.unfinished()) {
      if (isStopped) return null;
      // One that is still gathered says so itself when it is complete.
      if (operation.status === 'gathering') continue;
      await work(operation);
      next = Math.min(next ?? Number.POSITIVE_INFINITY, Math.max(operation.startAt, clock.now() + tickMs));
    }
    return next;
  }

  function tick(): void {
    if (isStopped) return;
    if (working) {
      isNudged = true;
      return;
    }
    cancel();
    working = look()
      .catch((error: unknown) => {
        onFault(error);
        return clock.now() + afterFaultMs;
      })
      .then((next) => {
        working = null;
        if (isStopped) return;
        if (isNudged) {
          isNudged = false;
          tick();
        } else if (next !== null) cancel = clock.wakeAt(next, tick);
      });
  }

  return {
    start() {
      isStopped = false;
      tick();
    },
    nudge: tick,
    async stop() {
      isStopped = true;
      cancel();
      await working;
    },
  };
}
