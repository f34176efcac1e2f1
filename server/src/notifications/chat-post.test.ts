import { expect, it } from 'vitest';
import { chatPost } from './chat-post.ts';

const message = { subject: 'Hi', entries: [], more: 0, allUrl: 'https://a.example', settingsUrl: 'https://a.example' };
const answers = (shape: 'slack' | 'teams', status: number, body: string, headers: Record<string, string> = {}) =>
  chatPost({ send: async () => ({ status, headers, body }) })(
    { name: 'Finance', shape, url: 'https://chat.example/hook/secret', allowPrivateAddresses: false },
    message,
  );

it('takes what the vendors say to a post that arrived', async () => {
  expect(await answers('slack', 200, 'ok')).toEqual({ ok: true });
  expect(await answers('teams', 202, '')).toEqual({ ok: true });
  expect(await answers('teams', 200, '1')).toEqual({ ok: true });
});

it('waits as long as it is asked to', async () => {
  expect(await answers('slack', 429, 'rate_limited', { 'retry-after': '30' })).toMatchObject({
    because: 'later',
    retryAfterMs: 30_000,
  });
});

it('knows a failure that Teams hides in a 200', async () => {
  const hidden =
    'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId';
  expect(await answers('teams', 200, hidden)).toMatchObject({ ok: false, because: 'later' });
  expect(await answers('teams', 200, hidden.replace('429', '413'))).toMatchObject({ ok: false, because: 'message' });
});

it('says what to do about a channel that takes nothing any more, without its address', async () => {
  const archived = await answers('slack', 410, 'channel_is_archived');
  expect(archived).toMatchObject({ because: 'message', fix: expect.stringContaining('archive') });
  expect(await answers('slack', 404, 'no_service')).toMatchObject({ fix: expect.stringContaining('new webhook') });
  expect(JSON.stringify(archived)).not.toContain('secret');
});
