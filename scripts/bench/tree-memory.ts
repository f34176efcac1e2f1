// Resident memory of a process and everything it started, from /proc; null where there is no /proc.
import { readdirSync, readFileSync } from 'node:fs';

const KILOBYTE = 1_024;

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

/** Bytes; what processes share is counted once. */
function treeBytes(root: number): number | null {
  if (process.platform !== 'linux') return null;
  const parentOf = parents();
  let bytes = 0;
  for (const pid of parentOf.keys()) {
    for (let at: number | undefined = pid; at; at = parentOf.get(at)) {
      if (at !== root) continue;
      try {
        const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
        bytes += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) * KILOBYTE;
      } catch {
        // It ended meanwhile.
      }
      break;
    }
  }
  return bytes;
}

/** Looks every 50 ms until stopped. @returns stop, which gives the most that was seen. */
export function watchTree(root: number): () => number {
  let most = treeBytes(root) ?? 0;
  const timer = setInterval(() => {
    most = Math.max(most, treeBytes(root) ?? 0);
  }, 50);
  return () => {
    clearInterval(timer);
    return most;
  };
}
