import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { flowError } from '@waybill/flow-model';

/** Who holds a lock; the start time tells a process from a later one with the same number. */
interface Holder {
  pid: number;
  startedAt: string | null;
}

/**
 * Makes this process the only one to use a file. A lock whose process is gone is taken over.
 * @returns gives the lock back.
 * @throws {FlowError} DATA_FOLDER_IN_USE with the process that holds it.
 */
export function lockDataFile(file: string): () => void {
  const lock = `${file}.lock`;
  const mine = `${lock}.${process.pid}.${Math.trunc(performance.now() * 1_000)}`;
  const me: Holder = { pid: process.pid, startedAt: processStart(process.pid) };
  writeFileSync(mine, JSON.stringify(me));
  try {
    // A link appears with its content or not at all; a second try follows a stale lock put aside.
    for (let attempt = 0; attempt < 5; attempt += 1) {
      if (tryLink(mine, lock)) return () => rmSync(lock, { force: true });
      const holder = readHolder(lock);
      if (holder && isAlive(holder)) throw inUse(file, holder.pid);
      putAside(lock, mine);
    }
    throw inUse(file, readHolder(lock)?.pid ?? 0);
  } finally {
    rmSync(mine, { force: true });
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** By renaming, so that of two processes that find a stale lock only one removes it. */
function putAside(lock: string, mine: string): void {
  try {
    renameSync(lock, `${mine}.stale`);
    rmSync(`${mine}.stale`, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function readHolder(lock: string): Holder | null {
  try {
    const holder = JSON.parse(readFileSync(lock, 'utf8')) as Partial<Holder>;
    return typeof holder.pid === 'number' ? { pid: holder.pid, startedAt: holder.startedAt ?? null } : null;
  } catch {
    return null; // Gone meanwhile, or not one of ours: either way nobody is known to hold it.
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return holder.startedAt === null || holder.startedAt === processStart(holder.pid);
}

/** Clock ticks since boot at which a process started, where the system tells; null elsewhere. */
function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

const inUse = (file: string, pid: number) =>
  flowError('DATA_FOLDER_IN_USE', {
    what: `Process ${pid} already uses ${file}.`,
    fix: 'Stop that process, or give this one another data folder.',
    owner: 'user',
    engine: 'stop',
    where: { pid, file },
  });
