// Which isolate and which context a step runs in.

import { CORE_BUNDLE } from '../core-bundle.ts';
import type { RunnerSetup } from '../protocol.ts';
import { createSnapshots } from './bundles.ts';
import type { Domain, DomainOptions } from './domain.ts';
import { openDomain } from './domain.ts';
import type { GuestContext, GuestHooks } from './guest-context.ts';
import { startGuest } from './guest-context.ts';

/** Isolates kept per runner; beyond, the longest idle one goes. */
const MAX_DOMAINS = 24;
/** Isolates side by side for one package; beyond, steps queue behind one that holds its thread. */
const MAX_SHARDS = 16;
/**
 * V8 collects released contexts late, and until then they count against the isolate: after so many it is
 * replaced, before an innocent step meets the limit.
 */
const WORN_AFTER_CONTEXTS = 32;
/** Runs with a step under way per isolate. */
const BUSY_CONTEXTS = 12;
/** Contexts of finished steps kept for the next step of the same run, per isolate. */
const IDLE_CONTEXTS = 4;
/** Name of the isolates for people's own code. */
export const CODE_BUNDLE = ':code';
/** Names of the isolates for record streams: their long trips are not to hold up control nodes. */
export const RECORDS_BUNDLE = ':records';
export const RECORDS_CODE_BUNDLE = ':records-code';

/** A context and the run it belongs to; null for the one all runs share. */
export interface Place {
  readonly guest: Promise<GuestContext>;
  readonly runId: string | null;
  /** Steps under way in it. */
  readonly occupants: Set<object>;
  /** No further step enters it; it is released when the last one leaves. */
  retired: boolean;
}

interface DomainPlaces {
  readonly domain: Promise<Domain>;
  /** The same, once it is there. */
  opened: Domain | null;
  readonly places: Map<string, Place>;
  /** Runs with steps that are to occupy a place once the isolate is there, and how many. */
  readonly coming: Map<string, number>;
  /** Contexts begun in it so far. */
  contexts: number;
}

/** Ends a place's career: at once if it is empty, else when the last step leaves. */
export function retirePlace(place: Place): void {
  place.retired = true;
  if (place.occupants.size === 0) release(place);
}

export function leavePlace(place: Place, occupant: object): void {
  place.occupants.delete(occupant);
  if (place.retired && place.occupants.size === 0) release(place);
}

// A context that never started was reported to the step that wanted it.
const release = (place: Place): void => void place.guest.then((guest) => guest.release()).catch(() => {});

export type PlaceHooks = GuestHooks & Omit<DomainOptions, 'memoryMb' | 'snapshot'>;

/** @param hooks what is told of trips and calls; see `DomainOptions` and `GuestHooks`. */
export function createPlaces({ bundlesDir, limits }: RunnerSetup, hooks: PlaceHooks) {
  const snapshots = createSnapshots(bundlesDir);
  const domains = new Map<string, DomainPlaces>();
  let wornCount = 0;

  /**
   * Live contexts take memory of their isolate: when it has its share of runs, the next run gets another isolate. So it
   * does when a step keeps the thread to itself: whoever writes an endless loop holds up nobody else.
   * @param runId null where one context serves all runs.
   */
  function domainFor(bundle: string, memoryMb: number, runId: string | null): DomainPlaces {
    const now = performance.now();
    for (let shard = 0; ; shard += 1) {
      const entry = domainAt(bundle, memoryMb, shard);
      if (shard < MAX_SHARDS && entry.opened?.isHeld(now)) continue;
      if (bundle === CODE_BUNDLE) entry.contexts += 1;
      if (runId === null || entry.places.has(runId) || entry.coming.has(runId)) return awaiting(entry, runId);
      let busy = 0;
      for (const place of entry.places.values()) if (place.occupants.size > 0) busy += 1;
      for (const run of entry.coming.keys()) if (!entry.places.has(run)) busy += 1;
      if (busy < BUSY_CONTEXTS) return awaiting(entry, runId);
    }
  }

  /** Many steps may come in one message: each counts before it has a place. */
  function awaiting(entry: DomainPlaces, runId: string | null): DomainPlaces {
    if (runId !== null) entry.coming.set(runId, (entry.coming.get(runId) ?? 0) + 1);
    return entry;
  }

  /** The step for which `domainFor` was asked has its place now, or will have none. */
  function arrived({ coming }: DomainPlaces, runId: string | null): void {
    if (runId === null) return;
    const left = (coming.get(runId) ?? 0) - 1;
    if (left > 0) coming.set(runId, left);
    else coming.delete(runId);
  }

  function domainAt(bundle: string, memoryMb: number, shard: number): DomainPlaces {
    const key = `${bundle}:${memoryMb}:${shard}`;
    const known = domains.get(key);
    if (known && known.contexts < WORN_AFTER_CONTEXTS) return known;
    if (known) {
      domains.delete(key);
      wornCount += 1;
      domains.set(`worn:${wornCount}`, known);
    }
    const isRecords = bundle === RECORDS_BUNDLE || bundle === RECORDS_CODE_BUNDLE;
    const snapshot =
      bundle === CODE_BUNDLE ? snapshots.forCode() : snapshots.forBundle(isRecords ? CORE_BUNDLE : bundle);
    const entry: DomainPlaces = {
      domain: snapshot.then((ready) => openDomain({ ...hooks, memoryMb, snapshot: ready })),
      opened: null,
      places: new Map(),
      coming: new Map(),
      contexts: 0,
    };
    entry.domain.then(
      (opened) => {
        entry.opened = opened;
      },
      () => domains.delete(key),
    );
    domains.set(key, entry);
    if (domains.size > MAX_DOMAINS) void dropIdleDomain();
    return entry;
  }

  /** Gives the memory of the isolate back that was idle for longest. */
  async function dropIdleDomain(): Promise<void> {
    const opened = await Promise.all(
      [...domains].map(async ([key, entry]) => ({ key, domain: await entry.domain.catch(() => null) })),
    );
    opened.sort((a, b) => (a.domain?.lastUsedAt ?? 0) - (b.domain?.lastUsedAt ?? 0));
    for (const { key, domain } of opened) {
      if (!domain || domain.executions.size > 0) continue;
      domains.delete(key);
      domain.dispose();
      return;
    }
  }

  /** The context for a step. The step occupies it before anything is awaited, so it cannot be given away. */
  function occupy(entry: DomainPlaces, domain: Domain, bundle: string, runId: string | null, occupant: object): Place {
    const shared = runId === null;
    const key = runId ?? '';
    const known = entry.places.get(key);
    const place: Place =
      known && !known.retired
        ? known
        : {
            guest: startGuest(domain, hooks, { limits, mayRunCode: bundle === CORE_BUNDLE, shared }),
            runId,
            occupants: new Set(),
            retired: false,
          };
    if (place !== known) entry.contexts += 1;
    place.occupants.add(occupant);
    entry.places.delete(key);
    entry.places.set(key, place); // Most recently used last.
    retireIdle(entry);
    return place;
  }

  function retireIdle(entry: DomainPlaces): void {
    let surplus = entry.places.size - IDLE_CONTEXTS;
    for (const [key, place] of entry.places) {
      if (surplus <= 0) return;
      if (place.occupants.size > 0 && !place.retired) continue;
      entry.places.delete(key);
      if (!place.retired) retirePlace(place);
      surplus -= 1;
    }
  }

  return {
    domainFor,
    arrived,
    occupy,
    dropIdleDomain,
    /** Disposes worn isolates that nobody is in any more. */
    dropWorn(): void {
      for (const [key, { domain }] of domains) {
        if (!key.startsWith('worn:')) continue;
        void domain.then((opened) => {
          if (opened.executions.size > 0) return;
          domains.delete(key);
          opened.dispose();
        });
      }
    },
    /** Forgets an isolate that is gone or must go, and stops it. */
    drop(domain: Domain): void {
      for (const [key, entry] of domains)
        void entry.domain.then((opened) => {
          if (opened === domain && domains.get(key) === entry) domains.delete(key);
        });
      domain.dispose();
    },
    /** Calls back for every open isolate. */
    forEachDomain(visit: (domain: Domain) => void): void {
      // One that never opened was reported to whoever wanted it.
      for (const entry of domains.values()) void entry.domain.then(visit, () => {});
    },
  };
}
