import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import type { SMTPServerOptions } from 'smtp-server';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { mailFault } from './mail-fault.ts';
import type { MailServer } from './mail-transport.ts';
import { smtpMail } from './mail-transport.ts';
import type { SendOutcome } from './send-outcome.ts';

const password = 'correct-horse';
const day = 86_400_000;
interface Certificate {
  key: string;
  cert: string;
}
let authority: Certificate;
let good: Certificate;

async function certificate(names: string[], { notAfterDate = new Date(Date.now() + day), signed = true } = {}) {
  const made = await generate([{ name: 'commonName', value: names[0] ?? '' }], {
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 10 * day),
    notAfterDate,
    ...(signed ? { ca: authority } : {}),
    extensions: [{ name: 'subjectAltName', altNames: names.map((value) => ({ type: 2 as const, value })) }],
  });
  return { key: made.private, cert: made.cert };
}
beforeAll(async () => {
  const made = await generate([{ name: 'commonName', value: 'Test authority' }], {
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  authority = { key: made.private, cert: made.cert };
  good = await certificate(['localhost']);
});

const servers: SMTPServer[] = [];
/** How each session signed in and whether its line was encrypted then. */
const sessions: { method: string; user: string; secure: boolean }[] = [];
let mails = 0;
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise<void>((resolve) => server.close(resolve));
  sessions.length = 0;
  mails = 0;
});

/** A mail server that insists on the right password over an encrypted line. */
async function listening(options: SMTPServerOptions): Promise<number> {
  const server = new SMTPServer({
    ...good,
    onAuth({ method, username = '', password: given }, session, done) {
      sessions.push({ method, user: username, secure: session.secure });
      done(given === password ? null : new Error('5.7.8 Authentication failed'), { user: username });
    },
    onData(stream, _session, done) {
      mails += 1;
      stream.resume();
      stream.on('end', () => done());
    },
    ...options,
  });
  server.on('error', () => undefined); // A client that hangs up is what some of these tests are about.
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.server.address() as AddressInfo).port;
}
const message = {
  subject: 'Hello',
  entries: [],
  more: 0,
  allUrl: 'https://a.example',
  settingsUrl: 'https://a.example',
};
function send(port: number, changes: Partial<MailServer> = {}, ca: string[] | null = [authority.cert]) {
  const server: MailServer = {
    ...{ host: 'localhost', port, security: 'starttls', user: 'flows', password },
    ...{ from: 'flows@example.com', fromName: 'Waybill' },
    ...changes,
  };
  const to = { name: 'Anna', address: 'anna@example.com' };
  return smtpMail({ ca })({ server, to, message, messageId: 'wb_1' });
}
const words = (outcome: SendOutcome) => (outcome.ok ? 'sent' : `${outcome.because}: ${outcome.what} ${outcome.fix}`);

describe.each(['PLAIN', 'LOGIN'])('a server that asks for AUTH %s', (method) => {
  it('gets the password after STARTTLS, never before', async () => {
    const port = await listening({ authMethods: [method] });
    expect(words(await send(port))).toBe('sent');
    expect([mails, sessions]).toEqual([1, [{ method, user: 'flows', secure: true }]]);
  });

  it('gets the password over TLS from the first byte on', async () => {
    const port = await listening({ authMethods: [method], secure: true });
    expect(words(await send(port, { security: 'tls' }))).toBe('sent');
    expect([mails, sessions]).toEqual([1, [{ method, user: 'flows', secure: true }]]);
  });
});

it('sends no password to a server that offers no encryption, and says so', async () => {
  const port = await listening({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true });
  expect(words(await send(port))).toMatch(/^way: localhost:\d+ offers no STARTTLS\./);
  expect(sessions).toEqual([]);
});

it('says that user or password are wrong', async () => {
  const port = await listening({});
  expect(words(await send(port, { password: 'wrong' }))).toMatch(/^way: .* does not accept user and password\./);
});

describe('a certificate that is not to be trusted is refused in words', () => {
  it.each([
    ['unknown authority', async () => good, null, /is signed by nobody this server trusts.*WAYBILL_CA_FILE/],
    [
      'self-signed',
      () => certificate(['localhost'], { signed: false }),
      null,
      /is signed by nobody this server trusts/,
    ],
    ['other name', () => certificate(['mail.example.com']), 'ca', /is for mail\.example\.com, not for localhost/],
    ['run out', () => certificate(['localhost'], { notAfterDate: new Date(Date.now() - day) }), 'ca', /has run out/],
  ] as const)('%s', async (_name, made, trusted, expected) => {
    const keys = await made();
    for (const security of ['tls', 'starttls'] as const) {
      const port = await listening({ ...keys, secure: security === 'tls' });
      expect(words(await send(port, { security }, trusted ? [authority.cert] : null))).toMatch(expected);
    }
    expect([mails, sessions]).toEqual([0, []]);
  });
});

it('says that the other kind of encryption is meant', async () => {
  const plain = await listening({});
  expect(words(await send(plain, { security: 'tls' }))).toMatch(/does not begin with TLS.*Choose STARTTLS/);
});

it('knows what a mail server means by its answers', () => {
  const said = (error: object) => words(mailFault(error, { host: 'mail.example', port: 587 }));
  expect(said({ code: 'ETIMEDOUT', message: 'Greeting never received' })).toMatch(/^way: .* says nothing.*choose TLS/);
  expect(said({ code: 'EENVELOPE', responseCode: 530, response: '530 sign in' })).toMatch(/^way: .* wants user and/);
  expect(said({ code: 'EDNS', message: 'getaddrinfo ENOTFOUND mail.example' })).toMatch(/^way: There is no machine/);
  expect(said({ code: 'EENVELOPE', responseCode: 550 })).toMatch(/^message: /);
  expect(said({ code: 'EENVELOPE', responseCode: 451 })).toMatch(/^later: /);
  expect(said({ code: 'ECONNECTION', responseCode: 421 })).toMatch(/^way: /);
});
