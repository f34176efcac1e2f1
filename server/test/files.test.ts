import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Problem, ReplyOf, Routes } from '@waybill/api-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller, TestServer } from './test-server.ts';
import { eventually, flowOf, publish, startTestServer } from './test-server.ts';

type Added = ReplyOf<Routes['addFile']>;
type Listed = ReplyOf<Routes['listFiles']>;
type Detail = ReplyOf<Routes['getFile']>;

const MB = 1_000_000;
const csv = { 'content-type': 'text/csv' };

describe('files that come in', () => {
  let server: TestServer;
  let analyst: Caller;
  let operator: Caller;
  const dropDir = mkdtempSync(join(tmpdir(), 'waybill-drop-'));
  const uploads = () => join(server.dataDir, 'files/uploads');
  const onDisk = () => (existsSync(uploads()) ? readdirSync(uploads()) : []);
  const add = <T = Added>(call: Caller, name: string, raw: string | Uint8Array, folder = 'inbox') =>
    call<T>('POST', `/api/v1/files?folder=${encodeURIComponent(folder)}&name=${encodeURIComponent(name)}`, {
      raw,
      headers: csv,
    });

  beforeAll(async () => {
    server = await startTestServer({ fileMaxBytes: 2 * MB, dropDir });
    analyst = await server.as('analyst');
    operator = await server.as('operator');
    await publish(
      analyst,
      flowOf(
        'take-expenses',
        {
          arrived: { type: 'core.file-arrived', params: { folder: 'Expenses', pattern: '*.csv' } },
          read: { type: 'core.read-records', params: { path: { $: 'input.path' } } },
          total: {
            type: 'core.total-records',
            params: { measures: [{ name: 'rows', kind: 'count', expression: '1' }] },
          },
        },
        ['arrived.arrived>read.in', 'read.records>total.in'],
      ),
    );
    await publish(
      analyst,
      flowOf(
        'wait-with-file',
        {
          start: { type: 'core.manual' },
          wait: { type: 'core.wait', params: { mode: 'duration', duration: 86_400_000 } },
        },
        ['start.submitted>wait.in'],
      ),
    );
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(dropDir, { recursive: true, force: true });
  });

  const runsOf = async (fileId: string) => (await analyst<Detail>('GET', `/api/v1/files/${fileId}`)).json.uses;
  const ended = (fileId: string) =>
    eventually(
      () => runsOf(fileId),
      (uses) => uses.length > 0 && uses.every(({ run }) => run.finishedAt !== null),
    );

  it('keeps an uploaded file as it was sent, lists it, gives it back, and writes down who sent it', async () => {
    const content = Buffer.from('id;name\n1;J\xf6rg\n', 'latin1');
    const added = await add(analyst, '../Übersicht März.csv', content, 'hours');
    expect(added.status).toBe(201);
    const { file } = added.json;
    expect(file).toMatchObject({
      folder: 'hours',
      name: 'Übersicht März.csv',
      sizeBytes: content.length,
      mediaType: 'text/csv',
      sha256: createHash('sha256').update(content).digest('hex'),
      byName: 'API key analyst',
      came: 'upload',
    });
    const listed = await analyst<Listed>('GET', '/api/v1/files?text=märz');
    expect(listed.json.items).toEqual([file]);
    expect(listed.json.folders).toEqual([
      { name: 'Expenses', starts: [{ flowId: 'take-expenses', flowName: 'take-expenses' }] },
      { name: 'hours', starts: [] },
    ]);
    const reply = await fetch(`${server.origin}/api/v1/files/${file.id}/content`, {
      headers: (await server.person({ roles: ['operator'] })).headers,
    });
    expect(Buffer.from(await reply.arrayBuffer())).toEqual(content);
    expect(reply.headers.get('content-disposition')).toContain('attachment');
    const admin = await server.as('admin');
    const audit = await admin<ReplyOf<Routes['listAudit']>>('GET', `/api/v1/audit?subject=file:${file.id}`);
    expect(audit.json.items[0]).toMatchObject({ action: 'file.added', actorName: 'API key analyst' });
  });

  it('refuses what is too large, empty, a program, wrapped in a form or not allowed, and keeps nothing of it', async () => {
    const before = onDisk();
    const refused = async (reply: Promise<{ status: number; json: Partial<Problem> }>) => {
      const { status, json } = await reply;
      expect(json.fix).toBeTruthy();
      return [status, json.code];
    };
    const large = Buffer.alloc(2 * MB + 1, 'x');
    expect(await refused(add<Problem>(analyst, 'large.csv', large))).toEqual([413, 'BODY_TOO_LARGE']);
    const chunked = fetch(`${server.origin}/api/v1/files?name=large.csv`, {
      method: 'POST',
      headers: (await server.person({ roles: ['operator'] })).headers,
      body: new Blob([large]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect((await chunked).status, 'one that does not say how large it is').toBe(413);
    expect(await refused(add<Problem>(analyst, 'empty.csv', ''))).toEqual([422, 'FILE_REFUSED']);
    expect(await refused(add<Problem>(analyst, 'run.csv', '#!/bin/sh\nrm -rf /\n'))).toEqual([422, 'FILE_REFUSED']);
    expect(await refused(add<Problem>(analyst, 'a.csv', 'a', '../etc'))).toEqual([422, 'FILE_REFUSED']);
    const form = analyst<Problem>('POST', '/api/v1/files?name=a.csv', {
      raw: 'x',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    });
    expect(await refused(form)).toEqual([415, 'CONTENT_TYPE_UNSUPPORTED']);
    expect(await refused(analyst<Problem>('POST', '/api/v1/files', { raw: 'x', headers: csv }))).toEqual([
      400,
      'REQUEST_INVALID',
    ]);
    const viewer = await server.as('viewer');
    expect(await refused(add<Problem>(viewer, 'a.csv', 'a'))).toEqual([403, 'NOT_ALLOWED']);
    expect(await refused(viewer<Problem>('GET', '/api/v1/files'))).toEqual([403, 'NOT_ALLOWED']);
    expect(onDisk()).toEqual(before);
  });

  it('leaves nothing behind of an upload whose sender hangs up in the middle', async () => {
    const { headers } = await server.person({ roles: ['operator'] });
    const before = onDisk();
    const socket = connect(server.server.port, '127.0.0.1');
    await once(socket, 'connect');
    const lines = Object.entries({ host: 'localhost', 'content-length': '1000000', ...headers });
    socket.write(
      `POST /api/v1/files?name=cut.csv HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n${'x'.repeat(1_000)}`,
    );
    await eventually(
      async () => onDisk().length,
      (count) => count === before.length + 1,
    );
    socket.destroy();
    await eventually(
      async () => onDisk(),
      (now) => now.length === before.length,
    );
    expect((await analyst<Listed>('GET', '/api/v1/files?text=cut')).json.items).toEqual([]);
  });

  it('starts the flow that waits for the folder, once per content, and shows the run at the file', async () => {
    const first = await add(analyst, 'March.csv', 'id\n1\n2\n', 'expenses');
    expect(first.json.started).toMatchObject([{ flowId: 'take-expenses', duplicate: false }]);
    const [use] = await ended(first.json.file.id);
    expect(use).toMatchObject({ how: 'started', run: { flowId: 'take-expenses', status: 'succeeded' } });
    const again = await add(operator, 'march.csv', 'id\n1\n2\n', 'expenses');
    expect(again.json.started).toEqual([{ ...first.json.started[0], duplicate: true }]);
    expect(await runsOf(again.json.file.id)).toMatchObject([{ how: 'same-content' }]);
    const other = await add(analyst, 'March.csv', 'id\n1\n2\n3\n', 'expenses');
    expect(other.json.started).toMatchObject([{ duplicate: false }]);
    expect((await add(analyst, 'March.txt', 'id\n1\n', 'expenses')).json.started).toEqual([]);
  });

  it('removes a file an open run was given only when that is said, and keeps that in the audit log', async () => {
    const { file } = (await add(analyst, 'given.csv', 'id\n1\n')).json;
    const started = await operator<{ runId: string }>('POST', '/api/v1/flows/wait-with-file/run', {
      body: { of: 'published', input: { file: file.path } },
    });
    expect(started.status).toBe(202);
    const at = `/api/v1/files/${file.id}`;
    const refused = await operator<Problem>('DELETE', at);
    expect([refused.status, refused.json.code]).toEqual([409, 'FILE_IN_USE']);
    expect((await operator('DELETE', `${at}?evenIfInUse=true&reason=sent%20by%20mistake`)).status).toBe(200);
    expect((await operator('GET', at)).status).toBe(404);
    expect(onDisk()).not.toContain(file.id);
    const audit = await (await server.as('admin'))<ReplyOf<Routes['listAudit']>>(
      'GET',
      `/api/v1/audit?subject=file:${file.id}`,
    );
    expect(audit.json.items[0]).toMatchObject({ action: 'file.removed', details: { reason: 'sent by mistake' } });
  });

  it('takes a dropped file in when it stands still or loses its part name, starts its flow, and only then moves it', async () => {
    const folder = join(dropDir, 'expenses');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'April.csv.part'), 'id\n7\n8\n9\n');
    writeFileSync(join(dropDir, 'note.csv'), 'id\n1\n');
    writeFileSync(join(dropDir, 'tool.csv'), '#!/bin/sh\n');
    // Two looks at the part, then its real name.
    await eventually(async () => existsSync(join(dropDir, 'done/note.csv')), Boolean);
    expect(existsSync(join(folder, 'April.csv.part'))).toBe(true);
    renameSync(join(folder, 'April.csv.part'), join(folder, 'April.csv'));
    await eventually(async () => existsSync(join(folder, 'done/April.csv')), Boolean);
    const listed = (await analyst<Listed>('GET', '/api/v1/files?folder=expenses&text=april')).json.items;
    expect(listed).toMatchObject([{ name: 'April.csv', came: 'drop', byName: 'Watched folder' }]);
    expect(await ended(listed[0]?.id ?? '')).toMatchObject([{ how: 'started', run: { status: 'succeeded' } }]);
    await eventually(async () => existsSync(join(dropDir, 'refused/tool.csv')), Boolean);
  });

  it('removes files by age, but none that an open run has to do with', async () => {
    const { store, files, now } = server.server.platform;
    const young = (await add(analyst, 'young.csv', 'id\n1\n')).json.file.id;
    const record = await store.files.get(young);
    const [old, needed] = ['a', 'b'].map((sign) => `f_${sign.repeat(24)}`) as [string, string];
    for (const id of [old, needed]) {
      const path = `uploads/${id}/young.csv`;
      await store.files.insert({ ...record!, id, path, arrivedAt: now() - 91 * 86_400_000 });
    }
    await operator('POST', '/api/v1/flows/wait-with-file/run', {
      body: { of: 'published', input: { attached: [`uploads/${needed}/young.csv`] } },
    });
    await files.expire();
    expect(await store.files.present([old, needed, young])).toEqual(new Set([needed, young]));
    const admin = await server.as('admin');
    const audit = await admin<ReplyOf<Routes['listAudit']>>('GET', `/api/v1/audit?subject=file:${old}`);
    expect(audit.json.items[0]).toMatchObject({ action: 'file.removed', details: { reason: 'older than 90 days' } });
  });

  it('hands over after a restart what a crash kept from its flow, and sweeps uploads nobody was told of', async () => {
    const { file, started } = (await add(analyst, 'late.csv', 'id\n5\n', 'elsewhere')).json;
    expect(started).toEqual([]);
    const { store } = server.server.platform;
    // As a crash between taking the file in and starting its flow leaves it.
    const record = await store.files.get(file.id);
    const lost = { ...record!, id: `f_${'0'.repeat(24)}`, folder: 'expenses', announcedAt: null };
    await store.files.insert(lost);
    mkdirSync(join(uploads(), lost.id));
    writeFileSync(join(uploads(), `f_${'1'.repeat(24)}.x`), 'not ours');
    mkdirSync(join(uploads(), `f_${'1'.repeat(24)}`));
    await server.restart();
    const uses = await eventually(
      () => runsOf(lost.id),
      (found) => found.length > 0,
    );
    expect(uses).toMatchObject([{ how: 'started', run: { flowId: 'take-expenses' } }]);
    expect(onDisk()).toContain(lost.id);
    expect(onDisk()).not.toContain(`f_${'1'.repeat(24)}`);
    expect(onDisk()).toContain(`f_${'1'.repeat(24)}.x`);
  });
});
