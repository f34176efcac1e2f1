import { mediaTypeOf } from '../tasks/media-type.ts';

/** How many of the first bytes tell what a file is. */
export const HEAD_BYTES = 4_096;

/** Data that people exchange as files; their bytes look like any text, in whatever encoding. */
const byEnding: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  json: 'application/json',
  jsonl: 'application/jsonl',
  ndjson: 'application/jsonl',
  xml: 'application/xml',
  txt: 'text/plain',
};

/** A character cut in two at the end of the head is no fault of the text. */
const wholeCharacters = (head: Uint8Array): Uint8Array => {
  for (let cut = 0; cut < 4; cut += 1) {
    const byte = head[head.length - 1 - cut];
    if (byte === undefined || byte < 0x80) return head.subarray(0, head.length - cut);
    if (byte >= 0xc0) return head.subarray(0, head.length - 1 - cut);
  }
  return head;
};

/** What a file is by its first bytes and, for data, by the ending of its name; null for a program. */
export function fileType(head: Uint8Array, name: string): string | null {
  const seen = mediaTypeOf(head.length < HEAD_BYTES ? head : wholeCharacters(head));
  if (seen !== 'text/plain' && seen !== 'application/octet-stream') return seen;
  return byEnding[/\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''] ?? seen;
}
