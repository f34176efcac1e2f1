/** Text of cells whose characters are still the bytes of the file, one each. */

/** Windows-1252 where it differs from Latin-1: 0x80 to 0x9f. */
const windows1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** How characters of the piece become text: `bytes-` forms hold one byte per character. */
export type CellEncoding = 'text' | 'bytes-ascii' | 'bytes-utf-8' | 'bytes-windows-1252' | 'bytes-latin1';

const beyondAscii = /[\u0080-\u00ff]/;

/** Null: not valid in this encoding. */
export function cellText(raw: string, encoding: CellEncoding): string | null {
  if (encoding === 'text' || encoding === 'bytes-ascii' || encoding === 'bytes-latin1' || !beyondAscii.test(raw))
    return raw;
  if (encoding === 'bytes-windows-1252')
    return raw.replace(/[\u0080-\u009f]/g, (char) => windows1252[char.charCodeAt(0) - 0x80] as string);
  return utf8Text(raw);
}

/** Strict: overlong forms, surrogates and cut sequences are refused. @source RFC 3629 */
function utf8Text(raw: string): string | null {
  let text = '';
  let plainFrom = 0;
  for (let at = 0; at < raw.length; ) {
    const lead = raw.charCodeAt(at);
    if (lead < 0x80) {
      at += 1;
      continue;
    }
    const count =
      lead >= 0xf0 && lead <= 0xf4 ? 3 : lead >= 0xe0 && lead < 0xf0 ? 2 : lead >= 0xc2 && lead < 0xe0 ? 1 : 0;
    if (count === 0) return null;
    let code = lead & (0x3f >> count);
    for (let more = 1; more <= count; more += 1) {
      const next = raw.charCodeAt(at + more);
      if (!(next >= 0x80 && next <= 0xbf)) return null;
      code = (code << 6) | (next & 0x3f);
    }
    const isOverlong = (count === 2 && code < 0x800) || (count === 3 && code < 0x10000);
    if (isOverlong || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return null;
    text += raw.slice(plainFrom, at) + String.fromCodePoint(code);
    at += count + 1;
    plainFrom = at;
  }
  return text + raw.slice(plainFrom);
}
