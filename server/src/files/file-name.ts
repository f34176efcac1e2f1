/** Names of files and folders as senders give them, made fit for a disk and a list. */

const MAX_NAME_BYTES = 200;

/** A name without folders and signs that would change how a list or a dialog reads it. */
export const plainName = (name: string): string =>
  (name.split(/[\\/]/).at(-1) ?? '').replace(/[\p{Cc}\p{Cf}]/gu, '').trim() || 'file';

/** The same for a name that a file bears on disk: short enough, nothing hidden, nothing a file system forbids. */
export function fileName(name: string): string {
  const plain = plainName(name.normalize('NFC'))
    .replace(/[<>:"|?*]/g, '_')
    .replace(/^[.\s]+/, '')
    .replace(/[.\s]+$/, '');
  const dot = plain.lastIndexOf('.');
  const ending = dot > 0 && plain.length - dot <= 20 ? plain.slice(dot) : '';
  let stem = ending === '' ? plain : plain.slice(0, dot);
  while (Buffer.byteLength(stem + ending) > MAX_NAME_BYTES) stem = [...stem].slice(0, -1).join('');
  return stem + ending || 'file';
}

/** The default folder. */
export const INBOX = 'inbox';

/** A folder is one word or a few; null for what cannot be one. */
export function folderNameOf(text: string): string | null {
  const name = text.normalize('NFC').trim();
  return /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u.test(name) && !name.endsWith('.') ? name : null;
}
