import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BodyOf, Routes } from '@waybill/api-contract';
import { manualClock } from '@waybill/engine/testing';
import { type Simulators, startSimulators } from '@waybill/simulators';
import type { Store, TaskRecord, UntoldNotice } from '@waybill/store';
import { openStore } from '@waybill/store';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { auditLog } from '../audit/audit-log.ts';
import { userActor } from '../auth/actor.ts';
import { createOutbound } from '../capabilities/outbound.ts';
import { createSealer } from '../connections/sealing.ts';
import { people } from '../tasks/people.ts';
import { aTask } from '../tasks/testing.ts';
import type { ConnectionStanding } from './connection-watch.ts';
import { notificationDesk } from './notification-desk.ts';
import { usualPreferences } from './wishes.ts';

const dir = mkdtempSync(join(tmpdir(), 'waybill-notify-'));
const outbound = createOutbound({ caFile: null });
const clock = manualClock();
const hourMs = 3_600_000;
const anna = {
  id: 'us_anna',
  email: 'anna@example.com',
  name: 'Anna',
  passwordHash: null,
  roles: ['admin', 'finance'],
  groups: [],
  managerId: null,
  absence: null,
  disabled: false,
  createdAt: 1,
  lastSeenAt: null,
};
const actor = userActor(anna, null);

/** Mail as it was taken, and what the server says to the next recipients. */
const mails: string[] = [];
const refusals: { responseCode: number; message: string }[] = [];
const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onRcptTo(_address, _session, done) {
    const refusal = refusals.shift();
    done(refusal ? Object.assign(new Error(refusal.message), { responseCode: refusal.responseCode }) : null);
  },
  onData(stream, _session, done) {
    const parts: Buffer[] = [];
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('end', () => {
      mails.push(Buffer.concat(parts).toString('utf8').replaceAll('=\r\n', ''));
      done();
    });
  },
});
const headerOf = (mail: string | undefined, name: string): string | undefined =>
  new RegExp(`^${name}: (.*)\r$`, 'im').exec(mail ?? '')?.[1];

let simulators: Simulators;
let port = 0;
let file = 0;
let notices = 0;
let standings: ConnectionStanding[] = [];
let uri = '';
let store: Store;
let desk: ReturnType<typeof notificationDesk>;

async function open(): Promise<void> {
  store = await openStore({ uri });
  desk = notificationDesk({
    store,
    people: people(store, clock.now),
    sealer: createSealer([Buffer.alloc(32, 7)]),
    audit: auditLog(store, clock.now),
    outbound,
    caFile: null,
    clock,
    baseUrl: 'https://flows.example',
    isBaseUrlSet: true,
    standings: () => standings,
    onFault: (error) => {
      throw error;
    },
  });
}
async function close(): Promise<void> {
  await desk.close();
  await store.close();
}
type Change = BodyOf<Routes['setDeliverySettings']>;
const mailServer = () => ({
  host: '127.0.0.1',
  port,
  security: 'none' as const,
  user: '',
  from: 'flows@example.com',
  fromName: 'Waybill',
});
async function save(change: Partial<Change>): Promise<void> {
  const { revision } = await desk.settings();
  await desk.setDelivery({ mail: null, chat: [], ...change, revision }, actor);
}
/** Something happens to a task; what is to be told of it is written with it. */
const happens = async ({ task: changes, ...what }: Partial<UntoldNotice> & { task?: Partial<TaskRecord> } = {}) => {
  const task = aTask({ users: [anna.email], groups: [], openedAt: clock.now(), ...changes });
  notices += 1;
  const to = { users: [anna.email], groups: [] };
  const untold = [{ id: `n${notices}`, kind: 'opened', at: clock.now(), by: null, to, text: null, ...what }];
  if (!(await store.tasks.open({ ...task, untold }))) await store.tasks.amend(task.id, () => ({ untold }));
};
const hear = async (...what: Parameters<typeof happens>) => {
  await happens(...what);
  await desk.run();
};
const states = async () =>
  (await desk.deliveries({ of: 'me', limit: 50 }, actor)).items.map((item) => `${item.state} ${item.attempts}`);

beforeAll(async () => {
  simulators = await startSimulators({ dataDir: dir, names: ['slack'], ports: 'random' });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  port = (smtp.server.address() as AddressInfo).port;
});
afterAll(async () => {
  await new Promise<void>((resolve) => smtp.close(resolve));
  await simulators.stop();
  await outbound.close();
  rmSync(dir, { recursive: true });
});
beforeEach(async () => {
  mails.length = 0;
  refusals.length = 0;
  standings = [];
  file += 1;
  uri = `sqlite://${join(dir, `store${file}.db`)}?synchronous=NORMAL`;
  await open();
  await store.users.insert(anna);
});
afterEach(close);

it('mails a task to whom it is addressed, as text and HTML, with a link that decides nothing', async () => {
  await save({ mail: mailServer() });
  await hear();
  expect(mails).toHaveLength(1);
  expect(headerOf(mails[0], 'subject')).toBe('To decide: Approve');
  expect(headerOf(mails[0], 'auto-submitted')).toBe('auto-generated');
  expect(mails[0]).toContain('https://flows.example/inbox/t');
  expect(mails[0]).toMatch(/text\/plain[\s\S]*text\/html/);
  expect(await states()).toEqual(['sent 1']);
});

it('tells nobody of a task they could not open', async () => {
  await store.users.insert({ ...anna, id: 'us_ben', email: 'ben@example.com', roles: ['viewer'] });
  await save({ mail: mailServer() });
  await hear({ to: { users: ['ben@example.com'], groups: [] } });
  expect(mails).toEqual([]);
});

it('tries again later under the same message id when the server is busy', async () => {
  await save({ mail: mailServer() });
  refusals.push({ responseCode: 451, message: 'Greylisted' });
  await hear();
  expect([mails.length, await states()]).toEqual([0, ['waiting 1']]);
  const bound = (await store.notifications.list({ limit: 1 })).items[0];
  expect(bound?.error).toContain('Greylisted');
  clock.advance(60_000);
  await desk.run();
  expect(await states()).toEqual(['sent 2']);
  expect(headerOf(mails[0], 'message-id')).toBe(`<${bound?.messageId}@example.com>`);
});

it('shows what the server refuses for good, and does not try that again', async () => {
  await save({ mail: mailServer() });
  refusals.push({ responseCode: 550, message: 'No such user' });
  await hear();
  clock.advance(hourMs);
  await desk.run();
  expect([mails.length, await states()]).toEqual([0, ['failed 1']]);
});

it('gives up after a day without a mail server, with a record of it', async () => {
  await save({ mail: { ...mailServer(), port: 1 } });
  await hear();
  expect(await states()).toEqual(['waiting 1']);
  clock.advance(24 * hourMs);
  await desk.run();
  const [item] = (await desk.deliveries({ of: 'me', limit: 5, state: 'failed' }, actor)).items;
  expect(item?.error).toMatch(/^It could not be sent for a day\. 127\.0\.0\.1:1 cannot be reached/);
});

it('sends after a restart what it could not send before', async () => {
  await save({ mail: { ...mailServer(), port: 1 } });
  await hear();
  await close();
  await open();
  await save({ mail: mailServer() });
  clock.advance(60_000);
  await desk.run();
  expect([mails.length, await states()]).toEqual([1, ['sent 2']]);
});

it('waits for the end of quiet hours and for the digest, then sends one mail', async () => {
  await save({ mail: mailServer() });
  const wishes = { ...usualPreferences, digest: { every: 'hour' as const }, quiet: { from: '09:30', until: '13:00' } };
  await desk.setMine(wishes, actor);
  clock.set(Date.UTC(2027, 0, 4, 9, 10));
  await hear();
  await hear({ kind: 'commented', text: 'Please hurry', by: { id: 'us_x', name: 'Xenia' } });
  clock.set(Date.UTC(2027, 0, 4, 12, 59));
  await desk.run();
  expect(mails).toEqual([]);
  clock.set(Date.UTC(2027, 0, 4, 13, 0));
  await desk.run();
  expect(mails.map((mail) => headerOf(mail, 'subject'))).toEqual(['2 things since your last summary']);
  expect(mails[0]).toContain('Xenia: Please hurry');
});

it('tells what was written when nobody was there to tell it, once', async () => {
  await save({ mail: mailServer() });
  await happens();
  await close();
  await open();
  await Promise.all([desk.run(), desk.run()]);
  await desk.run();
  expect(mails.map((mail) => headerOf(mail, 'subject'))).toEqual(['To decide: Approve']);
  expect(await store.tasks.withUntold(10)).toEqual([]);
});

it('sends again what could not be sent, when an administrator asks for it, and shows how each way does', async () => {
  await save({ mail: mailServer() });
  const way = async () => (await desk.health()).ways[0];
  expect(await way()).toMatchObject({ id: 'mail', state: 'unused', lastSentAt: null });
  refusals.push({ responseCode: 550, message: 'No such user' }, { responseCode: 550, message: 'No such user' });
  await hear();
  await hear({ task: { id: 't2' } });
  expect(await way()).toMatchObject({ state: 'failing', failed: 2, lastProblem: { at: clock.now() } });
  const [dead] = (await desk.deliveries({ of: 'everybody', state: 'failed', limit: 5 }, actor)).items;
  expect(await desk.resend(dead?.id ?? '', actor)).toEqual({ again: 1 });
  expect(await desk.resendFailed(actor)).toEqual({ again: 1 });
  clock.advance(1);
  await desk.run();
  expect([mails.length, await states()]).toEqual([2, ['sent 2', 'sent 2']]);
  expect(await way()).toMatchObject({ state: 'working', failed: 0, waiting: 0, lastSentAt: clock.now() });
  const audited = (await store.audit.list({ limit: 10, action: 'notifications.resent' })).items;
  expect(audited.map((entry) => entry.actor)).toEqual([anna.id, anna.id]);
});

it('does not send the words of a comment that was removed meanwhile', async () => {
  await save({ mail: { ...mailServer(), port: 1 } });
  const note = { id: 'c1', at: 1, by: 'us_x', byName: 'Xenia', kind: 'comment', text: 'the salary' };
  await hear({ task: { notes: [note] }, kind: 'commented', text: 'the salary', comment: 'c1' });
  await store.tasks.amend('t', () => ({ notes: [{ ...note, kind: 'comment-removed', text: null }] }));
  await save({ mail: mailServer() });
  clock.advance(hourMs);
  await desk.run();
  expect([mails, await states()]).toEqual([[], ['dropped 2']]);
});

it('tells those who look after connections that a system is down, and that it answers, across a restart', async () => {
  await save({ mail: mailServer() });
  const connection = { connectionId: 'cn_1', name: 'Kantata' };
  const downSince = clock.now();
  standings = [{ ...connection, downSince, answeredAt: null }];
  await desk.run();
  clock.advance(60_000);
  await desk.run();
  await close();
  await open();
  standings = [{ ...connection, downSince: null, answeredAt: null }];
  await desk.run();
  clock.advance(60_000);
  await desk.run();
  expect(mails.map((mail) => headerOf(mail, 'subject'))).toEqual(['Not answering: Kantata']);
  standings = [{ ...connection, downSince: null, answeredAt: clock.now() }];
  await desk.run();
  clock.advance(60_000);
  await desk.run();
  expect(mails.map((mail) => headerOf(mail, 'subject'))).toEqual([
    'Not answering: Kantata',
    'Answering again: Kantata',
  ]);
});

it('keeps one rule for what is muted twice: the one said last', async () => {
  const rule = { subject: 'flow' as const, value: 'f', label: 'Flow f' };
  await desk.mute({ ...rule, until: clock.now() + hourMs }, actor);
  await desk.mute({ ...rule, until: null }, actor);
  await desk.mute({ ...rule, value: 'g', until: null }, actor);
  const { mutes } = await desk.mine(actor);
  expect(mutes.map(({ value, until }) => [value, until]).sort()).toEqual([
    ['f', null],
    ['g', null],
  ]);
});

it('tells nobody of the outage of a system they muted, and of others still', async () => {
  await save({ mail: mailServer() });
  const mute = { subject: 'connection' as const, value: 'cn_1', label: 'Kantata', until: null };
  const { id } = await desk.mute(mute, actor);
  const downSince = clock.now();
  standings = [
    { connectionId: 'cn_1', name: 'Kantata', downSince, answeredAt: null },
    { connectionId: 'cn_2', name: 'NetSuite', downSince, answeredAt: null },
  ];
  await desk.run();
  clock.advance(60_000);
  await desk.run();
  expect(mails.map((mail) => headerOf(mail, 'subject'))).toEqual(['Not answering: NetSuite']);
  await desk.unmute(id, actor);
  standings = [{ connectionId: 'cn_1', name: 'Kantata', downSince: null, answeredAt: clock.now() }];
  await desk.run();
  clock.advance(60_000);
  await desk.run();
  expect(mails.map((mail) => headerOf(mail, 'subject')).at(-1)).toBe('Answering again: Kantata');
});

it('mails the weekly report once, though it was missed twice', async () => {
  await save({ mail: mailServer() });
  clock.set(Date.UTC(2027, 0, 4, 9, 0));
  const report = { every: 'week' as const, on: 'friday' as const, at: '08:00' };
  await desk.setMine({ ...usualPreferences, report }, actor);
  await store.tasks.open(
    aTask({ users: [anna.email], openedAt: Date.UTC(2026, 11, 1), amount: 1_200, currency: 'EUR' }),
  );
  clock.set(Date.UTC(2027, 0, 8, 7, 59));
  await desk.run();
  expect(mails).toEqual([]);
  clock.set(Date.UTC(2027, 0, 16, 8, 0));
  await desk.run();
  await desk.run();
  expect(mails.map((mail) => headerOf(mail, 'subject'))).toEqual(['Your report of open work']);
  expect(mails[0]).toContain('Older than 30 days: 1, EUR 1,200 at stake');
  expect((await store.notificationWishes.dueReports(Date.UTC(2027, 0, 22, 8), 5))[0]?.reportAt).toBe(
    Date.UTC(2027, 0, 22, 8),
  );
});

it('makes one mail of many problems with one cause', async () => {
  await save({ mail: mailServer() });
  for (const id of ['ex_1', 'ex_2', 'ex_3'])
    await hear({ task: { id, exceptionClass: 'value', fingerprint: 'x', origin: 'failure' } });
  expect(mails).toEqual([]);
  clock.advance(60_000);
  await desk.run();
  expect(mails.map((mail) => headerOf(mail, 'subject'))).toEqual(['3 problems with one cause: Approve']);
});

it('posts to the chat channel of a group, and only there', async () => {
  const slack = simulators.get('slack');
  const url = slack.info.baseUrl + slack.info.credentials['webhookPath'];
  const channel = {
    id: 'fin',
    name: 'Finance',
    shape: 'slack' as const,
    groups: ['finance'],
    allowPrivateAddresses: true,
  };
  await save({ chat: [{ ...channel, url }] });
  await hear({ to: { users: [], groups: ['finance'] } });
  const [post] = slack.audit({ object: 'message' });
  expect(JSON.stringify(post?.body)).toContain('<https://flows.example/inbox/t|To decide: Approve>');
  expect((await desk.testChat('fin', actor)).ok).toBe(true);
  await save({ chat: [{ ...channel, allowPrivateAddresses: false }] });
  expect(await desk.testChat('fin', actor)).toMatchObject({ ok: false, what: expect.stringContaining('private') });
});

it('keeps secrets sealed and refuses to send a password in the open', async () => {
  const secret = 'correct-horse';
  await save({ mail: { ...mailServer(), security: 'starttls', user: 'flows', password: secret } });
  expect(JSON.stringify(await store.settings.get('notifications.delivery'))).not.toContain(secret);
  expect(await desk.settings()).toMatchObject({ mail: { passwordSet: true } });
  expect(JSON.stringify((await store.audit.list({ limit: 5 })).items)).not.toContain(secret);
  await expect(save({ mail: { ...mailServer(), user: 'flows' } })).rejects.toMatchObject({
    code: 'DELIVERY_SETTINGS_INVALID',
  });
  expect(await desk.testMail(actor)).toMatchObject({ ok: false });
  await save({ mail: mailServer() });
  expect(await desk.testMail(actor)).toEqual({ ok: true, what: 'Sent to anna@example.com.', fix: null });
});

it('lets one of two administrators save and tells the other', async () => {
  await save({ mail: mailServer() });
  await expect(desk.setDelivery({ mail: null, chat: [], revision: 0 }, actor)).rejects.toMatchObject({
    code: 'DELIVERY_SETTINGS_CHANGED',
  });
});

it('takes a mute rule back and says in the audit log who set it', async () => {
  await save({ mail: mailServer() });
  const mute = await desk.mute({ subject: 'flow', value: 'f', until: null }, actor);
  await hear();
  expect(mails).toEqual([]);
  await desk.unmute(mute.id, actor);
  await hear();
  expect(mails).toHaveLength(1);
  const actions = (await store.audit.list({ limit: 10, subject: `user:${anna.id}` })).items.map((one) => one.action);
  expect(actions).toEqual(['notifications.unmuted', 'notifications.muted']);
});
