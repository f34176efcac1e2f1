import type { BodyOf, DeliverySettings, Routes } from '@waybill/api-contract';
import { deliverySettingsSchema } from '@waybill/api-contract';
import type { JsonValue } from '@waybill/flow-model';
import { FlowError } from '@waybill/flow-model';
import type { Repositories } from '@waybill/store';
import { z } from 'zod';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Actor } from '../auth/actor.ts';
import type { Sealer } from '../connections/sealing.ts';
import { HttpProblem } from '../problem.ts';
import type { ChatTarget } from './chat-post.ts';
import type { MailServer } from './mail-transport.ts';

const settingName = 'notifications.delivery';
const subject = 'setting:notifications.delivery';
const stored = z.object({ shown: deliverySettingsSchema, sealed: z.string().nullable() });
type Change = BodyOf<Routes['setDeliverySettings']>;
type Channel = DeliverySettings['chat'][number];

/** Ways out as the sender needs them, secrets opened. */
export interface Ways {
  mail: MailServer | null;
  chat: (Pick<Channel, 'id' | 'groups'> & ChatTarget)[];
}

export interface DeliverySettingsDesk {
  shown(): Promise<DeliverySettings>;
  /** @throws {FlowError} SECRET_UNREADABLE if the master key is another one now. */
  ways(): Promise<Ways>;
  /** @throws {HttpProblem} DELIVERY_SETTINGS_CHANGED, DELIVERY_SETTINGS_INVALID. */
  put(change: Change, actor: Actor): Promise<DeliverySettings>;
}

/** Secrets of another master key are lost: whoever saves is asked to enter them again. */
function openOrNothing(secrets: () => Record<string, string>): Record<string, string> {
  try {
    return secrets();
  } catch (error) {
    if (error instanceof FlowError && error.code === 'SECRET_UNREADABLE') return {};
    throw error;
  }
}

const urlKey = (channelId: string): string => `url.${channelId}`;

const invalid = (path: string, what: string, fix: string): HttpProblem =>
  new HttpProblem('DELIVERY_SETTINGS_INVALID', { detail: what, fix, problems: [{ path: `body.${path}`, what, fix }] });

function check({ mail, chat }: Change, secrets: Record<string, string>): void {
  if (mail?.user && mail.security === 'none')
    throw invalid(
      'mail.security',
      'A password would be sent over a line anybody can read.',
      'Choose TLS or STARTTLS, or leave user and password empty.',
    );
  if (mail?.user && !secrets['password'])
    throw invalid('mail.password', 'There is a user but no password.', 'Enter the password of the mail account.');
  for (const [index, channel] of chat.entries()) {
    const url = secrets[urlKey(channel.id)];
    if (url === undefined)
      throw invalid(
        `chat.${index}.url`,
        `“${channel.name}” has no address.`,
        'Paste the webhook address of the channel.',
      );
    if (!/^https?:$/.test(new URL(url).protocol))
      throw invalid(
        `chat.${index}.url`,
        'The address is not one of the web.',
        'Paste an address that starts with https://.',
      );
  }
  if (new Set(chat.map((channel) => channel.id)).size !== chat.length)
    throw invalid('chat', 'Two channels have the same id.', 'Give every channel an id of its own.');
}

/** The mail server and the chat channels of the workspace: one setting, its secrets sealed. */
export function deliverySettings(parts: {
  store: Pick<Repositories, 'settings'>;
  sealer: Sealer;
  audit: AuditLog;
}): DeliverySettingsDesk {
  const { store, sealer, audit } = parts;
  async function read(): Promise<{ shown: DeliverySettings; secrets: () => Record<string, string> }> {
    const known = await store.settings.get(settingName);
    if (known === null) return { shown: { mail: null, chat: [], revision: 0 }, secrets: () => ({}) };
    const { shown, sealed } = stored.parse(known);
    return { shown, secrets: () => (sealed === null ? {} : sealer.open(subject, sealed)) };
  }

  return {
    shown: async () => (await read()).shown,

    async ways() {
      const { shown, secrets } = await read();
      const open = secrets();
      return {
        mail: shown.mail && { ...shown.mail, password: open['password'] ?? '' },
        chat: shown.chat.map((channel) => ({ ...channel, url: open[urlKey(channel.id)] ?? '' })),
      };
    },

    async put(change, actor) {
      const before = await read();
      if (before.shown.revision !== change.revision)
        throw new HttpProblem('DELIVERY_SETTINGS_CHANGED', {
          detail: 'Somebody else saved the delivery settings meanwhile; nothing was overwritten.',
          fix: 'Reload them and make your change again.',
        });
      const open = openOrNothing(before.secrets);
      const password = change.mail?.password ?? open['password'];
      const urls = change.chat.flatMap((channel) => {
        const url = channel.url ?? open[urlKey(channel.id)];
        return url === undefined ? [] : [[urlKey(channel.id), url] as const];
      });
      const secrets = { ...(change.mail?.user && password ? { password } : {}), ...Object.fromEntries(urls) };
      check(change, secrets);
      const { password: _password, ...mail } = change.mail ?? {};
      const shown = deliverySettingsSchema.parse({
        mail: change.mail && { ...mail, passwordSet: secrets['password'] !== undefined },
        chat: change.chat.map(({ url: _url, ...channel }) => ({ ...channel, urlSet: true })),
        revision: change.revision + 1,
      });
      await store.settings.put(settingName, { shown, sealed: sealer.seal(subject, secrets) } as JsonValue);
      await audit(actor, 'notifications.delivery-changed', 'notifications', {
        before: before.shown as JsonValue,
        after: shown as JsonValue,
        secretsChanged: change.mail?.password !== undefined || change.chat.some((channel) => channel.url !== undefined),
      });
      return shown;
    },
  };
}
