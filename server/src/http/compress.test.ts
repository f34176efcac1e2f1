import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { sendJson } from './compress.ts';
import { staticEditor } from './static-editor.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function served(handler: express.RequestHandler): Promise<string> {
  const server = express().use(handler).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const plain = { headers: { 'accept-encoding': 'identity' } };

describe('what goes over the wire', () => {
  const long = { words: 'a thousand steps '.repeat(2_000) };

  it('is compressed where the answer is long and the client takes it, and says the same', async () => {
    const url = await served((request, response) => void sendJson(request, response, long));
    const reply = await fetch(url, { headers: { 'accept-encoding': 'gzip' } });
    expect(reply.headers.get('content-encoding')).toBe('gzip');
    expect(Number(reply.headers.get('content-length'))).toBeLessThan(2_000);
    expect(reply.headers.get('vary')).toContain('accept-encoding');
    expect(await reply.json()).toEqual(long);
  });

  it('is as it stands where the client does not, and where it is short', async () => {
    const url = await served((request, response) => void sendJson(request, response, long));
    const reply = await fetch(url, plain);
    expect(reply.headers.get('content-encoding')).toBeNull();
    expect(await reply.json()).toEqual(long);
    const short = await served((request, response) => void sendJson(request, response, { ok: true }));
    const answer = await fetch(short, { headers: { 'accept-encoding': 'gzip' } });
    expect(answer.headers.get('content-encoding')).toBeNull();
    expect(await answer.json()).toEqual({ ok: true });
  });
});

describe('a file of the built editor', () => {
  const script = 'export const words = "a thousand steps";';

  function built(): string {
    const folder = mkdtempSync(join(tmpdir(), 'waybill-editor-'));
    closing.push(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'assets', 'index-1.js'), script);
    writeFileSync(join(folder, 'assets', 'index-1.js.gz'), gzipSync(script));
    writeFileSync(join(folder, 'assets', 'other-1.js'), script);
    return folder;
  }

  it('is sent from its compressed copy, as a script that never changes', async () => {
    const url = await served(staticEditor(built()));
    const reply = await fetch(`${url}/assets/index-1.js`, { headers: { 'accept-encoding': 'gzip' } });
    expect(reply.headers.get('content-encoding')).toBe('gzip');
    expect(reply.headers.get('content-type')).toContain('text/javascript');
    expect(reply.headers.get('cache-control')).toContain('immutable');
    expect(await reply.text()).toBe(script);
  });

  it('is sent as it is to a client that takes no compression, and where there is no copy', async () => {
    const url = await served(staticEditor(built()));
    for (const request of [
      fetch(`${url}/assets/index-1.js`, plain),
      fetch(`${url}/assets/other-1.js`, { headers: { 'accept-encoding': 'gzip' } }),
    ]) {
      const reply = await request;
      expect(reply.headers.get('content-encoding')).toBeNull();
      expect(reply.headers.get('content-type')).toContain('text/javascript');
      expect(await reply.text()).toBe(script);
    }
  });
});
