/** Which file a path means, and whether it may be touched: nothing outside the folder, by whatever way. */
import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { flowError } from '@waybill/flow-model';

const MAX_PATH_CHARS = 1_000;
/** What drafts are named by; nobody else reads or writes such a file. */
export const DRAFT_MARK = '.waybill-draft-';

const notAllowed = (what: string, fix: string) =>
  flowError('FILE_NOT_ALLOWED', { what, fix, owner: 'user', engine: 'stop', effect: 'none' });

export const isInside = (folder: string, path: string): boolean => {
  const way = relative(folder, path);
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way));
};

/** Pure: the file a path means within a folder. @throws {FlowError} FILE_NOT_ALLOWED */
export function fileIn(folder: string, path: string): string {
  const fix = 'Give a path within the folder, such as incoming/hours.csv.';
  if (path.length > MAX_PATH_CHARS || path.includes('\0')) throw notAllowed('The path of the file is no path.', fix);
  const file = resolve(folder, path.replaceAll('\\', '/'));
  if (isAbsolute(path) || file === folder || !isInside(folder, file))
    throw notAllowed(`"${path}" is not inside the folder.`, fix);
  if (path.includes(DRAFT_MARK)) throw notAllowed(`"${path}" is a file that is still being written.`, fix);
  return file;
}

/**
 * Follows links and checks again: a link that leads out of the folder is refused. For a file that is yet to be written,
 * its nearest folder that exists counts.
 * @throws {FlowError} FILE_NOT_ALLOWED
 */
export async function checkLinks(folder: string, file: string): Promise<void> {
  const root = await realpath(folder);
  for (let path = file; isInside(folder, path); path = dirname(path)) {
    const real = await realpath(path).catch(() => null);
    if (real === null) continue;
    if (isInside(root, real)) return;
    throw notAllowed(
      `"${relative(folder, file)}" leads out of its folder through a link.`,
      'Put the file itself into the folder.',
    );
  }
}

/** The folder of a connection, if the operator allows it. @throws {FlowError} FOLDER_NOT_ALLOWED */
export function allowedFolder(path: string, roots: readonly string[]): string {
  const folder = resolve(path);
  if (isAbsolute(path) && roots.some((root) => isInside(root, folder))) return folder;
  throw flowError('FOLDER_NOT_ALLOWED', {
    what: `The folder "${path}" is not one that flows may use on this server.`,
    fix: 'Ask the operator to add it, or one above it, to WAYBILL_FOLDERS; then retry.',
    owner: 'user',
    engine: 'pause',
    effect: 'none',
  });
}

export const draftOf = (file: string, draftId: string): string => join(dirname(file), `${DRAFT_MARK}${draftId}`);
