// Resident memory of a process and everything it started, from /proc; null where there is no /proc.
import { readdirSync, readFileSync } from 'node:fs';

const PAGE_BYTES = 4_096;

function parents(): Map<number, number> {
  const found = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8');
      found.set(Number(name), Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  return found;
}

/** Bytes, shared pages counted for each process that maps them. */
export function treeBytes(root: number): number | null {
  if (process.platform !== 'linux') return null;
  const parentOf = parents();
  let bytes = 0;
  for (const pid of parentOf.keys()) {
    for (let at: number | undefined = pid; at; at = parentOf.get(at)) {
      if (at !== root) continue;
      try {
        bytes += Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
      } catch {
        // It ended meanwhile.
      }
      break;
    }
  }
  return bytes;
}

/** Looks every 20 ms until stopped. @returns stop, which gives the most that was seen. */
export function watchTree(root: number): () => number {
  let most = treeBytes(root) ?? 0;
  const timer = setInterval(() => {
    most = Math.max(most, treeBytes(root) ?? 0);
  }, 20);
  return () => {
    clearInterval(timer);
    return most;
  };
}
