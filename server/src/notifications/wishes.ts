import type { NotificationKind, NotificationPreferences } from '@waybill/api-contract';
import { notificationKinds, notificationPreferencesSchema } from '@waybill/api-contract';
import type { JsonObject } from '@waybill/flow-model';

const everythingByMail = Object.fromEntries(
  notificationKinds.map((kind) => [kind, 'mail'] as const),
) as NotificationPreferences['media'];

/** Of people who never chose: everything by mail, at once. */
export const usualPreferences: NotificationPreferences = {
  media: everythingByMail,
  digest: { every: 'at-once' },
  report: { every: 'never' },
  quiet: null,
  timeZone: 'UTC',
};

/** Stored preferences; what they do not know yet is as usual. */
export function readPreferences(stored: JsonObject | undefined): NotificationPreferences {
  const known = notificationPreferencesSchema.safeParse({
    ...usualPreferences,
    ...stored,
    media: { ...everythingByMail, ...(stored?.['media'] as Partial<Record<NotificationKind, 'mail'>> | undefined) },
  });
  return known.success ? known.data : usualPreferences;
}
