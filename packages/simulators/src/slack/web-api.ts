/** Slack's Web API methods. Refusals are `ok: false` at HTTP 200. */
import type { JsonObject } from '../kernel/json.ts';
import type { RecordStore, WriteOrigin } from '../kernel/record-store.ts';
import { botUserId, teamId } from './seed.ts';

export interface MethodCall {
  readonly store: RecordStore;
  readonly fields: JsonObject;
  readonly origin: WriteOrigin;
  readonly url: string;
}

type Method = (call: MethodCall) => JsonObject;

const maxTextLength = 40_000;

export const methods: Record<string, Method> = {
  'auth.test': ({ url }) => ({
    ok: true,
    url: `${url}/`,
    team: 'Waybill Demo',
    user: 'waybill',
    team_id: teamId,
    user_id: botUserId,
    bot_id: 'B0SIM00001',
    is_enterprise_install: false,
  }),
  'api.test': ({ fields }) => ({ ok: true, args: fields }),
  'chat.postMessage': postMessage,
  'chat.update': updateMessage,
  'chat.delete': ({ store, fields, origin }) => {
    const found = messageOf(store, fields);
    if (typeof found === 'string') return refused(found);
    store.remove('message', found.id, { ...origin, externalKey: correlationOf(found.data) });
    return { ok: true, channel: String(found.data['channel']), ts: found.id };
  },
  'conversations.list': listChannels,
  'conversations.join': ({ store, fields }) => {
    const channel = channelOf(store, fields['channel']);
    if (!channel) return refused('channel_not_found');
    store.update('channel', channel.id, { ...channel.data, is_member: true }, null);
    return { ok: true, channel: { id: channel.id, ...channel.data, is_member: true } };
  },
  'conversations.history': ({ store, fields }) => {
    const channel = channelOf(store, fields['channel']);
    if (!channel) return refused('channel_not_found');
    const messages = store
      .find('message', 'channel', channel.id)
      .toReversed()
      .map(({ data }) => data);
    return { ok: true, messages: messages.slice(0, Number(fields['limit'] ?? 100)), has_more: false };
  },
  'users.lookupByEmail': ({ store, fields }) => {
    const user = store.list('user').find(({ data }) => data['email'] === String(fields['email'] ?? '').toLowerCase());
    return user ? { ok: true, user: userView(user.id, user.data) } : refused('users_not_found');
  },
  'users.info': ({ store, fields }) => {
    const user = store.get('user', String(fields['user'] ?? ''));
    return user ? { ok: true, user: userView(user.id, user.data) } : refused('user_not_found');
  },
};

/** Stores a message as a bot or webhook posts it. @returns its timestamp, the key within the channel. */
export function storeMessage(store: RecordStore, channelId: string, message: JsonObject, origin: WriteOrigin): string {
  return store.transaction(() => {
    // Timestamps are unique within the workspace, as in the product: seconds and a running number.
    const ts = `${Math.floor(store.clock() / 1000)}.${String(store.nextNumber('message', 100)).padStart(6, '0')}`;
    store.insert('message', ts, { ...message, type: 'message', ts, channel: channelId }, origin, 'post');
    return ts;
  });
}

export function channelOf(store: RecordStore, reference: unknown) {
  const text = String(reference ?? '');
  return store.get('channel', text) ?? store.find('channel', 'name', text.replace(/^#/, ''))[0];
}

function postMessage({ store, fields, origin }: MethodCall): JsonObject {
  const target = channelOf(store, fields['channel']) ?? directChannel(store, fields['channel']);
  if (!target) return refused('channel_not_found');
  if (target.data['is_archived'] === true) return refused('is_archived');
  if (target.data['is_member'] === false) return refused('not_in_channel');
  const text = typeof fields['text'] === 'string' ? fields['text'] : '';
  if (text === '' && !fields['blocks'] && !fields['attachments']) return refused('no_text');
  if (text.length > maxTextLength) return refused('msg_too_long');
  if (fields['blocks'] !== undefined && !Array.isArray(fields['blocks'])) return refused('invalid_blocks');
  const message = { ...kept(fields), text, user: botUserId, bot_id: 'B0SIM00001' };
  const ts = storeMessage(store, target.id, message, { ...origin, externalKey: correlationOf(fields) });
  return { ok: true, channel: target.id, ts, message: { type: 'message', ts, ...message } };
}

/** The message a call is about, or why there is none. */
function messageOf(store: RecordStore, fields: JsonObject) {
  const channel = channelOf(store, fields['channel']);
  if (!channel) return 'channel_not_found';
  const found = store.get('message', String(fields['ts'] ?? ''));
  return found && found.data['channel'] === channel.id ? found : 'message_not_found';
}

function updateMessage({ store, fields, origin }: MethodCall): JsonObject {
  const found = messageOf(store, fields);
  if (typeof found === 'string') return refused(found);
  const changed = {
    ...found.data,
    ...kept(fields),
    edited: { user: botUserId, ts: String(Math.floor(store.clock() / 1000)) },
  };
  store.update('message', found.id, changed, { ...origin, externalKey: correlationOf(changed) });
  const channel = String(found.data['channel']);
  return { ok: true, channel, ts: found.id, text: String(fields['text'] ?? ''), message: changed };
}

function listChannels({ store, fields }: MethodCall): JsonObject {
  const limit = Math.min(Math.max(Number(fields['limit'] ?? 100) || 100, 1), 1000);
  const start = Number(
    Buffer.from(String(fields['cursor'] ?? ''), 'base64')
      .toString()
      .replace('next:', '') || '0',
  );
  if (!Number.isInteger(start)) return refused('invalid_cursor');
  const isHidden = String(fields['exclude_archived']) === 'true';
  const all = store
    .list('channel')
    .filter(({ data }) => !(isHidden && data['is_archived'] === true) && data['is_im'] !== true);
  const shown = all.slice(start, start + limit);
  const next = start + limit < all.length ? Buffer.from(`next:${start + limit}`).toString('base64') : '';
  return {
    ok: true,
    channels: shown.map(({ id, data }) => ({ id, ...data })),
    response_metadata: { next_cursor: next },
  };
}

/** A user id as channel opens the direct conversation with that person. */
function directChannel(store: RecordStore, reference: unknown) {
  const user = store.get('user', String(reference ?? ''));
  if (!user) return undefined;
  const id = `D${user.id.slice(1)}`;
  if (!store.get('channel', id)) {
    store.insert(
      'channel',
      id,
      { name: String(user.data['name']), is_channel: false, is_im: true, is_member: true, is_archived: false },
      null,
    );
  }
  return store.get('channel', id);
}

function kept(fields: JsonObject): JsonObject {
  const names = ['text', 'blocks', 'attachments', 'thread_ts', 'metadata', 'username', 'icon_emoji'];
  return Object.fromEntries(names.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])));
}

/** The correlation id that a careful sender puts into the metadata. */
function correlationOf(fields: JsonObject): string | null {
  const payload = /"(?:correlation_?id|key|external_key)"\s*:\s*"([^"]+)"/i.exec(
    JSON.stringify(fields['metadata'] ?? null),
  );
  return payload?.[1] ?? null;
}

function userView(id: string, data: JsonObject): JsonObject {
  return {
    id,
    team_id: teamId,
    name: data['name'] ?? '',
    real_name: data['real_name'] ?? '',
    deleted: false,
    is_bot: false,
    profile: { email: data['email'] ?? '', real_name: data['real_name'] ?? '', title: data['title'] ?? '' },
  };
}

export function refused(error: string, more: JsonObject = {}): JsonObject {
  return { ok: false, error, ...more };
}
