/** Naming people in a comment: what is being typed, and whom the finished words name. Pure. */

/** The name being typed at the caret, from its `@` on; null if none is. Names have up to three words. */
export function nameTyped(text: string, caret: number): { from: number; name: string } | null {
  const found = /(?:^|\s)@([\p{L}\p{M}'’.-]*(?: [\p{L}\p{M}'’.-]+){0,2})$/u.exec(text.slice(0, caret));
  return found ? { from: caret - (found[1]?.length ?? 0) - 1, name: found[1] ?? '' } : null;
}

/** The text with a person instead of what was typed, and where the caret is then. */
export function withName(text: string, typed: { from: number; name: string }, name: string): [string, number] {
  const before = `${text.slice(0, typed.from)}@${name} `;
  return [before + text.slice(typed.from + 1 + typed.name.length).replace(/^ /, ''), before.length];
}

/** Ids of the chosen people that the words still name. */
export const namedIn = (text: string, chosen: readonly { id: string; name: string }[]): string[] => [
  ...new Set(chosen.filter(({ name }) => text.includes(`@${name}`)).map(({ id }) => id)),
];
