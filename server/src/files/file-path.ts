/** Where a file that came in lies within the folder of the workspace, and how steps name it. */
import type { JsonValue } from '@waybill/flow-model';

export const UPLOADS = 'uploads';
export const isFileId = (name: string): boolean => /^f_[0-9a-f]{24}$/.test(name);
export const pathOf = (id: string, name: string): string => `${UPLOADS}/${id}/${name}`;

const pathForm = /^(?:\.\/)?uploads\/(f_[0-9a-f]{24})\/[^/]+$/;
const mostTexts = 10_000;

/** The files named by a path anywhere in a value; it looks through the first 10,000 values of a large one. */
export function filesNamedIn(value: JsonValue): string[] {
  const found = new Set<string>();
  const queue: JsonValue[] = [value];
  for (let at = 0; at < queue.length && at < mostTexts; at += 1) {
    const one = queue[at];
    if (typeof one === 'string') {
      const id = pathForm.exec(one.replaceAll('\\', '/'))?.[1];
      if (id !== undefined) found.add(id);
    } else if (typeof one === 'object' && one !== null) queue.push(...Object.values(one).slice(0, mostTexts));
  }
  return [...found];
}
