// A million records against a plain streaming script, and how long other requests wait meanwhile.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstJsonLine, median, serve } from './process.ts';
import { writeTimeEntries } from './records-file.ts';
import { watchTree } from './tree-memory.ts';

const MILLION = 1_000_000;
const MEANWHILE_ROWS = 200_000;

export interface RecordsFigures {
  floorMs: number;
  oursMs: number;
  idleMb: number;
  peakMb: number;
  longestWaitMs: number;
  meanwhileMs: number;
}

async function runFloor(file: string): Promise<{ tookMs: number; amount: number }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'floor-stream.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { tookMs, amount } = await firstJsonLine(child, 'floor-stream.ts');
  return { tookMs: Number(tookMs), amount: Number(amount) };
}

async function call(url: string, path: string): Promise<{ tookMs: number; amount: number }> {
  const startedAt = performance.now();
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ path }),
  });
  const reply = (await response.json()) as { groups?: { amount: number }[] };
  const amount = (reply.groups ?? []).reduce((sum, group) => sum + group.amount, 0);
  return { tookMs: performance.now() - startedAt, amount };
}

/** Small requests one after the other until `work` is done. @returns the longest wait, ms. */
async function longestWait(url: string, work: Promise<unknown>): Promise<number> {
  let isDone = false;
  void work.finally(() => {
    isDone = true;
  });
  let longest = 0;
  while (!isDone) {
    const startedAt = performance.now();
    await (await fetch(url)).text();
    longest = Math.max(longest, performance.now() - startedAt);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return longest;
}

/** @throws Error when the totals are wrong. */
export async function benchRecords(rounds: number): Promise<RecordsFigures> {
  const dataDir = mkdtempSync(join(tmpdir(), 'waybill-bench-records-'));
  const files = join(dataDir, 'files');
  mkdirSync(files);
  await writeTimeEntries(join(files, 'million.csv'), MILLION);
  await writeTimeEntries(join(files, 'meanwhile.csv'), MEANWHILE_ROWS);
  const server = await serve('waybill-records.ts', [dataDir]);
  try {
    const { hook = '', health = '', pid = '' } = server.ready;
    const floors: number[] = [];
    const ours: number[] = [];
    const idle = watchTree(Number(pid))();
    let peak = 0;
    for (let round = 0; round < rounds; round += 1) {
      const floor = await runFloor(join(files, 'million.csv'));
      const stop = watchTree(Number(pid));
      const took = await call(hook, 'million.csv');
      peak = Math.max(peak, stop());
      if (Math.abs(took.amount - floor.amount) > 0.01)
        throw new Error(`the totals differ: ${took.amount} and ${floor.amount}`);
      floors.push(floor.tookMs);
      ours.push(took.tookMs);
    }
    const startedAt = performance.now();
    const longestWaitMs = await longestWait(health, call(hook, 'meanwhile.csv'));
    const meanwhileMs = performance.now() - startedAt;
    const megabytes = (bytes: number) => bytes / 1_048_576;
    return {
      floorMs: median(floors),
      oursMs: median(ours),
      idleMb: megabytes(idle),
      peakMb: megabytes(peak),
      longestWaitMs,
      meanwhileMs,
    };
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
