/** Who is told of a notice, how and when. Pure: the outbox entries are all it gives. */
import type { NotificationKind, NotificationPreferences } from '@waybill/api-contract';
import type { MuteRecord, NotificationRecord, TaskRecord } from '@waybill/store';
import { sha256 } from '../stable-json.ts';
import type { TaskNotice } from '../tasks/task-notices.ts';
import { channelLines, isProblem, kindOf, personLines, titleOf } from './notice-words.ts';
import { siblingsWaitMs, slotOf } from './timing.ts';

/** Somebody whom the notice concerns and who may see the task. */
export interface Reader {
  id: string;
  name: string;
  /** With roles. */
  groups: readonly string[];
  preferences: NotificationPreferences;
  mutes: readonly Pick<MuteRecord, 'subject' | 'value' | 'until'>[];
}
export interface ChatChannel {
  id: string;
  name: string;
  /** Empty: serves everybody. */
  groups: readonly string[];
}
export interface RoutingCase {
  notice: TaskNotice;
  readers: readonly Reader[];
  channels: readonly ChatChannel[];
  isMailSet: boolean;
  /** Open problems with the same cause that people know of already. */
  siblings: number;
}

const subjectOf = (task: TaskRecord, subject: MuteRecord['subject']): string | null => {
  switch (subject) {
    case 'flow':
      return task.flowId;
    case 'fingerprint':
      return task.fingerprint;
    case 'class':
      return task.exceptionClass;
    case 'business-key':
      return task.businessKey;
  }
};

export const isMuted = (task: TaskRecord, mutes: Reader['mutes'], at: number): boolean =>
  mutes.some((mute) => (mute.until === null || mute.until > at) && subjectOf(task, mute.subject) === mute.value);

const serves = (channel: ChatChannel, groups: readonly string[]): boolean =>
  channel.groups.length === 0 || channel.groups.some((group) => groups.includes(group));

/** The channels of a notice: those of the groups it is addressed to, and of people who would rather read it there. */
function channelsOf({ notice, channels }: RoutingCase, chatReaders: readonly Reader[]): ChatChannel[] {
  return channels.filter(
    (channel) =>
      (notice.to.groups.length > 0 && serves(channel, notice.to.groups)) ||
      chatReaders.some((reader) => serves(channel, reader.groups)),
  );
}

const idChars = 32;

function entry(
  { notice }: RoutingCase,
  kind: NotificationKind,
  to: { medium: NotificationRecord['medium']; reader: string; readerName: string; lines: string[] },
  slot: ReturnType<typeof slotOf>,
): NotificationRecord {
  const { task, at } = notice;
  const id = `nt_${sha256([task.id, notice.id, to.medium, to.reader].join('\n')).slice(0, idChars)}`;
  return {
    id,
    ...to,
    batch: `${to.medium}|${to.reader}|${slot.batch ?? id}`,
    kind,
    taskId: task.id,
    title: titleOf(task),
    fingerprint: task.fingerprint,
    createdAt: at,
    dueAt: slot.dueAt,
    state: 'waiting',
    messageId: null,
    attempts: 0,
    since: null,
    error: null,
    settledAt: null,
  };
}

/** Whoever did it need not be told. Muted is neither mailed nor posted for the person; a group's channel gets it still. */
export function routed(given: RoutingCase): NotificationRecord[] {
  const { notice, isMailSet, siblings } = given;
  const { task, at } = notice;
  const kind = kindOf(notice, siblings);
  const together =
    notice.kind === 'opened' && isProblem(task) && task.fingerprint !== null
      ? { fingerprint: task.fingerprint, waitMs: siblingsWaitMs(siblings > 0) }
      : null;
  const told = given.readers.filter((reader) => reader.id !== notice.by?.id && !isMuted(task, reader.mutes, at));
  const mails = told
    .filter((reader) => isMailSet && reader.preferences.media[kind] === 'mail')
    .map((reader) => {
      const lines = personLines(notice, reader.preferences.timeZone);
      const to = { medium: 'mail' as const, reader: reader.id, readerName: reader.name, lines };
      return entry(given, kind, to, slotOf(at, reader.preferences, together));
    });
  const chatReaders = told.filter((reader) => reader.preferences.media[kind] === 'chat');
  const posts = channelsOf(given, chatReaders).map((channel) => {
    const to = { medium: 'chat' as const, reader: channel.id, readerName: channel.name, lines: channelLines(notice) };
    // A channel has no zone and no nights of its own.
    return entry(given, kind, to, slotOf(at, { digest: { every: 'at-once' }, quiet: null, timeZone: 'UTC' }, together));
  });
  return [...mails, ...posts];
}
