import { defineCredential, seconds } from '@waybill/node-sdk';

/** A bot of a Slack app, installed in a workspace. */
export const slackBot = defineCredential({
  type: 'slack',
  title: 'Slack bot',
  icon: 'slack',
  help: 'Needs a Slack app with the scope chat:write; invite its bot to the channels.',
  fields: {
    apiUrl: { kind: 'url', label: 'Address', default: 'https://slack.com' },
    botToken: { kind: 'secret', label: 'Bot token', help: 'Begins with xoxb-.' },
  },
  baseUrl: '{apiUrl}',
  auth: { scheme: 'bearer', token: '{botToken}' },
  test: { method: 'POST', path: '/api/auth.test', statuses: [200], field: { name: 'ok', is: true } },
  limits: {
    // Slack counts by method and by channel (about one message a second), which no count per connection can say; its 429
    // with Retry-After decides.
    concurrency: 4,
    throttles: [{ status: 200, says: '"error":"ratelimited"', waitMs: seconds(30) }],
  },
});

/** An incoming webhook posts to the one channel it was made for; its address is the secret. */
export const slackWebhook = defineCredential({
  type: 'slack-webhook',
  title: 'Slack incoming webhook',
  icon: 'slack',
  help: 'Made under Incoming Webhooks in the settings of the Slack app.',
  fields: { url: { kind: 'secret', label: 'Webhook address' } },
  baseUrl: '',
  auth: { scheme: 'secret-url', url: '{url}' },
  test: null,
  limits: { concurrency: 1 },
});
