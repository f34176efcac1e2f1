import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { OpenDriver } from './driver.ts';
import { readOutside } from './outside-log.ts';
import { verdictOf } from './verdict.ts';

const victimFile = fileURLToPath(new URL('./victim.ts', import.meta.url));
/** Killing under load, and the short tests without it. */
const [timeout, shortTimeout] = [600_000, 120_000];
const timers = 20;

export interface ConformanceOptions {
  /** File of a module that exports `openDriver: OpenDriver`; imported by a process of its own. */
  driver: string;
  kills: number;
  /** The longest time under load before a kill; a slow driver needs more to get anywhere. */
  longestLifeMs?: number;
}

/**
 * The promises of the engine on a driver, with real processes and real `kill -9`: no accepted run lost, no finished
 * effect repeated, order kept, duplicates refused, zombies without harm, clocks that jump. Source of the failure
 * table: research of the execution core, sections 4 and 6.
 */
export function engineConformance(name: string, options: ConformanceOptions): void {
  const { driver, kills, longestLifeMs = 450 } = options;
  const places: string[] = [];
  afterAll(() => {
    for (const place of places) rmSync(place, { recursive: true, force: true });
  });
  const newPlace = (): string => {
    const place = mkdtempSync(join(tmpdir(), 'conformance-'));
    places.push(place);
    return place;
  };

  const victim = (place: string, mode: string[], clockOffsetMs = 0) => {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', victimFile, driver, place, ...mode],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, WAYBILL_CLOCK_OFFSET_MS: String(clockOffsetMs) },
      },
    );
    let errors = '';
    child.stderr.on('data', (text: Buffer) => {
      errors += text.toString();
    });
    const lines = createInterface({ input: child.stdout });
    const exited = once(child, 'exit');
    const printed: string[] = [];
    lines.on('line', (line) => printed.push(line));
    /** Resolves with the n-th line it prints; rejects if it ends before. */
    const line = async (n: number): Promise<string> => {
      while (printed.length < n && child.exitCode === null && child.signalCode === null) {
        await Promise.race([once(lines, 'line'), exited]);
      }
      const found = printed[n - 1];
      if (found === undefined) throw new Error(`The victim ended before line ${n}:\n${errors}`);
      return found;
    };
    const end = async () => {
      await exited;
      return { code: child.exitCode, errors };
    };
    return { child, line, end };
  };
  const kill = async ({ child, end }: ReturnType<typeof victim>): Promise<string> => {
    child.kill('SIGKILL');
    return (await end()).errors;
  };
  const finish = async (place: string, clockOffsetMs = 0) =>
    expect(await victim(place, ['finish'], clockOffsetMs).end()).toEqual({ code: 0, errors: '' });

  const ledgerOf = async (place: string) => {
    const { openDriver } = (await import(driver)) as { openDriver: OpenDriver };
    const opened = await openDriver(place);
    const counts = await opened.journal.effectCounts({});
    await opened.close();
    return counts;
  };

  describe(`the engine on ${name}`, () => {
    it(`loses no accepted run, repeats no finished effect and keeps order over ${kills} kills`, {
      timeout,
    }, async () => {
      const place = newPlace();
      for (let round = 0; round < kills; round += 1) {
        const one = victim(place, ['load']);
        await one.line(1);
        const lifeMs = 40 + Math.random() * (longestLifeMs - 40);
        // The one wait in real time: it decides where in its work the process dies.
        await new Promise((resolve) => setTimeout(resolve, lifeMs));
        expect(await kill(one)).toBe('');
      }
      const last = victim(place, ['finish']);
      const ledger = JSON.parse(await last.line(2)) as unknown;
      expect(await last.end()).toEqual({ code: 0, errors: '' });
      const verdict = verdictOf(readOutside(place));
      expect(verdict.violations).toEqual([]);
      // The ledger is written in the commits of the journal: it knows neither more nor less than happened.
      expect(ledger).toEqual({ confirmed: verdict.effects });
      expect(verdict.effects).toBeGreaterThan(kills * 10);
      // The ledger was written in the commits of the journal: it knows neither more nor less.
      expect(await ledgerOf(place)).toEqual({ confirmed: verdict.effects });

      // Everything that was ever acknowledged comes once more: nothing happens.
      expect(await victim(place, ['again']).end()).toEqual({ code: 0, errors: '' });
      const after = verdictOf(readOutside(place));
      expect(after.violations).toEqual([]);
      expect(after.effects).toBe(verdict.effects);
      const starts = readOutside(place).filter((line) => line.t === 'started').length;
      console.log(
        `${name}: ${kills} kills, ${starts} acknowledged starts, ${verdict.effects} effects, ` +
          `${verdict.repeatedInFlight} repeated in flight under the same key, 0 lost, 0 finished effects repeated`,
      );
    });

    it('takes no harm from a process that was frozen while another took over', { timeout: shortTimeout }, async () => {
      const place = newPlace();
      const zombie = victim(place, ['load']);
      await zombie.line(1);
      await new Promise((resolve) => setTimeout(resolve, longestLifeMs / 2));
      zombie.child.kill('SIGSTOP');
      // It takes over, or is refused while the frozen one holds the data: both are safe.
      const successor = victim(place, ['finish']);
      const { code } = await successor.end();
      zombie.child.kill('SIGCONT');
      await new Promise((resolve) => setTimeout(resolve, 100));
      await kill(zombie);
      expect([0, 1]).toContain(code);
      await finish(place);
      expect(verdictOf(readOutside(place), zombie.child.pid).violations).toEqual([]);
    });

    it('rings every timer after the clock jumped forward, and none before its time after it jumped back', {
      timeout: shortTimeout,
    }, async () => {
      const place = newPlace();
      const first = victim(place, ['later', String(timers)]);
      expect(await first.line(2)).toBe('waiting');
      await kill(first);
      const dayMs = 86_400_000;
      const early = victim(place, ['later', '0'], -dayMs);
      expect(await early.line(2)).toBe('waiting');
      await kill(early);
      expect(readOutside(place).filter((line) => line.t === 'effect')).toEqual([]);
      await finish(place, dayMs);
      const verdict = verdictOf(readOutside(place));
      expect(verdict).toEqual({ effects: timers, repeatedInFlight: 0, late: 0, violations: [] });
    });
  });
}
