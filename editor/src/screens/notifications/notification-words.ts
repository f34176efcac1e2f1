import type { Delivery, Mute, NotificationKind, NotificationPreferences, WayHealthView } from '@waybill/api-contract';
import type { Tone } from '../../ui/Badge.tsx';

export const kindLabels: Record<NotificationKind, string> = {
  assigned: 'A task is assigned to me',
  delegated: 'A task is handed to me',
  opened: 'Something waits for my decision',
  reminded: 'I am reminded of a task',
  'due-soon': 'A task is due soon',
  overdue: 'A task is overdue',
  escalated: 'A task is escalated to me',
  commented: 'Somebody comments on a task of mine',
  mentioned: 'Somebody mentions me in a comment',
  changed: 'A task I have or follow changes',
  decided: 'A task I follow is decided',
  'exception-opened': 'A new problem',
  'exception-grown': 'More problems with a cause I know of',
  'failed-again': 'A problem of mine fails again after a fix',
  'exception-resolved': 'A problem is resolved',
  'connection-down': 'A system does not answer (for those who look after connections)',
  'connection-up': 'It answers again',
};

export const mediumLabels: Record<NotificationPreferences['media'][NotificationKind], string> = {
  mail: 'By mail',
  chat: 'In our chat channel',
  none: 'Not at all',
};

export const subjectLabels: Record<Mute['subject'], string> = {
  flow: 'Flow',
  fingerprint: 'Problems with one cause',
  class: 'Kind of problem',
  'business-key': 'Business key',
  connection: 'System: its outages, and problems of steps that call it',
  group: 'Asked of a group, not of you by name',
};

export const wayLooks: Record<WayHealthView['state'], { label: string; tone: Tone }> = {
  unused: { label: 'Not used yet', tone: 'skipped' },
  working: { label: 'Working', tone: 'done' },
  failing: { label: 'Failing', tone: 'failed' },
};

export const stateLooks: Record<Delivery['state'], { label: string; tone: Tone }> = {
  waiting: { label: 'Waiting', tone: 'waiting' },
  sent: { label: 'Sent', tone: 'done' },
  failed: { label: 'Not sent', tone: 'failed' },
  dropped: { label: 'Nobody to tell', tone: 'skipped' },
};

export const lengths = [
  { value: 'day', label: 'for a day', ms: 86_400_000 },
  { value: 'week', label: 'for a week', ms: 7 * 86_400_000 },
  { value: 'month', label: 'for 30 days', ms: 30 * 86_400_000 },
  { value: 'ever', label: 'until I undo it', ms: null },
] as const;
export type MuteLength = (typeof lengths)[number]['value'];

/** Epoch ms; null for ever. */
export function mutedUntil(length: MuteLength, now: number): number | null {
  const ms = lengths.find((one) => one.value === length)?.ms ?? null;
  return ms === null ? null : now + ms;
}

/** "finance, leads" as a list without blanks and repeats. */
export const groupsIn = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((group) => group.trim())
      .filter((group) => group !== ''),
  ),
];
