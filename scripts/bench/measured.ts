// Servers under load in turn: rates, latencies and what a request costs each process, in CPU time.
import type { LoadResult } from './load.ts';
import { load } from './process.ts';
import { treeCpuUs } from './tree-cpu.ts';

/** What is asked, and the process that answers. */
export interface Subject {
  url: string;
  pid: number;
}

/** CPU per request, us. */
export interface Cost {
  server: number;
  /** The load generator and the system that is called. */
  others: number;
}
export type Measured = LoadResult & { cost: Cost };

const middle = (results: Measured[]): Measured =>
  [...results].sort((a, b) => a.perSecond - b.perSecond)[Math.floor(results.length / 2)] as Measured;

async function measured(
  { url, pid }: Subject,
  called: number,
  options: { inFlight: number; warmUpMs: number; body: unknown },
): Promise<Measured> {
  const before = [treeCpuUs(pid), treeCpuUs(called)] as const;
  const result = await load(url, { ...options, measureMs: 4_000 });
  if (result.errors > 0) throw new Error(`${result.errors} requests to ${url} failed`);
  const server = (treeCpuUs(pid) - before[0]) / result.sent;
  const others = (treeCpuUs(called) - before[1] + result.cpuUs) / result.sent;
  return { ...result, cost: { server, others } };
}

/**
 * Measures several servers in turn, A B C A B C, so that all see the same machine.
 * @param called process id of the system that their flows call.
 */
export async function inTurn(
  rounds: number,
  subjects: readonly Subject[],
  called: number,
  load: { inFlight: number; body: unknown },
): Promise<Measured[]> {
  const seen: Measured[][] = subjects.map(() => []);
  for (let round = 0; round < rounds; round += 1)
    for (const [index, subject] of subjects.entries())
      seen[index]?.push(await measured(subject, called, { ...load, warmUpMs: round === 0 ? 3_000 : 1_000 }));
  return seen.map(middle);
}
