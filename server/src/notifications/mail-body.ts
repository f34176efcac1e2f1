/** A message as mail, in plain text and in HTML. Pure; everything is escaped here. */
import type { Message } from './message.ts';
import { moreWords } from './message.ts';

export function mailText(message: Message): string {
  const blocks = message.entries.map(({ heading, lines, url }) => [heading, ...lines.map((line) => `  ${line}`), url]);
  const foot = [`All of it: ${message.allUrl}`, `What you are told, and how: ${message.settingsUrl}`];
  return [...blocks, moreWords(message), ['--', ...foot]]
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n');
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (letter) => escapes[letter] ?? letter);

const colours = { ink: '#1c2430', soft: '#5a6473', rule: '#d9dee6', link: '#1f5fbf' };

const link = (url: string, words: string): string =>
  `<a href="${escapeHtml(url)}" style="color:${colours.link}">${escapeHtml(words)}</a>`;

function block({ heading, lines, url }: Message['entries'][number]): string {
  const said = lines.map((line) => `<div style="color:${colours.soft}">${escapeHtml(line)}</div>`).join('');
  return `<div style="padding:14px 0;border-bottom:1px solid ${colours.rule}"><strong>${link(url, heading)}</strong>${said}</div>`;
}

/**
 * One column that is as wide as a phone and never wider than a page. Styles are inline, for many mail programs drop all
 * others; words without a gap break, so that nothing has to be scrolled sideways.
 */
export function mailHtml(message: Message): string {
  const more = moreWords(message).map((words) => `<p>${words}</p>`);
  const foot = `<p style="color:${colours.soft};font-size:14px">${link(message.allUrl, 'See all of it')} &middot; ${link(message.settingsUrl, 'What you are told, and how')}</p>`;
  const column = `max-width:600px;margin:0 auto;padding:8px 16px;overflow-wrap:anywhere;font:16px/1.5 sans-serif;color:${colours.ink}`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(message.subject)}</title></head><body style="margin:0;background:#fff"><div style="${column}">${[...message.entries.map(block), ...more, foot].join('')}</div></body></html>`;
}
