import type { Now } from '../clock.ts';

interface Bucket {
  tokens: number;
  at: number;
}

const bucketLimit = 20_000;

/** A token bucket per key: `burst` at once, refilled at `perSecond`. Returns ms to wait, 0 when let through. */
export function rateLimiter(now: Now, { burst, perSecond }: { burst: number; perSecond: number }) {
  const buckets = new Map<string, Bucket>();
  return (key: string): number => {
    const moment = now();
    const before = buckets.get(key) ?? { tokens: burst, at: moment };
    const tokens = Math.min(burst, before.tokens + (Math.max(0, moment - before.at) / 1_000) * perSecond);
    const admitted = tokens >= 1;
    buckets.delete(key);
    buckets.set(key, { tokens: admitted ? tokens - 1 : tokens, at: moment });
    // The map keeps order of use, so the first is the one longest unused.
    if (buckets.size > bucketLimit) buckets.delete(buckets.keys().next().value as string);
    return admitted ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1_000);
  };
}
export type RateLimiter = ReturnType<typeof rateLimiter>;
