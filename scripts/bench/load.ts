// Load generator: keeps `inFlight` POST requests going for a while and prints what it saw as JSON.
// Runs as a process of its own, so that it never shares an event loop with what it measures.
import { Pool } from 'undici';

export interface LoadResult {
  /** Those that count: begun after the warm-up. */
  requests: number;
  /** All of them. */
  sent: number;
  /** Of this process, over all requests, us. */
  cpuUs: number;
  errors: number;
  perSecond: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
}

const percentile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

async function generate(
  url: URL,
  inFlight: number,
  warmUpMs: number,
  measureMs: number,
  body: string,
): Promise<LoadResult> {
  const pool = new Pool(url.origin, { connections: inFlight, pipelining: 1 });
  const begin = performance.now();
  const measureFrom = begin + warmUpMs;
  const end = measureFrom + measureMs;
  const latencies: number[] = [];
  let errors = 0;
  let sent = 0;
  const atFirst = process.cpuUsage();
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      const started = performance.now();
      const reply = await pool.request({
        path: url.pathname,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      await reply.body.text();
      sent += 1;
      if (started < measureFrom) continue;
      if (reply.statusCode === 200) latencies.push(performance.now() - started);
      else errors += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  const tookMs = performance.now() - measureFrom;
  const { user, system } = process.cpuUsage(atFirst);
  await pool.close();
  const sorted = Float64Array.from(latencies).sort();
  return {
    requests: sorted.length,
    sent,
    cpuUs: user + system,
    errors,
    perSecond: (sorted.length * 1_000) / tookMs,
    p50Ms: percentile(sorted, 0.5),
    p95Ms: percentile(sorted, 0.95),
    p99Ms: percentile(sorted, 0.99),
  };
}

const [url = '', inFlight = '1', warmUpMs = '1000', measureMs = '4000', body = '{}'] = process.argv.slice(2);
console.log(JSON.stringify(await generate(new URL(url), Number(inFlight), Number(warmUpMs), Number(measureMs), body)));
