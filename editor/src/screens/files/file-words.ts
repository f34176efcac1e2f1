import type { ReplyOf, Routes, StoredFile } from '@waybill/api-contract';

type Use = ReplyOf<Routes['getFile']>['uses'][number];

/** How a run came to the file, after the name of its flow. */
export const useWords: Readonly<Record<Use['how'], string>> = {
  started: 'Started by its arrival',
  given: 'Was given the file at its start',
  read: 'Read it',
  'same-content': 'Had the same content before, so no second run was started',
};

/** A failed run may still be repaired, and then reads the file again. */
const over: readonly string[] = ['succeeded', 'cancelled', 'ignored'];

/** What is asked before a file is removed. Pure. */
export function removalWords({ name }: Pick<StoredFile, 'name'>, uses: readonly Pick<Use, 'how' | 'run'>[]) {
  const open = uses.filter(({ how, run }) => how !== 'same-content' && !over.includes(run.status)).length;
  const about = 'Its bytes are gone for good. The audit log keeps that it was here and who removed it.';
  if (open === 0) return { title: `Remove “${name}”?`, about, isInUse: false };
  const runs = open === 1 ? 'One run that is not over has' : `${open} runs that are not over have`;
  const they = open === 1 ? 'It fails' : 'They fail';
  return {
    title: `Remove “${name}” although it is in use?`,
    about: `${runs} to do with it. ${they} when the file is read again. ${about}`,
    isInUse: true,
  };
}
