/** When a file in a watched folder is whole. Pure: two looks are compared. */

/** A file as one look finds it. */
export interface FoundFile {
  folder: string;
  name: string;
  /** On disk. */
  at: string;
  inode: string;
  sizeBytes: number;
  /** Changes with whatever is done to the file. */
  mark: string;
}

export interface Looked {
  /** Since when each file stands as it does, by place. */
  standing: ReadonlyMap<string, { mark: string; since: number }>;
  /** Files that still bore the name of a part. */
  parts: ReadonlySet<string>;
}
export const nothingSeen: Looked = { standing: new Map(), parts: new Set() };

/** Names programs give to what they have not finished. */
const isPartName = (name: string): boolean =>
  /^[.~]|~$|\.(part|partial|filepart|tmp|temp|crdownload|download|upload|writing|swp)$/i.test(name);

/** A file is whole when it stood still for `settleMs`, or was renamed from a name that says it is a part. */
export function lookAgain(
  before: Looked,
  found: readonly FoundFile[],
  now: number,
  settleMs: number,
): { whole: FoundFile[]; looked: Looked } {
  const standing = new Map<string, { mark: string; since: number }>();
  const parts = new Set<string>();
  const whole: FoundFile[] = [];
  for (const file of found) {
    if (isPartName(file.name)) {
      parts.add(file.inode);
      continue;
    }
    const last = before.standing.get(file.at);
    const since = last?.mark === file.mark ? last.since : now;
    standing.set(file.at, { mark: file.mark, since });
    if (now - since >= settleMs || before.parts.has(file.inode)) whole.push(file);
  }
  return { whole, looked: { standing, parts } };
}
