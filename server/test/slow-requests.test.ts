import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refuseBrokenRequests } from '../src/http/broken-requests.ts';
import { streamBody } from '../src/http/stream-body.ts';
import { movableClock } from './movable-clock.ts';
import type { TestServer } from './test-server.ts';
import { eventually, flowOf, publish, startTestServer } from './test-server.ts';

/** A request that begins well and then stops in the middle of its body. */
function begun(port: number, path: string, headers: Record<string, string>, body = '{"name":') {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += String(chunk);
  });
  // Once it has its answer, the server may close as it likes.
  socket.on('error', () => {});
  const lines = Object.entries({ host: 'localhost', 'content-length': '500', ...headers });
  socket.write(
    `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n${body}`,
  );
  return { socket, text: () => text };
}

describe('a sender that does not come to its end', () => {
  const clock = movableClock();
  let test: TestServer;
  let standing: Record<string, string>;

  beforeAll(async () => {
    test = await startTestServer({}, { clock });
    const person = await test.person({ roles: ['engineer'] });
    standing = person.headers;
    const flow = flowOf('slow', { start: { type: 'core.webhook', params: { path: 'in' } } });
    await publish(person.call, flow);
  });
  afterAll(() => test.stop());

  /** Lets so much time pass, again and again, until the sender is answered. */
  async function answered(path: string, headers: Record<string, string>, passMs: number): Promise<string> {
    const sender = begun(test.server.port, path, { ...standing, ...headers });
    const answer = await eventually(
      async () => {
        clock.advance(passMs);
        return sender.text();
      },
      (text) => text.includes('"code"'),
    );
    await eventually(async () => sender.socket.closed || sender.socket.readableEnded, Boolean);
    sender.socket.destroy();
    return answer;
  }

  it('is told so after a minute of silence in a file, of which nothing is kept', async () => {
    const answer = await answered('/api/v1/files?folder=inbox&name=slow.csv', { 'content-type': 'text/csv' }, 61_000);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toMatch(/connection: close/i);
    expect(answer).toContain('application/problem+json');
    expect(answer).toContain('Nothing more of the file came for 60 s; nothing of it was kept.');
    const uploads = join(test.dataDir, 'files/uploads');
    await eventually(
      async () => (existsSync(uploads) ? readdirSync(uploads) : []),
      (names) => names.length === 0,
    );
    const { items } = await test.server.platform.store.files.list({ limit: 10 });
    expect(items).toEqual([]);
  });

  it('is told so after two minutes of any other body, which is acted on no more', async () => {
    const json = { 'content-type': 'application/json' };
    const saved = await answered('/api/v1/flows', json, 121_000);
    expect(saved).toMatch(/^HTTP\/1\.1 408 [\s\S]*REQUEST_TOO_SLOW/);
    expect(saved).toContain('The body did not arrive within 120 s.');
    const hook = await answered('/hooks/slow/in', json, 121_000);
    expect(hook).toMatch(/^HTTP\/1\.1 408 [\s\S]*REQUEST_TOO_SLOW/);
    expect((await test.server.platform.journal.list({ filter: {}, limit: 10 })).runs).toEqual([]);
  });
});

it('takes a file that comes slowly but steadily, however long it takes', async () => {
  const clock = movableClock();
  const chunks: string[] = [];
  const server = createServer(async (request, response) => {
    for await (const chunk of streamBody(request, 1_000, clock)) chunks.push(Buffer.from(chunk).toString());
    response.end('kept');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sender = begun((server.address() as AddressInfo).port, '/', { 'content-length': '6' }, 'a');
  for (const letter of 'bcdef') {
    await eventually(
      async () => chunks.length,
      (count) => count === letter.charCodeAt(0) - 'a'.charCodeAt(0),
    );
    clock.advance(50_000);
    sender.socket.write(letter);
  }
  await eventually(
    async () => sender.text(),
    (text) => text.includes('kept'),
  );
  expect(chunks.join('')).toBe('abcdef');
  sender.socket.destroy();
  server.close();
});

it.each(['/elsewhere', '/live/?EIO=4&transport=websocket'])(
  'outlives whoever asks for another protocol at %s and breaks off',
  async (path) => {
    const test = await startTestServer();
    const hangUp = async () => {
      const socket = connect(test.server.port, '127.0.0.1');
      socket.on('error', () => {});
      await once(socket, 'connect');
      const key = Buffer.alloc(16).toString('base64');
      const upgrade = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}`;
      await new Promise((resolve) =>
        socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${upgrade}\r\n\r\n`, resolve),
      );
      // By then the server has taken the request over.
      expect((await test.anonymous('GET', '/healthz')).status).toBe(200);
      socket.resetAndDestroy();
    };
    for (let count = 0; count < 5; count += 1) await hangUp();
    expect((await test.anonymous('GET', '/healthz')).status).toBe(200);
    await test.stop();
  },
);

it('answers a sender that never ends its headers, and hangs up', async () => {
  const server = createServer({ headersTimeout: 30, connectionsCheckingInterval: 10 }, () => {}).listen(0, '127.0.0.1');
  refuseBrokenRequests(server);
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost: localhost\r\nx-slow: ');
  let text = '';
  socket.on('data', (chunk) => {
    text += String(chunk);
  });
  await once(socket, 'end');
  expect(text).toMatch(/^HTTP\/1\.1 408 Request Timeout[\s\S]*application\/problem\+json/);
  expect(text).toContain('The request took too long to arrive.');
  server.close();
});
