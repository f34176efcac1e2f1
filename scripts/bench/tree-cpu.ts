// CPU time of a process and everything it started.
import { readdirSync, readFileSync } from 'node:fs';
import { sumOverTree } from './process-tree.ts';

/** us so far, over all threads that still live. */
export const treeCpuUs = (root: number): number =>
  sumOverTree(root, (pid) => {
    let ns = 0;
    for (const thread of readdirSync(`/proc/${pid}/task`))
      ns += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    return ns / 1_000;
  });
