import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunId } from '@waybill/flow-model';
import { afterAll, expect, it } from 'vitest';
import { openSqliteJournal } from '../src/journal-sqlite/open-sqlite-journal.ts';

const KILLS = 20;
const child = fileURLToPath(new URL('./crash-child.ts', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'crash-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Runs the victim; kills it `afterMs` after it said it is ready, or lets it end by itself. */
function runChild(mode: 'load' | 'finish', afterMs: number | null): Promise<{ code: number | null; errors: string }> {
  return new Promise((resolve, reject) => {
    const victim = spawn(process.execPath, [child, dir, mode], { stdio: ['ignore', 'pipe', 'pipe'] });
    let errors = '';
    victim.stderr.on('data', (text: Buffer) => {
      errors += text.toString();
    });
    victim.stdout.once('data', () => {
      if (afterMs !== null) setTimeout(() => victim.kill('SIGKILL'), afterMs);
    });
    victim.once('error', reject);
    victim.once('exit', (code) => resolve({ code, errors }));
  });
}

it('loses no accepted run and repeats no completed effect over many kills', { timeout: 120_000 }, async () => {
  for (let kill = 0; kill < KILLS; kill += 1) {
    const { errors } = await runChild('load', 50 + Math.random() * 350);
    expect(errors).toBe('');
  }
  const last = await runChild('finish', null);
  expect(last).toEqual({ code: 0, errors: '' });

  const acknowledged = new Set<string>();
  const done = new Map<string, { keys: Set<string>; times: number; repeatedAfterAck: boolean; acked: boolean }>();
  for (const line of readFileSync(join(dir, 'outside.log'), 'utf8').split('\n')) {
    const [kind, first = '', second = '', third = ''] = line.split(' ');
    if (kind === 'S') acknowledged.add(first);
    if (kind === 'E') {
      const name = `${second} ${third}`;
      const effect = done.get(name) ?? { keys: new Set(), times: 0, repeatedAfterAck: false, acked: false };
      effect.keys.add(first);
      effect.times += 1;
      effect.repeatedAfterAck ||= effect.acked;
      done.set(name, effect);
    }
    if (kind === 'A') {
      const effect = done.get(`${first} ${second}`);
      if (effect) effect.acked = true;
    }
  }
  const effects = [...done.values()];
  const repeated = effects.filter((effect) => effect.times > 1);

  const journal = await openSqliteJournal({ file: join(dir, 'journal.db') });
  const { counts } = await journal.counts({});
  const lost: string[] = [];
  for (const runId of acknowledged) {
    const summary = await journal.summary(runId as RunId);
    if (summary?.status !== 'succeeded') lost.push(runId);
  }
  await journal.close();

  expect(acknowledged.size).toBeGreaterThan(500);
  expect(lost).toEqual([]);
  expect(Object.keys(counts)).toEqual(['succeeded']);
  expect(effects).toHaveLength((counts.succeeded ?? 0) * 3);
  expect(effects.filter((effect) => effect.repeatedAfterAck)).toEqual([]);
  // The window nobody can close: done, but cut off before it was recorded. Always under the same key.
  expect(effects.filter((effect) => effect.keys.size > 1)).toEqual([]);
  console.log(
    `${KILLS} kills, ${counts.succeeded} runs, ${effects.length} effects, ${repeated.length} repeated in flight, ` +
      `${acknowledged.size} starts acknowledged, 0 lost, 0 completed effects repeated`,
  );
});
