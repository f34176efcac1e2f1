import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstJsonLine, median } from '../process.ts';
import type { RowGroup } from '../row.ts';

const openRuns = 10_000;
const script = join(import.meta.dirname, '..', 'recovery.ts');

/** Kills a process that has this many runs in the middle of an effect, and times its successor. */
async function recoverOnce(): Promise<{ open: number; tookMs: number; finishedMs: number }> {
  const place = mkdtempSync(join(tmpdir(), 'waybill-recovery-'));
  const run = (mode: string) =>
    spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, place, mode, String(openRuns)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  try {
    const victim = run('open');
    await firstJsonLine(victim, 'the process to kill');
    victim.kill('SIGKILL');
    await once(victim, 'exit');
    const successor = run('recover');
    const seen = await firstJsonLine(successor, 'the process that recovers');
    return { open: Number(seen['open']), tookMs: Number(seen['tookMs']), finishedMs: Number(seen['finishedMs']) };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

export const recoveryRows: RowGroup = {
  name: 'recovery',
  async measure(rounds) {
    const seen: Awaited<ReturnType<typeof recoverOnce>>[] = [];
    for (let round = 0; round < rounds; round += 1) seen.push(await recoverOnce());
    const tookMs = median(seen.map((one) => one.tookMs));
    const finishedMs = median(seen.map((one) => one.finishedMs));
    if (seen.some(({ open }) => open !== openRuns)) throw new Error('runs were lost');
    return [
      {
        what: 'kill -9 with 10,000 runs in the middle of an effect: all taken up again',
        floor: 'target 5 s',
        measured: `${(tookMs / 1_000).toFixed(2)} s, all finished after ${(finishedMs / 1_000).toFixed(2)} s`,
        ratio: tookMs / 5_000,
        target: 'at most 5 s',
        met: tookMs <= 5_000,
      },
    ];
  },
};
