// A process and everything it started, from /proc; empty where there is no /proc.
import { readdirSync, readFileSync } from 'node:fs';

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

export function processTree(root: number): number[] {
  if (process.platform !== 'linux') return [];
  const parentOf = parents();
  return [...parentOf.keys()].filter((pid) => {
    let at: number | undefined = pid;
    while (at && at !== root) at = parentOf.get(at);
    return at === root;
  });
}

/** Sum over a process tree of what `read` finds; a process that ends meanwhile counts as nothing. */
export function sumOverTree(root: number, read: (pid: number) => number): number {
  let sum = 0;
  for (const pid of processTree(root)) {
    try {
      sum += read(pid);
    } catch {
      // It ended meanwhile.
    }
  }
  return sum;
}
