import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { FlowId, RunId } from '@waybill/flow-model';
import { afterAll, expect, it } from 'vitest';
import { openSqliteJournal } from '../src/index.ts';

const NOON = Date.UTC(2026, 0, 5, 12);
const folder = mkdtempSync(join(tmpdir(), 'recorded-journal-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('opens a journal that version 4 wrote, and counts its runs by the title of their step until they move', async () => {
  const file = join(folder, 'journal.db');
  const old = new DatabaseSync(file);
  old.exec(readFileSync(join(import.meta.dirname, 'recorded', 'journal-4.sql'), 'utf8'));
  old.close();

  const journal = await openSqliteJournal({ file });
  const runId = 'run_waits' as RunId;
  const waits = await journal.summary(runId);
  expect(waits).toMatchObject({
    status: 'waiting',
    currentStep: 'Approve',
    currentNode: null,
    currentWaits: 0,
    alsoAt: [],
    seq: 2,
  });
  const where = async () => (await journal.standing('billing' as FlowId, NOON)).map((group) => Object.values(group));
  const failed = ['billing@1', 'failed', null, 'Book', null, 1, 0, NOON + 9];
  expect(await where()).toEqual([['billing@1', 'waiting', null, 'Approve', null, 1, 0, NOON + 5], failed]);
  expect(await journal.load(runId)).toMatchObject({ snapshot: { seq: 2, state: { kept: true } }, tail: [] });
  expect(await journal.read(runId, 0, 10)).toHaveLength(2);
  expect(await journal.runsWaitingFor('invoice.paid', 'INV-7')).toEqual([runId]);
  expect(await journal.effectCounts({})).toEqual({ confirmed: 1 });

  if (!waits) throw new Error('the run is lost');
  const noted = { at: NOON + 20, type: 'recovered', crash: false, note: 'goes on' } as const;
  const moved = { ...waits, currentNode: 'approve', currentWaits: 1, updatedAt: NOON + 20, seq: 3 };
  expect(await journal.append(runId, 2, [noted], moved)).toBe('ok');
  expect(await where()).toEqual([['billing@1', 'waiting', 'approve', 'Approve', null, 1, 1, NOON + 20], failed]);
  await journal.close();
  await (await openSqliteJournal({ file })).close();
});
