/** Record ids of the CRM, which other systems quote: 15 characters that tell case apart, and 18 with their checksum. */
const suffixAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** The 18-character id of the n-th record of an object. */
export function recordId(prefix: string, sequence: number): string {
  return withSuffix(`${prefix}8d${String(sequence).padStart(10, '0')}`);
}

/** @param id 15 characters; each group of five gives one checksum letter. */
export function withSuffix(id: string): string {
  const suffix = [0, 5, 10].map((start) => {
    const bits = [...id.slice(start, start + 5)].reduce(
      (sum, character, index) => sum + (/[A-Z]/.test(character) ? 1 << index : 0),
      0,
    );
    return suffixAlphabet[bits];
  });
  return id + suffix.join('');
}

/** @returns the 18-character form, or null if the text is no id of that prefix. */
export function normalizedId(text: string, prefix?: string): string | null {
  if (!/^[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?$/.test(text)) return null;
  if (prefix !== undefined && !text.startsWith(prefix)) return null;
  const full = withSuffix(text.slice(0, 15));
  return text.length === 15 || text === full ? full : null;
}
