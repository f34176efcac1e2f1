import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { EffectEntry, NewRun } from '@waybill/engine/ports';
import { journalContract } from '@waybill/engine/testing';
import type { FlowId, FlowVersionId, NodeId, RunId } from '@waybill/flow-model';
import { afterAll, describe, expect, it } from 'vitest';
import { fileBlobs } from './file-blobs.ts';
import { openSqliteJournal } from './open-sqlite-journal.ts';

const root = mkdtempSync(join(tmpdir(), 'journal-'));
let folders = 0;
const newFile = () => join(root, `${++folders}`, 'journal.db');
afterAll(() => rmSync(root, { recursive: true, force: true }));

journalContract('SQLite', () => openSqliteJournal({ file: newFile() }));

const runNumber = (n: number): NewRun => {
  const runId = `r${n}` as RunId;
  const flowId = 'flow' as FlowId;
  const versionId = 'flow@1' as FlowVersionId;
  const at = 1_000;
  const start = {
    flowId,
    versionId,
    triggerNode: 'start',
    input: { v: 'x'.repeat(20_000) },
    correlationId: runId,
    mode: 'live' as const,
    startedBy: 'test',
  };
  return {
    records: [{ at, type: 'run-accepted', start }],
    summary: {
      ...{
        runId,
        flowId,
        versionId,
        status: 'running',
        mode: 'live',
        startedBy: 'test',
        acceptedAt: at,
        updatedAt: at,
      },
      ...{ finishedAt: null, correlationId: runId, businessKey: null, orderingKey: null, dedupeKey: null, seq: 1 },
      ...{
        parentRunId: null,
        replayRoot: null,
        wakeAt: null,
        currentStep: null,
        currentNode: null,
        currentWaits: 0,
        alsoAt: [],
        errorCode: null,
        errorWhat: null,
        errorClass: null,
        holdsKey: false,
        note: null,
      },
    },
  };
};

const anEffect: Omit<EffectEntry, 'runId'> = {
  ...{ effectKey: 'key', businessEffectKey: 'same', flowId: 'flow' as FlowId, versionId: 'flow@1' as FlowVersionId },
  ...{ step: 'save', nodeType: 'test.write', nodeTitle: 'Save', generation: 0, attempt: 1, state: 'confirmed' },
  ...{ safety: 'key', connection: 'crm', businessKey: null, correlationId: 'c', mode: 'live', inputHash: null },
  ...{ firstAt: 1, updatedAt: 1, note: null },
};

describe('the SQLite journal', () => {
  it('refuses a second opener and names the process', async () => {
    const file = newFile();
    const journal = await openSqliteJournal({ file });
    await expect(openSqliteJournal({ file })).rejects.toMatchObject({
      code: 'DATA_FOLDER_IN_USE',
      message: expect.stringContaining(`Process ${process.pid}`) as string,
    });
    await journal.close();
    await (await openSqliteJournal({ file })).close();
  });

  it('takes over the lock of a process that is gone', async () => {
    const file = newFile();
    await (await openSqliteJournal({ file })).close();
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => child.once('exit', resolve));
    writeFileSync(`${file}.lock`, JSON.stringify({ pid: child.pid, startedAt: '1' }));
    await (await openSqliteJournal({ file })).close();
  });

  it('takes over a lock whose process number was given to another process since', async () => {
    const file = newFile();
    await (await openSqliteJournal({ file })).close();
    writeFileSync(`${file}.lock`, JSON.stringify({ pid: process.pid, startedAt: '1' }));
    await (await openSqliteJournal({ file })).close();
  });
});

const journalOfVersion6 = `
  drop table stands_also;
  alter table runs drop column also_at`;

const journalOfVersion5 = `${journalOfVersion6};
  drop index runs_replays;
  drop index runs_class;
  alter table runs drop column replay_root;
  alter table runs drop column error_class`;

const journalOfVersion4 = `${journalOfVersion5};
  drop index runs_standing;
  alter table runs drop column current_node;
  alter table runs drop column current_waits;
  alter table runs drop column stands_at;
  alter table runs drop column stands_since`;

const journalOfVersion3 = `${journalOfVersion4};
  alter table journal rename to journal_4;
  create table journal (run_id text not null, seq integer not null, records text not null, primary key (run_id, seq))
    strict, without rowid;
  insert into journal select * from journal_4;
  drop table journal_4`;

const ledgerOfVersion3 = `
  alter table effects rename to effects_4;
  create table effects (run_id text not null, step text not null, generation integer not null, effect_key text not null,
    business_effect_key text not null, flow_id text not null, node_type text not null, node_title text not null,
    attempt integer not null, state text not null, safety text not null, connection text, business_key text,
    mode text not null, input_hash text, first_at integer not null, updated_at integer not null, note text,
    primary key (run_id, step, generation)) strict, without rowid;
  insert into effects select * from effects_4;
  drop table effects_4;
  create index effects_changed on effects (updated_at, effect_key)`;

describe('a journal file of version 1, which had no ledger and no notes', () => {
  it('keeps every run and takes effects from then on', async () => {
    const file = newFile();
    const first = await openSqliteJournal({ file });
    const run = runNumber(1);
    await first.accept(run);
    await first.close();
    const old = new DatabaseSync(file);
    old.exec(journalOfVersion3);
    old.exec('drop table effects; alter table runs drop column note; pragma user_version = 1');
    old.close();

    const journal = await openSqliteJournal({ file });
    expect(await journal.read(run.summary.runId, 0, 10)).toEqual([{ seq: 1, record: run.records[0] }]);
    expect(await journal.effectCounts({})).toEqual({});
    expect(await journal.summary(run.summary.runId)).toEqual(run.summary);
    await journal.accept({ ...runNumber(2), effects: [{ ...anEffect, runId: runNumber(2).summary.runId }] });
    expect(await journal.effectCounts({})).toEqual({ confirmed: 1 });
    await journal.close();
    const after = new DatabaseSync(file);
    expect(after.prepare('pragma user_version').get()).toEqual({ user_version: 7 });
    after.close();
  });
});

describe('a journal file of version 3, whose records lay in the order of their runs', () => {
  it('keeps every record and effect in its place and takes the next ones', async () => {
    const file = newFile();
    const [one, two] = [runNumber(1), runNumber(2)];
    const next = { at: 2_000, type: 'run-reopened', by: 'test' } as const;
    const first = await openSqliteJournal({ file });
    const effect: EffectEntry = { ...anEffect, runId: one.summary.runId };
    await first.accept(two);
    await first.accept({ ...one, effects: [effect] });
    await first.append(one.summary.runId, 1, [next], { ...one.summary, seq: 2 });
    await first.close();
    const old = new DatabaseSync(file);
    old.exec(`${journalOfVersion3}; ${ledgerOfVersion3}; pragma user_version = 3`);
    old.close();

    const journal = await openSqliteJournal({ file });
    expect(await journal.append(one.summary.runId, 2, [next], { ...one.summary, seq: 3 })).toBe('ok');
    expect(await journal.append(two.summary.runId, 2, [next], { ...two.summary, seq: 3 })).toBe('conflict');
    expect(await journal.read(one.summary.runId, 0, 10)).toEqual(
      [one.records[0], next, next].map((record, index) => ({ seq: index + 1, record })),
    );
    expect(await journal.read(two.summary.runId, 0, 10)).toEqual([{ seq: 1, record: two.records[0] }]);
    const changed: EffectEntry = { ...effect, state: 'reversed', updatedAt: 3_000 };
    await journal.append(one.summary.runId, 3, [next], { ...one.summary, seq: 4 }, [changed]);
    const { versionId, correlationId } = one.summary;
    expect((await journal.effects({ filter: {}, limit: 10 })).effects).toEqual([
      { ...changed, versionId, correlationId },
    ]);
    await journal.close();
  });
});

describe('a journal file of version 6, whose runs stood at one node each', () => {
  it('keeps its runs, counts those that move at each of their nodes, and knows them after a restart', async () => {
    const file = newFile();
    const { summary } = runNumber(1);
    const first = await openSqliteJournal({ file });
    await first.accept(runNumber(1));
    await first.close();
    const old = new DatabaseSync(file);
    old.exec(`${journalOfVersion6}; pragma user_version = 6`);
    old.close();

    const next = { at: 2_000, type: 'run-reopened', by: 'test' } as const;
    const place = { node: 'ask' as NodeId, step: 'Ask', status: 'waiting', note: null, waits: 2, since: 5 } as const;
    const upgraded = await openSqliteJournal({ file });
    expect(await upgraded.summary(summary.runId)).toEqual(summary);
    await upgraded.append(summary.runId, 1, [next], { ...summary, alsoAt: [place], seq: 2 });
    await upgraded.close();

    const journal = await openSqliteJournal({ file });
    const atAsk = async () => (await journal.standing(summary.flowId, 0)).filter((one) => one.currentNode === 'ask');
    expect(await atAsk()).toMatchObject([{ status: 'waiting', runs: 1, waits: 2, oldestAt: 5 }]);
    expect((await journal.summary(summary.runId))?.alsoAt).toEqual([place]);
    await journal.append(summary.runId, 2, [next], { ...summary, seq: 3 });
    expect(await atAsk()).toEqual([]);
    await journal.close();
  });
});

describe('many writes at once', () => {
  it('answers each with what came of it, though they are sent and committed in several parts', async () => {
    const journal = await openSqliteJournal({ file: newFile() });
    const twice = Array.from({ length: 150 }, (_, n) => [runNumber(n), runNumber(n)]).flat();
    const accepted = await Promise.all(twice.map((run) => journal.accept(run)));
    expect(accepted).toEqual(twice.map(({ summary: { runId } }, index) => ({ duplicate: index % 2 === 1, runId })));
    const next = { at: 2_000, type: 'run-reopened', by: 'test' } as const;
    const seqs = twice.map((_, index) => (index % 3 === 0 ? 7 : 1));
    const appended = await Promise.all(
      twice.map(({ summary }, index) =>
        journal.append(summary.runId, seqs[index] ?? 1, [next], { ...summary, seq: 2 }),
      ),
    );
    const taken = new Set<string>();
    const expected = twice.map(({ summary: { runId } }, index) => {
      if (seqs[index] === 7 || taken.has(runId)) return 'conflict';
      taken.add(runId);
      return 'ok';
    });
    expect(appended).toEqual(expected);
    await journal.close();
  });
});

describe('a full disk', () => {
  it('rejects writes with STORAGE_FULL, leaves nothing half-written and still reads', async () => {
    const file = newFile();
    const journal = await openSqliteJournal({ file, maxSizeBytes: 400_000 });
    const accepted: string[] = [];
    let refusal: unknown = null;
    for (let n = 0; n < 40 && refusal === null; n += 1) {
      await journal.accept(runNumber(n)).then(
        ({ runId }) => accepted.push(runId),
        (error: unknown) => {
          refusal = error;
        },
      );
    }
    expect(refusal).toMatchObject({ code: 'STORAGE_FULL' });
    expect(accepted.length).toBeGreaterThan(3);
    const listed = await journal.list({ filter: {}, limit: 100 });
    expect(listed.runs.map((run) => run.runId).sort()).toEqual([...accepted].sort());
    expect(await journal.read(`r${accepted.length}` as RunId, 0, 10)).toEqual([]);
    await journal.close();

    const roomier = await openSqliteJournal({ file });
    expect(await roomier.accept(runNumber(99))).toMatchObject({ duplicate: false });
    await roomier.close();
  });
});

describe('file blobs', () => {
  it('gives bytes back by content, and nothing for other names', async () => {
    const blobs = fileBlobs(join(root, 'blobs'));
    const bytes = new Uint8Array([1, 2, 255]);
    const key = await blobs.put(bytes);
    expect(await blobs.put(bytes)).toBe(key);
    expect([...((await blobs.get(key)) ?? [])]).toEqual([1, 2, 255]);
    expect(await blobs.get('0'.repeat(64))).toBeNull();
    expect(await blobs.get('../../etc/passwd')).toBeNull();
  });
});

describe('a journal file of version 5, whose runs did not name the first of those that repeat each other', () => {
  it('finds it in what they were accepted with', async () => {
    const file = newFile();
    const [one, two, called] = [runNumber(1), runNumber(2), runNumber(3)];
    const root = one.summary.runId;
    const sharing = { correlationId: root };
    const [accepted] = two.records;
    if (accepted?.type !== 'run-accepted') throw new Error('the run was not accepted');
    const replay = { of: root, root, effects: 'skip-confirmed', by: 'ann', reason: 'again' } as const;
    const first = await openSqliteJournal({ file });
    await first.accept(one);
    await first.accept({
      summary: { ...two.summary, ...sharing },
      records: [{ ...accepted, start: { ...accepted.start, ...sharing, replay } }],
    });
    await first.accept({ ...called, summary: { ...called.summary, ...sharing } });
    await first.close();
    const old = new DatabaseSync(file);
    old.exec(`${journalOfVersion5}; pragma user_version = 5`);
    old.close();

    const journal = await openSqliteJournal({ file });
    expect((await journal.list({ filter: { replayRoot: root }, limit: 10 })).runs).toEqual([
      { ...two.summary, ...sharing, replayRoot: root },
    ]);
    expect(await journal.summary(called.summary.runId)).toMatchObject({ replayRoot: null });
    await journal.close();
  });
});
