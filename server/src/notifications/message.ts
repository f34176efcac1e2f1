/** One message out of what it tells. Pure; `mail-body.ts` and `chat-body.ts` give it the shape of each way it may go. */
import type { NotificationKind } from '@waybill/api-contract';
import type { NotificationRecord } from '@waybill/store';
import { kindWords } from './notice-words.ts';

export interface Message {
  subject: string;
  entries: { heading: string; lines: string[]; url: string }[];
  /** How many more there are than are listed. */
  more: number;
  /** Where all of it can be seen. */
  allUrl: string;
  settingsUrl: string;
}

const listed = 20;
const otherWords: Record<string, string> = { report: 'Report', test: 'Test' };
const wordsOf = (kind: string): string => kindWords[kind as NotificationKind] ?? otherWords[kind] ?? 'News';

function subjectOf(items: readonly NotificationRecord[], total: number): string {
  const [first] = items;
  if (!first) return '';
  if (first.kind === 'report' && items.every((item) => item.kind === 'report')) return 'Your report of open work';
  if (total <= 1) return `${wordsOf(first.kind)}: ${first.title}`;
  if (haveOneCause(items)) return `${total} problems with one cause: ${first.title}`;
  if (items.every(({ kind, title }) => kind.startsWith('connection-') && title === first.title))
    return `${wordsOf(items.at(-1)?.kind ?? '')}: ${first.title}`;
  return `${total} things since your last summary`;
}

const haveOneCause = ([first, ...others]: readonly NotificationRecord[]): boolean =>
  first?.fingerprint != null && others.every((item) => item.fingerprint === first.fingerprint);

/**
 * @param items not empty; the first of `total`.
 * @param baseUrl without a trailing slash.
 */
export function messageOf(items: readonly NotificationRecord[], total: number, baseUrl: string): Message {
  const shown = items.slice(0, listed);
  return {
    subject: subjectOf(items, total),
    entries: shown.map(({ kind, title: what, lines, link: path }) => ({
      heading: `${wordsOf(kind)}: ${what}`,
      lines,
      url: `${baseUrl}${path}`,
    })),
    more: Math.max(0, total - shown.length),
    allUrl: haveOneCause(items) && total > 1 ? `${baseUrl}/exceptions` : `${baseUrl}/inbox`,
    settingsUrl: `${baseUrl}/settings?tab=notifications`,
  };
}

/** For ways that cannot tell a repeat by themselves. */
export const perhapsRepeated = (message: Message): Message => ({
  ...message,
  entries: message.entries.map((entry, index) =>
    index === 0
      ? { ...entry, lines: ['You may have this already: the server stopped while it was sent.', ...entry.lines] }
      : entry,
  ),
});

/** Words about what is not listed, if anything. */
export const moreWords = ({ more }: Message): string[] => (more > 0 ? [`and ${more} more`] : []);
