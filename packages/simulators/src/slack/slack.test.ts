import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebClient } from '@slack/web-api';
import { IncomingWebhook } from '@slack/webhook';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { RunningSimulator } from '../kernel/simulator.ts';
import { call } from '../kernel/test-client.ts';
import { type Simulators, startSimulators } from '../start-simulators.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'slack-'));
let simulators: Simulators;
let slack: RunningSimulator;
let client: WebClient;

beforeAll(async () => {
  simulators = await startSimulators({ dataDir, names: ['slack'], ports: 'random' });
  slack = simulators.get('slack');
  client = new WebClient(slack.info.credentials['botToken'], {
    slackApiUrl: `${slack.info.baseUrl}/api/`,
    retryConfig: { retries: 0 },
  });
});
afterAll(async () => {
  await simulators.stop();
  rmSync(dataDir, { recursive: true });
});
beforeEach(() => slack.reset());

const webhookUrl = () => slack.info.baseUrl + slack.info.credentials['webhookPath'];

it('takes messages from the unmodified web client, blocks as JSON text in a form', async () => {
  const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: '*Margin* 31 %' } }];
  const sent = await client.chat.postMessage({ channel: '#deal-desk', text: 'Approve P-1001', blocks });
  await client.chat.update({ channel: sent.channel!, ts: sent.ts!, text: 'Approved' });
  const [posted, changed] = slack.audit({ object: 'message' });
  expect([posted?.operation, changed?.operation, changed?.recordId]).toEqual(['post', 'update', sent.ts]);
  expect(sent.message?.blocks).toEqual(blocks);
  expect((await call('GET', slack.info.baseUrl)).body).toContain('Approved');
});

it('pages channels by cursor and finds people by e-mail', async () => {
  const names: (string | undefined)[] = [];
  for await (const page of client.paginate('conversations.list', { limit: 3 })) {
    names.push(...(page as unknown as { channels: { name: string }[] }).channels.map((channel) => channel.name));
  }
  expect(names).toHaveLength(8);
  const found = await client.users.lookupByEmail({ email: 'hanna.vogt@waybill-demo.example' });
  expect(found.user?.real_name).toBe('Hanna Vogt');
});

it('refuses with ok:false at status 200', async () => {
  await expect(client.chat.postMessage({ channel: 'nowhere', text: 'x' })).rejects.toMatchObject({
    data: { ok: false, error: 'channel_not_found' },
  });
  await expect(client.chat.postMessage({ channel: 'board', text: 'x' })).rejects.toMatchObject({
    data: { error: 'not_in_channel' },
  });
  const stranger = await call('POST', `${slack.info.baseUrl}/api/auth.test`, {}, { authorization: 'Bearer wrong' });
  expect(stranger).toMatchObject({ status: 200, body: { ok: false, error: 'invalid_auth' } });
});

it('takes messages from the unmodified webhook client and words its refusals', async () => {
  expect(await new IncomingWebhook(webhookUrl()).send({ text: 'Invoice 17 posted' })).toEqual({ text: 'ok' });
  expect(slack.audit({ object: 'message' })).toHaveLength(1);
  expect(await call('POST', webhookUrl(), '{"text":')).toMatchObject({ status: 400, body: 'invalid_payload' });
  expect(await call('POST', `${slack.info.baseUrl}/services/T/B/x`, { text: 'x' })).toMatchObject({
    status: 404,
    body: 'no_service',
  });
});

it('throttles with Retry-After', async () => {
  const refused = await call(
    'POST',
    `${slack.info.baseUrl}/api/chat.postMessage`,
    { channel: 'general', text: 'x' },
    { 'x-sim-fault': 'throttle' },
  );
  expect(refused).toMatchObject({ status: 429, body: { ok: false, error: 'ratelimited' } });
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(slack.audit()).toEqual([]);
});
