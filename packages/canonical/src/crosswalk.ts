/**
 * Which record in one system is which in another. Links of one entity join records into groups; a group never holds two
 * records of one system, because they would then be the same record twice.
 */

export interface RecordRef {
  /** A role or system name. */
  readonly system: string;
  readonly id: string;
}

export interface CrosswalkLink {
  readonly a: RecordRef;
  readonly b: RecordRef;
}

export type LinkDecision =
  /** The link is new and contradicts nothing. */
  | { decision: 'create' }
  /** The very link exists, in either direction: nothing to do. */
  | { decision: 'same' }
  /** It would make `system` hold two records for one thing; `ids` are those two. */
  | { decision: 'conflict'; system: string; ids: [string, string] };

const keyOf = (ref: RecordRef): string => JSON.stringify([ref.system, ref.id]);

/**
 * What to do with a new link.
 * @param existing links of the same entity; at least all that reach either record, directly or through others.
 */
export function linkDecision(existing: readonly CrosswalkLink[], link: CrosswalkLink): LinkDecision {
  const [a, b] = [keyOf(link.a), keyOf(link.b)];
  const isSame = ({ a: x, b: y }: CrosswalkLink) =>
    (keyOf(x) === a && keyOf(y) === b) || (keyOf(x) === b && keyOf(y) === a);
  if (existing.some(isSame)) return { decision: 'same' };
  const ids = new Map<string, string>();
  for (const ref of [...groupOf(existing, link.a), ...groupOf(existing, link.b)]) {
    const known = ids.get(ref.system);
    if (known !== undefined && known !== ref.id)
      return { decision: 'conflict', system: ref.system, ids: [known, ref.id] };
    ids.set(ref.system, ref.id);
  }
  return { decision: 'create' };
}

/** The id of the same record in another system, through any chain of links, or null. */
export const findLinked = (existing: readonly CrosswalkLink[], from: RecordRef, system: string): string | null =>
  groupOf(existing, from).find((ref) => ref.system === system && keyOf(ref) !== keyOf(from))?.id ?? null;

/** All records that links say are the same as `start`, itself first. */
function groupOf(links: readonly CrosswalkLink[], start: RecordRef): RecordRef[] {
  const neighbours = new Map<string, RecordRef[]>();
  const note = (from: RecordRef, to: RecordRef) => {
    const list = neighbours.get(keyOf(from));
    if (list) list.push(to);
    else neighbours.set(keyOf(from), [to]);
  };
  for (const { a, b } of links) {
    note(a, b);
    note(b, a);
  }
  const group = [start];
  const seen = new Set([keyOf(start)]);
  for (let at = 0; at < group.length; at += 1) {
    for (const next of neighbours.get(keyOf(group[at] as RecordRef)) ?? []) {
      if (seen.has(keyOf(next))) continue;
      seen.add(keyOf(next));
      group.push(next);
    }
  }
  return group;
}
