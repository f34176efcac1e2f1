// One trust domain: an isolate and the contexts in it. Trips into the isolate are made one at a time, so
// it is always known which executions are on its thread when a limit is hit.
import ivm from 'isolated-vm';
import type { Execution } from './execution.ts';
import type { GuestContext, GuestTrip } from './guest-context.ts';

/** What one execution wants of the isolate's thread. */
type Entry = { execution: Execution } & (
  | {
      /** Makes the trip; `timeoutMs` is what is left of the execution's time. */
      work(timeoutMs: number): Promise<unknown>;
    }
  | { guest: GuestContext; trip: GuestTrip }
);
type TripEntry = Extract<Entry, { trip: GuestTrip }>;

/** Trips that wait for the same context are made together, up to this many and this much. */
const MAX_TOGETHER = 16;
const MAX_TOGETHER_CHARS = 100_000;
/** One that has less time left goes by itself: the limit of a shared trip is that of its hastiest member. */
const MIN_TOGETHER_MS = 500;

export interface Domain {
  readonly isolate: ivm.Isolate;
  readonly memoryMb: number;
  /** Executions that have been admitted and not ended. */
  readonly executions: Set<Execution>;
  /** Those whose trip is on the isolate's thread now. */
  readonly current: readonly Execution[];
  enter(execution: Execution, work: (timeoutMs: number) => Promise<unknown>): void;
  /** Like `enter`, and may share the trip with others to the same context. */
  enterGuest(execution: Execution, guest: GuestContext, trip: GuestTrip): void;
  /** Takes an execution out of the queue, to be entered elsewhere. @returns whether it was in it. */
  withdraw(execution: Execution): boolean;
  /** One trip keeps the thread to itself. */
  isHeld(now: number): boolean;
  /** The current trip is no longer wanted: it should be off the thread at once. */
  hurry(): void;
  /** How far the current trip is past its time, ms; negative while it is in time. */
  lateMs(now: number): number;
  /** Stops whatever runs; no execution may be left expecting an end. */
  dispose(): void;
  lastUsedAt: number;
}

export interface DomainOptions {
  memoryMb: number;
  snapshot: ivm.ExternalCopy<ArrayBuffer>;
  /** The trip of an execution ended without an error. */
  entered(execution: Execution): void;
  /** An entry that stays longer than this makes those behind it look for another isolate, ms. */
  heldAfterMs(): number;
  /** Somebody waits, and the trip on the thread has kept it for `heldAfterMs` or more. */
  held(domain: Domain): void;
  /** A trip ended with one; the isolate may be gone. More than one: nobody knows whose fault it was. */
  failed(executions: readonly Execution[], thrown: unknown, domain: Domain): void;
  /** A trip begins; `cameBack` follows whatever its end. */
  setOut(): void;
  cameBack(): void;
}

const nobody: readonly Execution[] = [];

export function openDomain({ memoryMb, snapshot, ...hooks }: DomainOptions): Domain {
  const isolate = new ivm.Isolate({ memoryLimit: memoryMb, snapshot });
  const waiting: Entry[] = [];
  let current = nobody;
  /** When the current trip should be off the thread, ms of `performance.now`. */
  let until = Number.POSITIVE_INFINITY;
  let enteredAt = 0;
  let next = 0;
  let isWatched = false;

  /** Looks after those who wait while the thread is taken; without anybody waiting it costs nothing. */
  function watchHold(): void {
    if (isWatched) return;
    isWatched = true;
    setTimeout(() => {
      isWatched = false;
      if (current.length === 0 || isolate.isDisposed) return;
      if (domain.isHeld(performance.now())) hooks.held(domain);
      if (domain.executions.size > current.length) watchHold();
    }, hooks.heldAfterMs());
  }

  const canShare = (entry: TripEntry): boolean =>
    entry.trip.body.length < MAX_TOGETHER_CHARS && entry.execution.leftMs() >= MIN_TOGETHER_MS;

  /** The entries that go with `first`: those right behind it, of the same kind and into the same context. */
  function together(first: TripEntry): TripEntry[] {
    const group = [first];
    if (!canShare(first)) return group;
    let chars = first.trip.body.length;
    while (next < waiting.length && group.length < MAX_TOGETHER) {
      const entry = waiting[next]!;
      if (!entry.execution.ended) {
        if (!('trip' in entry) || entry.guest !== first.guest || entry.trip.kind !== first.trip.kind) break;
        chars += entry.trip.body.length;
        if (chars > MAX_TOGETHER_CHARS || !canShare(entry)) break;
        group.push(entry);
      }
      next += 1;
    }
    return group;
  }

  async function pump(): Promise<void> {
    while (next < waiting.length) {
      const entry = waiting[next]!;
      next += 1;
      if (next > 256) {
        waiting.splice(0, next);
        next = 0;
      }
      if (entry.execution.ended) continue;
      const group = 'trip' in entry ? together(entry) : [entry];
      const executions = group.map((one) => one.execution);
      current = executions;
      if (next < waiting.length) watchHold();
      hooks.setOut();
      try {
        let leftMs = Number.POSITIVE_INFINITY;
        for (const execution of executions) leftMs = Math.min(leftMs, execution.begin());
        enteredAt = performance.now();
        until = enteredAt + leftMs;
        // Open until now: before its answer enters, an execution still has something to wait for.
        for (const one of group) if ('trip' in one && one.trip.kind === 'deliver') one.execution.openCalls -= 1;
        if ('trip' in entry)
          await entry.guest.enter(
            (group as TripEntry[]).map((one) => one.trip),
            leftMs,
          );
        else await entry.work(leftMs);
        current = nobody;
        for (const execution of executions) hooks.entered(execution);
      } catch (thrown) {
        current = nobody;
        hooks.failed(executions, thrown, domain);
      } finally {
        hooks.cameBack();
      }
      if (isolate.isDisposed) return;
    }
    waiting.length = 0;
    next = 0;
    pumping = false;
  }
  let pumping = false;

  function add(entry: Entry): void {
    waiting.push(entry);
    // Whoever is admitted may also wait for a context, which is made on the same thread.
    if (current.length > 0 || domain.executions.size > 1) watchHold();
    if (pumping) return;
    pumping = true;
    // After this turn's messages are read, so that what came together goes together.
    queueMicrotask(() => void pump());
  }

  const domain: Domain = {
    isolate,
    memoryMb,
    executions: new Set(),
    get current() {
      return current;
    },
    enter: (execution, work) => add({ execution, work }),
    enterGuest: (execution, guest, trip) => add({ execution, guest, trip }),
    withdraw(execution) {
      const at = waiting.findIndex((entry, index) => index >= next && entry.execution === execution);
      if (at >= 0) waiting.splice(at, 1);
      return at >= 0;
    },
    isHeld: (now) => current.length > 0 && now - enteredAt >= hooks.heldAfterMs(),
    hurry() {
      until = Math.min(until, performance.now());
    },
    lateMs: (now) => (current.length > 0 ? now - until : Number.NEGATIVE_INFINITY),
    dispose() {
      if (!isolate.isDisposed) isolate.dispose();
    },
    lastUsedAt: performance.now(),
  };
  return domain;
}
