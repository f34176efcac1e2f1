// Resident memory of a process and everything it started.
import { readFileSync } from 'node:fs';
import { sumOverTree } from './process-tree.ts';

const KILOBYTE = 1_024;

/** Bytes; what processes share is counted once. */
const treeBytes = (root: number): number =>
  sumOverTree(root, (pid) => {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) * KILOBYTE;
  });

/** Looks every 50 ms until stopped. @returns stop, which gives the most that was seen, bytes. */
export function watchTree(root: number): () => number {
  let most = treeBytes(root);
  const timer = setInterval(() => {
    most = Math.max(most, treeBytes(root));
  }, 50);
  return () => {
    clearInterval(timer);
    return most;
  };
}
