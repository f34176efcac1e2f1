/**
 * Carries operations out, at their pace, across restarts. What is left is in the store alone: a kill between an act and
 * its result repeats the act under the same key, which changes nothing. An item that cannot be done now, through no fault
 * of its own, waits for the end of its operation; it holds up neither the others nor other operations.
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
  /** Resolves once nothing of this operation is under way that was begun before. */
  settled(operationId: string): Promise<void>;
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
  /** Not before this moment, epoch ms: something went wrong. */
  const notBefore = new Map<string, number>();
  /** By operation: numbers of the items that wait for its end. */
  const setAside = new Map<string, Set<number>>();
  /** The item that is being done. */
  let doing: { operationId: string; done: Promise<boolean> } | null = null;
  let cancel = () => {};
  let isStopped = true;
  /** Something came while it was looking. */
  let isNudged = false;
  let working: Promise<void> | null = null;

  function forget(id: string): void {
    for (const known of [lastAt, notBefore, setAside]) known.delete(id);
  }

  /** The next ones; those set aside once nothing else is left. `isAll`: no other is pending. */
  async function itemsOf(id: string, due: number): Promise<{ items: BulkItemRecord[]; isAll: boolean }> {
    const aside = setAside.get(id) ?? new Set();
    const pending = await store.bulkOperations.pending(id, due + aside.size);
    const others = pending.filter(({ n }) => !aside.has(n));
    if (others.length > 0) return { items: others.slice(0, due), isAll: aside.size === 0 && pending.length < due };
    setAside.delete(id);
    return { items: pending.slice(0, due), isAll: pending.length < due };
  }

  /**
   * Asked before each item: whoever suspends or cancels means from now on, not after what was due at the time.
   * @returns whether the operation goes on.
   */
  async function doItem(operation: BulkOperationRecord, item: BulkItemRecord): Promise<boolean> {
    if (isStopped || (await store.bulkOperations.get(operation.id))?.status !== 'running') return false;
    try {
      const result = await actOn[operation.subject](operation, item);
      await store.bulkOperations.settle(item, { ...result, at: clock.now() });
      return true;
    } catch (error) {
      setAside.set(operation.id, (setAside.get(operation.id) ?? new Set()).add(item.n));
      throw error;
    }
  }

  async function doAll(operation: BulkOperationRecord, items: readonly BulkItemRecord[]): Promise<boolean> {
    for (const item of items) {
      const done = doItem(operation, item);
      doing = { operationId: operation.id, done };
      if (!(await done)) return false;
    }
    return true;
  }

  async function work(operation: BulkOperationRecord): Promise<void> {
    const { id } = operation;
    const now = clock.now();
    if (operation.startAt > now || (notBefore.get(id) ?? 0) > now) return;
    let current = operation;
    if (current.status === 'waiting') {
      const begun = await store.bulkOperations.move(id, ['waiting'], 'running');
      if (!begun) return;
      current = begun;
    }
    // The first item is due at once; a pause in the work is not made up for in one burst.
    const since = lastAt.get(id) ?? now - 60_000 / current.perMinute;
    const due = dueItems(current.perMinute, Math.max(0, Math.min(now - since, 60_000)));
    if (due === 0) return;
    const { items, isAll } = await itemsOf(id, due);
    lastAt.set(id, now);
    const isOver = (await doAll(current, items)) && isAll;
    if (isStopped) return;
    const newest =
      (isOver ? await store.bulkOperations.move(id, ['running'], 'finished', { finishedAt: clock.now() }) : null) ??
      (await store.bulkOperations.get(id));
    if (newest) onChanged(newest);
    if (newest?.status !== 'running') forget(id);
  }

  /** @returns when to look again; null when nothing is left to do. */
  async function look(): Promise<number | null> {
    let next: number | null = null;
    for (const operation of await store.bulkOperations.unfinished()) {
      if (isStopped) return null;
      // One that is still gathered says so itself when it is complete.
      if (operation.status === 'gathering') continue;
      await work(operation).catch((error: unknown) => {
        onFault(error);
        notBefore.set(operation.id, clock.now() + afterFaultMs);
      });
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
    async settled(operationId) {
      // Whatever became of it is the runner's own affair.
      if (doing?.operationId === operationId) await doing.done.catch(() => undefined);
    },
    async stop() {
      isStopped = true;
      cancel();
      await working;
    },
  };
}
