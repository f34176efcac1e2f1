import { z } from 'zod';
import { epochMs, pageOf, pageQuery } from './common.ts';
import { route } from './route.ts';

/** What people can be told of. */
export const notificationKinds = [
  'assigned',
  'delegated',
  'opened',
  'reminded',
  'due-soon',
  'overdue',
  'escalated',
  'commented',
  'mentioned',
  'changed',
  'decided',
  'exception-opened',
  'exception-grown',
  'failed-again',
  'exception-resolved',
  'connection-down',
  'connection-up',
] as const;
const kindSchema = z.enum(notificationKinds);
export type NotificationKind = z.infer<typeof kindSchema>;

/** By mail, or in the chat channels that serve one's groups, or not at all. */
export const notificationMedia = ['mail', 'chat', 'none'] as const;

/** Time of day, 24 hours. */
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const timeZone = z
  .string()
  .max(64)
  .refine((zone) => {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: zone }) !== null;
    } catch {
      return false;
    }
  }, 'not a time zone such as Europe/Berlin');

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

export const notificationPreferencesSchema = z.strictObject({
  media: z.record(kindSchema, z.enum(notificationMedia)),
  digest: z.discriminatedUnion('every', [
    z.strictObject({ every: z.literal('at-once') }),
    z.strictObject({ every: z.literal('hour') }),
    z.strictObject({ every: z.literal('day'), at: timeOfDay }),
  ]),
  /** What is open and how old it is, in one mail. */
  report: z.discriminatedUnion('every', [
    z.strictObject({ every: z.literal('never') }),
    z.strictObject({ every: z.literal('day'), at: timeOfDay }),
    z.strictObject({ every: z.literal('week'), on: z.enum(weekdays), at: timeOfDay }),
  ]),
  /** Mail waits until this is over. */
  quiet: z.strictObject({ from: timeOfDay, until: timeOfDay }).nullable(),
  /** Of all times of day. */
  timeZone,
});
export type NotificationPreferences = z.infer<typeof notificationPreferencesSchema>;

/**
 * `group`: what a group is asked to do; oneself is still told when asked by name.
 * `connection`, by id: that it does not answer, and the problems of steps that call it.
 */
export const muteSubjects = ['flow', 'fingerprint', 'class', 'business-key', 'group', 'connection'] as const;
export const muteSchema = z.object({
  id: z.string(),
  subject: z.enum(muteSubjects),
  value: z.string(),
  label: z.string(),
  /** Null for ever. */
  until: epochMs.nullable(),
  createdAt: epochMs,
});
export type Mute = z.infer<typeof muteSchema>;

export const deliveryStates = ['waiting', 'sent', 'failed', 'dropped'] as const;
export const deliverySchema = z.object({
  id: z.string(),
  medium: z.enum(['mail', 'chat']),
  readerName: z.string(),
  kind: z.string(),
  /** Where it leads: a path within the editor. */
  link: z.string(),
  title: z.string(),
  createdAt: epochMs,
  dueAt: epochMs,
  state: z.enum(deliveryStates),
  attempts: z.int(),
  error: z.string().nullable(),
  settledAt: epochMs.nullable(),
});
export type Delivery = z.infer<typeof deliverySchema>;

const mailServer = z.strictObject({
  host: z.string().trim().min(1).max(253),
  port: z.int().min(1).max(65_535),
  /** `tls` from the first byte, `starttls` before anything is said, `none` only without a password. */
  security: z.enum(['tls', 'starttls', 'none']),
  user: z.string().max(254),
  from: z.email().max(254),
  fromName: z.string().max(120),
});
const chatChannel = z.strictObject({
  id: z.string().min(1).max(64),
  name: z.string().trim().min(1).max(80),
  shape: z.enum(['slack', 'teams']),
  /** Groups and roles it serves; empty for all. */
  groups: z.array(z.string().max(64)).max(50),
  allowPrivateAddresses: z.boolean(),
});
export const deliverySettingsSchema = z.object({
  mail: mailServer.extend({ passwordSet: z.boolean() }).nullable(),
  chat: z.array(chatChannel.extend({ urlSet: z.boolean() })),
  revision: z.int(),
});
export type DeliverySettings = z.infer<typeof deliverySettingsSchema>;

/** How a way out does, as its messages tell. */
export const wayHealthSchema = z.object({
  /** `mail`, or the id of a channel. */
  id: z.string(),
  name: z.string(),
  medium: z.enum(['mail', 'chat']),
  /** `unused`: nothing was sent yet. */
  state: z.enum(['unused', 'working', 'failing']),
  lastSentAt: epochMs.nullable(),
  lastProblem: z.object({ at: epochMs, what: z.string() }).nullable(),
  waiting: z.int(),
  waitingSince: epochMs.nullable(),
  failed: z.int(),
});
export type WayHealthView = z.infer<typeof wayHealthSchema>;

const tested = z.object({ ok: z.boolean(), what: z.string(), fix: z.string().nullable() });

export const notificationRoutes = {
  getMyNotifications: route({
    method: 'GET',
    path: '/notifications/mine',
    tag: 'Notifications',
    summary: 'How the signed-in person wants to be told, and what they muted',
    access: 'signed-in',
    reply: z.object({
      preferences: notificationPreferencesSchema,
      mutes: z.array(muteSchema),
      /** Ways that lead to this person now. */
      reach: z.object({ mail: z.boolean(), chat: z.array(z.string()) }),
    }),
  }),
  setMyNotifications: route({
    method: 'PUT',
    path: '/notifications/mine',
    tag: 'Notifications',
    summary: 'Change how the signed-in person wants to be told',
    access: 'signed-in',
    body: notificationPreferencesSchema,
    reply: notificationPreferencesSchema,
  }),
  addMute: route({
    method: 'POST',
    path: '/notifications/mutes',
    tag: 'Notifications',
    summary: 'Hear no more of a flow, a kind of problem, a class, a business key, a group or a connection',
    access: 'signed-in',
    body: z.strictObject({
      subject: z.enum(muteSubjects),
      value: z.string().trim().min(1).max(200),
      label: z.string().trim().max(200).optional(),
      until: epochMs.nullable(),
    }),
    reply: muteSchema,
    status: 201,
  }),
  removeMute: route({
    method: 'DELETE',
    path: '/notifications/mutes/:muteId',
    tag: 'Notifications',
    summary: 'Take a mute rule away; the reply is what it was',
    access: 'signed-in',
    params: z.object({ muteId: z.string().max(128) }),
    reply: muteSchema,
  }),
  listDeliveries: route({
    method: 'GET',
    path: '/notifications/deliveries',
    tag: 'Notifications',
    summary: 'What was told and what waits, newest first; that of others needs notifications.manage',
    access: 'signed-in',
    query: z.object({
      ...pageQuery,
      of: z.enum(['me', 'everybody']).default('me'),
      state: z.enum(deliveryStates).optional(),
    }),
    reply: pageOf(deliverySchema),
  }),
  getDeliveryHealth: route({
    method: 'GET',
    path: '/notifications/health',
    tag: 'Notifications',
    summary: 'How each way out does, and where the links in messages lead',
    access: 'notifications.manage',
    reply: z.object({
      ways: z.array(wayHealthSchema),
      /** `isSet`: false while nobody said how people reach this server. */
      links: z.object({ baseUrl: z.string(), isSet: z.boolean() }),
    }),
  }),
  resendDelivery: route({
    method: 'POST',
    path: '/notifications/deliveries/:deliveryId/resend',
    tag: 'Notifications',
    summary: 'Send a message again that could not be sent, with everything that went out with it',
    access: 'notifications.manage',
    params: z.object({ deliveryId: z.string().max(128) }),
    reply: z.object({ again: z.int() }),
  }),
  resendFailed: route({
    method: 'POST',
    path: '/notifications/deliveries/resend',
    tag: 'Notifications',
    summary: 'Send everything again that could not be sent',
    access: 'notifications.manage',
    reply: z.object({ again: z.int() }),
  }),
  getDeliverySettings: route({
    method: 'GET',
    path: '/notifications/delivery',
    tag: 'Notifications',
    summary: 'Mail server and chat channels, without secrets',
    access: 'notifications.manage',
    reply: deliverySettingsSchema,
  }),
  setDeliverySettings: route({
    method: 'PUT',
    path: '/notifications/delivery',
    tag: 'Notifications',
    summary: 'Change mail server and chat channels; secrets left out stay',
    access: 'notifications.manage',
    body: z.strictObject({
      mail: mailServer.extend({ password: z.string().max(1_000).optional() }).nullable(),
      chat: z.array(chatChannel.extend({ url: z.url().max(2_000).optional() })).max(50),
      revision: z.int(),
    }),
    reply: deliverySettingsSchema,
  }),
  sendTestMail: route({
    method: 'POST',
    path: '/notifications/delivery/test-mail',
    tag: 'Notifications',
    summary: 'Send a mail to yourself with the saved settings',
    access: 'notifications.manage',
    reply: tested,
  }),
  sendTestChat: route({
    method: 'POST',
    path: '/notifications/delivery/test-chat',
    tag: 'Notifications',
    summary: 'Post to a chat channel with the saved settings',
    access: 'notifications.manage',
    body: z.strictObject({ channelId: z.string().max(64) }),
    reply: tested,
  }),
};
