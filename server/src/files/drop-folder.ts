/**
 * A folder of the server that other programs put files into. Its sub-folders are the folders of files; what lies at its
 * top goes to the inbox. A file is taken in, the flows that wait for it have their runs, and only then is it moved to
 * `done`: a crash in between finds it again under the same id, so it is neither lost nor doubled.
 */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { constants, lstat, mkdir, open, readdir, rename } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Now } from '../clock.ts';
import { fileTooLarge } from '../http/stream-body.ts';
import type { Log } from '../logger.ts';
import { HttpProblem } from '../problem.ts';
import type { FoundFile, Looked } from './drop-look.ts';
import { lookAgain, nothingSeen } from './drop-look.ts';
import type { FileDesk } from './file-desk.ts';
import { INBOX } from './file-name.ts';

const DONE = 'done';
const REFUSED = 'refused';
const SETTLE_MS = 3_000;
const CHUNK_BYTES = 262_144;
const watcher = { id: 'drop', name: 'Watched folder' };

type Stat = { ino: bigint; size: bigint; mtimeNs: bigint; ctimeNs: bigint };
const markOf = ({ ino, size, mtimeNs, ctimeNs }: Stat): string => `${ino}-${size}-${mtimeNs}-${ctimeNs}`;
/** The same file untouched has the same id, however often it is looked at. */
const idOf = ({ folder, name, mark }: FoundFile): string =>
  `f_${createHash('sha256')
    .update(JSON.stringify([folder, name, mark]))
    .digest('hex')
    .slice(0, 24)}`;

/** Regular files of one folder; links and folders are not ours to follow. */
async function filesIn(path: string, folder: string): Promise<FoundFile[]> {
  const entries = await readdir(path, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ name }) => {
        const at = join(path, name);
        const stat = await lstat(at, { bigint: true }).catch(() => null);
        if (!stat?.isFile()) return [];
        return [{ folder, name, at, inode: String(stat.ino), sizeBytes: Number(stat.size), mark: markOf(stat) }];
      }),
  );
  return found.flat();
}

async function lookInto(root: string): Promise<FoundFile[]> {
  await mkdir(root, { recursive: true });
  const entries = await readdir(root, { withFileTypes: true });
  const folders = entries.filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== DONE && entry.name !== REFUSED,
  );
  const lists = [filesIn(root, INBOX), ...folders.map(({ name }) => filesIn(join(root, name), name))];
  return (await Promise.all(lists)).flat();
}

/** Somebody still writes to it: it is looked at again. */
class Changed extends Error {}

async function* contentOf(handle: FileHandle, mark: string): AsyncGenerator<Uint8Array, void> {
  const same = async () => markOf(await handle.stat({ bigint: true })) === mark;
  if (!(await same())) throw new Changed();
  for await (const chunk of handle.createReadStream({ autoClose: false, highWaterMark: CHUNK_BYTES }))
    yield chunk as Buffer;
  if (!(await same())) throw new Changed();
}

/** Puts a file aside under a name that is free there. */
async function moveTo(place: 'done' | 'refused', { at, name }: FoundFile): Promise<void> {
  const folder = join(at, '..', place);
  await mkdir(folder, { recursive: true });
  const ending = extname(name);
  const stem = name.slice(0, name.length - ending.length);
  for (let count = 1; ; count += 1) {
    const target = join(folder, count === 1 ? name : `${stem} (${count})${ending}`);
    if (await lstat(target).catch(() => null)) continue;
    await rename(at, target);
    return;
  }
}

export function dropFolder(options: {
  root: string;
  files: Pick<FileDesk, 'add' | 'maxBytes'>;
  audit: AuditLog;
  now: Now;
  log: Log;
}): { look(): Promise<void> } {
  const { root, files, audit, now, log } = options;
  let looked: Looked = nothingSeen;
  /** What was already said in the log of files and of the folder itself, since nobody needs it every second. */
  const said = new Set<string>();
  const sayOnce = (key: string, facts: object, words: string) => {
    if (said.has(key)) return;
    said.add(key);
    log.warn(facts, words);
  };

  async function take(file: FoundFile): Promise<void> {
    if (file.sizeBytes > files.maxBytes) throw fileTooLarge(files.maxBytes);
    const handle = await open(file.at, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { folder, name, mark } = file;
      await files.add({ folder, name, content: contentOf(handle, mark), came: 'drop' }, watcher, idOf(file));
    } finally {
      await handle.close();
    }
    await moveTo(DONE, file);
  }

  async function refuse(file: FoundFile, problem: HttpProblem): Promise<void> {
    await moveTo(REFUSED, file);
    const { folder, name, sizeBytes } = file;
    await audit(watcher, 'file.refused', `file:${idOf(file)}`, { folder, name, sizeBytes, why: problem.message });
    log.warn({ folder, name, why: problem.message }, 'a file of the watched folder was refused');
  }

  const notMoved = (key: string, { name }: FoundFile, err: unknown) =>
    sayOnce(key, { err, name }, 'a refused file of the watched folder could not be moved away');

  async function found(): Promise<FoundFile[] | null> {
    try {
      const files = await lookInto(root);
      said.delete(root);
      return files;
    } catch (err) {
      sayOnce(root, { err, folder: root }, 'the watched folder cannot be read, trying again');
      return null;
    }
  }

  return {
    async look() {
      const files = await found();
      if (files === null) return;
      const { whole, looked: standing } = lookAgain(looked, files, now(), SETTLE_MS);
      looked = standing;
      for (const file of whole) {
        const key = `${file.at} ${file.mark}`;
        try {
          await take(file);
          said.delete(key);
        } catch (err) {
          if (err instanceof HttpProblem) await refuse(file, err).catch((cause: unknown) => notMoved(key, file, cause));
          else if (!(err instanceof Changed))
            sayOnce(key, { err, name: file.name }, 'a file of the watched folder could not be taken, trying again');
        }
      }
    },
  };
}
