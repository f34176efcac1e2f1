/** Who is told of a notice, how and when. Pure: the outbox entries are all it gives. */
import type { NotificationKind, NotificationPreferences } from '@waybill/api-contract';
import { assertNever } from '@waybill/flow-model';
import type { MuteRecord, NotificationRecord } from '@waybill/store';
import type { TaskNotice } from '../tasks/task-notices.ts';
import { channelLines, isProblem, kindOf, personLines, titleOf } from './notice-words.ts';
import { outboxItem } from './outbox-item.ts';
import { channelPreferences, siblingsWaitMs, slotOf } from './timing.ts';

/** Somebody whom the notice concerns and who may see the task. */
export interface Reader {
  id: string;
  name: string;
  /** What they may be asked by: id and address, in small letters. */
  names: readonly string[];
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

type Muting = Pick<TaskNotice, 'task' | 'to' | 'at'>;

function covers({ subject, value }: Reader['mutes'][number], { task, to }: Muting, reader: Pick<Reader, 'names'>) {
  switch (subject) {
    case 'flow':
      return task.flowId === value;
    case 'fingerprint':
      return task.fingerprint === value;
    case 'class':
      return task.exceptionClass === value;
    case 'business-key':
      return task.businessKey === value;
    case 'connection':
      return task.tags?.includes(`connection:${value}`) ?? false;
    case 'group': {
      const asked = reader.names;
      const isNamed = to.users.some((name) => asked.includes(name.toLowerCase()));
      return !isNamed && to.groups.includes(value);
    }
    default:
      return assertNever(subject);
  }
}

const isMuted = (notice: Muting, reader: Pick<Reader, 'mutes' | 'names'>): boolean =>
  reader.mutes.some((mute) => (mute.until === null || mute.until > notice.at) && covers(mute, notice, reader));

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

function entry(
  { notice }: RoutingCase,
  kind: NotificationKind,
  to: Pick<NotificationRecord, 'medium' | 'reader' | 'readerName' | 'lines'>,
  slot: ReturnType<typeof slotOf>,
): NotificationRecord {
  const { task } = notice;
  return outboxItem({
    ...to,
    ...slot,
    news: `${task.id}\n${notice.id}`,
    kind,
    taskId: task.id,
    // Whoever looks after problems sees all of them on their desk, and only there.
    link: `/${isProblem(task) ? 'exceptions' : 'inbox'}/${encodeURIComponent(task.id)}`,
    title: titleOf(task),
    fingerprint: task.fingerprint,
    comment: notice.comment ?? null,
    at: notice.at,
  });
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
  const told = given.readers.filter((reader) => reader.id !== notice.by?.id && !isMuted(notice, reader));
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
    return entry(given, kind, to, slotOf(at, channelPreferences, together));
  });
  return [...mails, ...posts];
}
