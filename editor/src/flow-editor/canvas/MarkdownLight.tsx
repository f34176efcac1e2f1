import type { ReactNode } from 'react';
import { Fragment } from 'react';

/** Headings, lists, bold, italics, code and links: enough for a note, with no HTML to go wrong. */
export function MarkdownLight({ text }: { text: string }) {
  const lines = text.split('\n');
  return (
    <>
      {lines.map((line, index) => (
        // Lines have no identity but their place.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <Fragment key={index}>{block(line)}</Fragment>
      ))}
    </>
  );
}

function block(line: string): ReactNode {
  const heading = /^#{1,3} (.*)/.exec(line);
  if (heading) return <h3>{inline(heading[1] ?? '')}</h3>;
  const item = /^[-*] (.*)/.exec(line);
  if (item) return <div className="note__item">{inline(item[1] ?? '')}</div>;
  return line.trim() === '' ? <div className="note__gap" /> : <div>{inline(line)}</div>;
}

const token = /(\*\*[^*]+\*\*|\*[^*]+\*|`[^`]+`|\[[^\]]+\]\(https?:\/\/[^)\s]+\))/;

function inline(text: string): ReactNode[] {
  return text.split(token).map((part, index) => {
    const key = `${index}-${part}`;
    if (part.startsWith('**') && part.endsWith('**') && part.length > 4) return <b key={key}>{part.slice(2, -2)}</b>;
    if (part.startsWith('*') && part.endsWith('*') && part.length > 2) return <i key={key}>{part.slice(1, -1)}</i>;
    if (part.startsWith('`') && part.endsWith('`') && part.length > 2)
      return <code key={key}>{part.slice(1, -1)}</code>;
    const link = /^\[([^\]]+)\]\((https?:\/\/[^)\s]+)\)$/.exec(part);
    if (link)
      return (
        <a key={key} href={link[2]} target="_blank" rel="noreferrer">
          {link[1]}
        </a>
      );
    return <Fragment key={key}>{part}</Fragment>;
  });
}
