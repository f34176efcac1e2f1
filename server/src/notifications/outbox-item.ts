import type { NotificationRecord } from '@waybill/store';
import { untried } from '@waybill/store';
import { sha256 } from '../stable-json.ts';

const idChars = 32;

export interface OutboxNews
  extends Pick<
    NotificationRecord,
    'medium' | 'reader' | 'readerName' | 'kind' | 'taskId' | 'link' | 'title' | 'lines' | 'fingerprint' | 'comment'
  > {
  /** Names the news: the same one for the same reader over the same medium stands in the outbox once. */
  news: string;
  at: number;
  dueAt: number;
  /** What it shares a message with, without the reader; null for a message of its own. */
  batch: string | null;
}

/** Pure: news for one reader as the outbox takes it. */
export function outboxItem({ news, at, batch, ...rest }: OutboxNews): NotificationRecord {
  const { medium, reader } = rest;
  const id = `nt_${sha256([news, medium, reader].join('\n')).slice(0, idChars)}`;
  return {
    id,
    ...rest,
    batch: `${medium}|${reader}|${batch ?? id}`,
    createdAt: at,
    ...untried,
  };
}
