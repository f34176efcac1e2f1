/** One message out of what it tells, and its shape for each way it may go. Pure; everything is escaped here. */
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

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (letter) => escapes[letter] ?? letter);

const moreWords = ({ more }: Message): string[] => (more > 0 ? [`and ${more} more`] : []);

export function mailText(message: Message): string {
  const blocks = message.entries.map(({ heading, lines, url }) => [heading, ...lines.map((line) => `  ${line}`), url]);
  const foot = [`All of it: ${message.allUrl}`, `What you are told, and how: ${message.settingsUrl}`];
  return [...blocks, moreWords(message), ['--', ...foot]]
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n');
}

const link = (url: string, words: string): string => `<a href="${escapeHtml(url)}">${escapeHtml(words)}</a>`;

export function mailHtml(message: Message): string {
  const blocks = message.entries.map(
    ({ heading, lines, url }) =>
      `<p><strong>${link(url, heading)}</strong>${lines.map((line) => `<br>${escapeHtml(line)}`).join('')}</p>`,
  );
  const more = moreWords(message).map((words) => `<p>${words}</p>`);
  const foot = `<p style="color:#666">${link(message.allUrl, 'See all of it')} · ${link(message.settingsUrl, 'What you are told, and how')}</p>`;
  return `<!doctype html><html><body style="font-family:sans-serif">${[...blocks, ...more, foot].join('')}</body></html>`;
}

/** @source docs.slack.dev, formatting text: only these three letters are to be escaped. */
const escapeSlack = (text: string): string => text.replace(/[&<>]/g, (letter) => escapes[letter] ?? letter);

export function slackBody(message: Message): string {
  const blocks = message.entries.map(({ heading, lines, url }) =>
    [`<${url}|${escapeSlack(heading).replaceAll('|', '¦')}>`, ...lines.map(escapeSlack)].join('\n'),
  );
  const head = message.entries.length > 1 ? [escapeSlack(message.subject)] : [];
  return JSON.stringify({ text: [...head, ...blocks, ...moreWords(message)].join('\n') });
}

/** Text runs take every letter as it stands, so nothing in them is taken for markup. */
const run = (text: string, weight?: 'Bolder') => ({ type: 'TextRun', text, ...(weight ? { weight } : {}) });

export function teamsBody(message: Message): string {
  const body = [
    { type: 'RichTextBlock', inlines: [run(message.subject, 'Bolder')] },
    ...message.entries.flatMap(({ heading, lines }) => [
      ...(message.entries.length > 1 ? [{ type: 'RichTextBlock', inlines: [run(heading, 'Bolder')] }] : []),
      ...lines.map((line) => ({ type: 'RichTextBlock', inlines: [run(line)] })),
    ]),
    ...moreWords(message).map((words) => ({ type: 'RichTextBlock', inlines: [run(words)] })),
  ];
  const url = message.entries.length === 1 ? (message.entries[0]?.url ?? message.allUrl) : message.allUrl;
  const content = {
    type: 'AdaptiveCard',
    version: '1.4',
    body,
    actions: [{ type: 'Action.OpenUrl', title: 'Open in Waybill', url }],
  };
  return JSON.stringify({
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  });
}
