import type { Now } from '../clock.ts';

interface Attempts {
  failures: number;
  lockedUntil: number;
  lastAt: number;
}

const freeAttempts = 5;
const firstLockMs = 30_000;
const longestLockMs = 900_000;
const forgetAfterMs = 3_600_000;
const entryLimit = 10_000;

/** How long a key is locked after so many failures: doubling from 30 s to 15 min. */
const lockMs = (failures: number): number =>
  failures < freeAttempts ? 0 : Math.min(longestLockMs, firstLockMs * 2 ** (failures - freeAttempts));

export interface SignInGuard {
  /** Ms until this account may be tried again from this address; 0: now. */
  lockedForMs(account: string, ip: string): number;
  failed(account: string, ip: string): void;
  /** Takes back one `failed`: attempts count before they are checked, so that guesses sent side by side count too. */
  succeeded(account: string, ip: string): void;
}

/** Slows guessing down by account and by account with address, so that one address cannot lock everybody out for long. */
export function signInGuard(now: Now): SignInGuard {
  const entries = new Map<string, Attempts>();
  const keysOf = (account: string, ip: string) => [`a ${account} ${ip}`, `i ${ip}`];

  function forgetOld(): void {
    for (const [key, entry] of entries) if (now() - entry.lastAt > forgetAfterMs) entries.delete(key);
    // Still too many: the oldest go, in order of insertion.
    for (const key of entries.keys()) {
      if (entries.size <= entryLimit) break;
      entries.delete(key);
    }
  }

  return {
    lockedForMs: (account, ip) =>
      Math.max(0, ...keysOf(account, ip).map((key) => (entries.get(key)?.lockedUntil ?? 0) - now())),
    failed(account, ip) {
      for (const key of keysOf(account, ip)) {
        const before = entries.get(key);
        const failures = (before && now() - before.lastAt <= forgetAfterMs ? before.failures : 0) + 1;
        // An address may serve a whole office: it gets four times the patience.
        const counted = key.startsWith('i ') ? Math.floor(failures / 4) : failures;
        entries.set(key, { failures, lockedUntil: now() + lockMs(counted), lastAt: now() });
      }
      if (entries.size > entryLimit) forgetOld();
    },
    succeeded(account, ip) {
      for (const key of keysOf(account, ip)) {
        const entry = entries.get(key);
        if (!entry) continue;
        if (key.startsWith('a ') || entry.failures <= 1) entries.delete(key);
        else entries.set(key, { ...entry, failures: entry.failures - 1 });
      }
    },
  };
}
