/** A message as Slack and Teams take it. Pure; everything is escaped and cut to size here. */
import type { Message } from './message.ts';
import { moreWords } from './message.ts';

/**
 * The longest body of the message that fits: entries that do not are counted as more.
 * @param limit characters or bytes, as `sizeOf` counts.
 */
function fitted(
  message: Message,
  shape: (message: Message) => string,
  sizeOf: (body: string) => number,
  limit: number,
) {
  for (let kept = message.entries.length; ; kept -= 1) {
    const dropped = message.entries.length - kept;
    const body = shape({ ...message, entries: message.entries.slice(0, kept), more: message.more + dropped });
    if (kept <= 1 || sizeOf(body) <= limit) return body;
  }
}

const slackEscapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
/** @source docs.slack.dev, formatting text: only these three letters are to be escaped. */
const escapeSlack = (text: string): string => text.replace(/[&<>]/g, (letter) => slackEscapes[letter] ?? letter);

/** @source docs.slack.dev, chat.postMessage: text beyond 40,000 characters is cut off. */
const slackLimitChars = 40_000;

function slackShape(message: Message): string {
  const blocks = message.entries.map(({ heading, lines, url }) =>
    [`<${url}|${escapeSlack(heading).replaceAll('|', '¦')}>`, ...lines.map(escapeSlack)].join('\n'),
  );
  const head = message.entries.length > 1 ? [escapeSlack(message.subject)] : [];
  const text = [...head, ...blocks, ...moreWords(message)].join('\n');
  // Slack must not fetch the pages that are linked to.
  return JSON.stringify({ text, unfurl_links: false, unfurl_media: false });
}

export const slackBody = (message: Message): string =>
  fitted(message, slackShape, (body) => body.length, slackLimitChars);

/** @source learn.microsoft.com, Teams webhooks: a message is refused beyond 28 KB. */
const teamsLimitBytes = 28 * 1024;

/** Text runs take every letter as it stands, so nothing in them is taken for markup. */
const run = (text: string, weight?: 'Bolder') => ({ type: 'TextRun', text, ...(weight ? { weight } : {}) });

function teamsShape(message: Message): string {
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
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
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

/** A card for the workflow "When a Teams webhook request is received", and for the older incoming webhook. */
export const teamsBody = (message: Message): string =>
  fitted(message, teamsShape, (body) => Buffer.byteLength(body), teamsLimitBytes);
