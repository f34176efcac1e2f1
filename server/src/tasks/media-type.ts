/** Files known by their first bytes. @source https://mimesniff.spec.whatwg.org */
const signatures: readonly (readonly [type: string, offset: number, bytes: string])[] = [
  ['application/pdf', 0, '%PDF-'],
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF8'],
  ['image/webp', 8, 'WEBP'],
  ['application/zip', 0, 'PK\x03\x04'],
  ['application/vnd.ms-office', 0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
];
/** Programs have no place among the papers of a decision. */
const programs: readonly string[] = ['MZ\x90\x00', '\x7fELF', '#!', '\xca\xfe\xba\xbe', '\xcf\xfa\xed\xfe'];

function isText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** What the bytes are, whatever the sender calls them; `null` for a program. Text of any kind, HTML too, is plain text. */
export function mediaTypeOf(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.subarray(0, 64)).toString('latin1');
  if (programs.some((start) => head.startsWith(start))) return null;
  const known = signatures.find(([, offset, start]) => head.startsWith(start, offset));
  if (known) return known[0];
  return isText(bytes) ? 'text/plain' : 'application/octet-stream';
}
