import type { TaskContent, TaskDecision, TaskRecord } from '@waybill/store';

/** One account as tasks may name it. */
export interface Named {
  id: string;
  email: string | null;
  name: string;
}

/** Who wants to decide. Roles count as groups. */
export interface Person extends Named {
  groups: readonly string[];
  /** People who are out of office and made this person their deputy. */
  standsInFor: readonly Named[];
}

/** A user id or an address as tasks keep it, so that lists find it however it was spelled. */
export const asAddressed = (name: string): string => (name.includes('@') ? name.trim().toLowerCase() : name.trim());

/** The names under which a task may address this person. */
export const namesOf = ({ id, email }: Pick<Named, 'id' | 'email'>): string[] => [
  id,
  ...(email ? [asAddressed(email)] : []),
];

const sameName = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

/** The address in `Anna Berg <anna@firm.example>`, as mail programs and many systems write people. */
const addressIn = (name: string): string => /<([^<>\s]+@[^<>\s]+)>\s*$/.exec(name)?.[1] ?? name;

/** Whether a name that came from data means this person: by id, address or name. */
export const isMeant = (name: string, person: Named): boolean =>
  [...namesOf(person), person.name].some((own) => sameName(own, name) || sameName(own, addressIn(name)));

const isNamed = (task: Pick<TaskRecord, 'users'>, person: Named): boolean =>
  task.users.some((user) => namesOf(person).some((own) => sameName(own, user)));

/** Asked in their own right: by name, by group, or because the task was given to them. */
export const isAddressed = (task: Pick<TaskRecord, 'users' | 'groups' | 'claimedBy'>, person: Person): boolean =>
  isNamed(task, person) || task.claimedBy === person.id || task.groups.some((group) => person.groups.includes(group));

/** Whether this person may see the task without the right to see all. */
export const maySee = (task: TaskRecord, person: Person): boolean =>
  isAddressed(task, person) ||
  person.standsInFor.some((absent) => isNamed(task, absent) || task.claimedBy === absent.id) ||
  task.delegations.some((one) => one.to.id === person.id || one.from.id === person.id) ||
  task.decisions.some((decision) => decision.by === person.id || decision.for?.id === person.id);

const isRequester = ({ content }: Pick<TaskRecord, 'content'>, person: Named): boolean =>
  !content.selfApproval && content.requester !== null && isMeant(content.requester, person);

/** A right to decide is used up once, by its owner or by whoever decided for them. */
const isUsedUp = (task: Pick<TaskRecord, 'decisions'>, ownerId: string): boolean =>
  task.decisions.some((decision) => (decision.for?.id ?? decision.by) === ownerId || decision.by === ownerId);

/** In whose right somebody decides: `null` for their own. A refusal is said to them, or about them to others. */
export type Standing =
  | { ok: true; for: { id: string; name: string } | null }
  | { ok: false; why: string; aboutThem: string };

const no = (why: string, aboutThem = why): Standing => ({ ok: false, why, aboutThem });

const closedWords: Record<Exclude<TaskRecord['status'], 'open'>, string> = {
  decided: 'It is decided already',
  expired: 'Its time is up',
  cancelled: 'Its run was cancelled',
};

function whyClosed(task: TaskRecord, status: Exclude<TaskRecord['status'], 'open'>): string {
  const last = task.decisions.at(-1);
  return `${closedWords[status]}${last && status === 'decided' ? `, by ${last.byName}` : ''}.`;
}

/** The rights of other people that this person may use, as far as the task still takes them. */
function borrowedRights(task: TaskRecord, person: Person): Named[] {
  const handed = task.delegations
    .filter((one) => one.to.id === person.id)
    .map(({ from }) => ({ id: from.id, name: from.name, email: null }));
  const handedAway = new Set(task.delegations.map((one) => one.from.id));
  const absent = person.standsInFor.filter(
    (one) => (isNamed(task, one) || task.claimedBy === one.id) && !handedAway.has(one.id),
  );
  return [...handed, ...absent].filter((owner) => !isRequester(task, owner) && !isUsedUp(task, owner.id));
}

const noOwnRequest = 'nobody may approve their own request here.';

/**
 * Whether this person may decide the task now, and in whose right. Whoever asked for something never decides it where
 * the task forbids that: neither in their own name, nor for somebody else, nor through anybody.
 */
export function standingOf(task: TaskRecord, person: Person, mayDecide: boolean): Standing {
  if (task.status !== 'open') return no(whyClosed(task, task.status));
  if (!mayDecide) return no('Your roles do not allow deciding tasks.', 'Their roles do not allow deciding tasks.');
  if (isRequester(task, person))
    return no(`You asked for it, and ${noOwnRequest}`, `They asked for it, and ${noOwnRequest}`);
  if (task.decisions.some((decision) => decision.by === person.id))
    return no('You have decided already.', 'They have decided already.');
  const borrowed = borrowedRights(task, person);
  const holder = task.claimedBy;
  if (holder !== null && holder !== person.id && !borrowed.some((owner) => owner.id === holder))
    return no('Somebody else has claimed it.');
  const handedTo = task.delegations.find((one) => one.from.id === person.id);
  const isOwn = isAddressed(task, person);
  if (isOwn && !handedTo && !isUsedUp(task, person.id)) return { ok: true, for: null };
  const [owner] = borrowed;
  if (owner) return { ok: true, for: { id: owner.id, name: owner.name } };
  if (handedTo)
    return no(
      `You have handed this decision to ${handedTo.to.name}.`,
      `They have handed this decision to ${handedTo.to.name}.`,
    );
  const decidedForMe = task.decisions.find((decision) => decision.for?.id === person.id);
  if (decidedForMe)
    return no(`${decidedForMe.byName} has decided for you.`, `${decidedForMe.byName} has decided for them.`);
  return no('It is addressed to other people.');
}

/** Why this person may not decide the task now; null if they may. */
export function whyNot(task: TaskRecord, person: Person, mayDecide: boolean): string | null {
  const standing = standingOf(task, person, mayDecide);
  return standing.ok ? null : standing.why;
}

/** Why a task may not be given to this person to decide; null if it may. Claims of others do not stand in the way. */
export function whyNotAssignable(task: TaskRecord, person: Person, mayDecide: boolean): string | null {
  const standing = standingOf(
    { ...task, claimedBy: task.claimedBy === person.id ? person.id : null },
    person,
    mayDecide,
  );
  return standing.ok ? null : standing.aboutThem;
}

/** Why somebody else's decision may not be handed to this person; null if it may. */
export function whyNotDelegable(task: TaskRecord, from: Named, to: Person, mayDecide: boolean): string | null {
  if (to.id === from.id) return 'Nobody hands a decision to themselves.';
  if (!mayDecide) return `The roles of ${to.name} do not allow deciding tasks.`;
  if (isRequester(task, to)) return `${to.name} asked for it, and nobody may approve their own request here.`;
  if (isUsedUp(task, to.id)) return `${to.name} has decided this task already.`;
  if (task.delegations.some((one) => one.from.id === to.id)) return `${to.name} has handed their own decision on.`;
  return null;
}

/** The outcome that is reached: one negative decision settles it, any other needs as many as the task says. */
export function reachedOutcome(
  content: TaskContent,
  needed: number,
  decisions: readonly TaskDecision[],
): TaskDecision | null {
  const toneOf = (name: string) => content.outcomes.find((one) => one.name === name)?.tone;
  const negative = decisions.find((decision) => toneOf(decision.outcome) === 'negative');
  if (negative) return negative;
  const counts = new Map<string, number>();
  for (const decision of decisions) {
    const count = (counts.get(decision.outcome) ?? 0) + 1;
    if (count >= needed) return decision;
    counts.set(decision.outcome, count);
  }
  return null;
}
