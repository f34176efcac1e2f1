import type { JsonValue } from '@waybill/flow-model';
import type { TaskContent, TaskDecision, TaskRecord } from '@waybill/store';

/** Who wants to decide. Roles count as groups. */
export interface Person {
  id: string;
  email: string | null;
  name: string;
  groups: readonly string[];
}

/** The names under which a task may address this person. */
export const namesOf = (person: Pick<Person, 'id' | 'email'>): string[] => [
  person.id,
  ...(person.email ? [person.email] : []),
];

export const isAddressed = (task: Pick<TaskRecord, 'users' | 'groups'>, person: Person): boolean =>
  task.users.some((name) => namesOf(person).includes(name)) ||
  task.groups.some((group) => person.groups.includes(group));

const closedWords: Record<Exclude<TaskRecord['status'], 'open'>, string> = {
  decided: 'It is decided already',
  expired: 'Its time is up',
  cancelled: 'Its run was cancelled',
};

/** Why this person may not decide the task now; null if they may. */
export function whyNot(task: TaskRecord, person: Person, mayDecide: boolean): string | null {
  if (task.status !== 'open') {
    const last = task.decisions.at(-1);
    return `${closedWords[task.status]}${last && task.status === 'decided' ? `, by ${last.byName}` : ''}.`;
  }
  if (!mayDecide) return 'Your roles do not allow deciding tasks.';
  if (!isAddressed(task, person)) return 'It is addressed to other people.';
  const { requester, selfApproval } = task.content;
  if (!selfApproval && requester !== null && [...namesOf(person), person.name].includes(requester))
    return 'You asked for it, and nobody may approve their own request here.';
  if (task.claimedBy !== null && task.claimedBy !== person.id) return 'Somebody else has claimed it.';
  if (task.decisions.some((decision) => decision.by === person.id)) return 'You have decided already.';
  return null;
}

export type FormFault = { path: string; what: string; fix: string };
type Field = TaskContent['form']['fields'][number];

const isEmpty = (value: JsonValue | undefined): boolean => value === undefined || value === null || value === '';

const kindFits: Record<Field['kind'], (value: JsonValue) => boolean> = {
  text: (value) => typeof value === 'string' && value.length <= 1_000,
  multiline: (value) => typeof value === 'string' && value.length <= 20_000,
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  boolean: (value) => typeof value === 'boolean',
  date: (value) => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value) && Number.isFinite(Date.parse(value)),
  choice: (value) => typeof value === 'string',
};

/**
 * Everything wrong with a filled-in form.
 * @param mayLack whether required fields may stay empty: whoever rejects or dismisses has nothing to fill in.
 */
export function formFaults(fields: readonly Field[], form: Record<string, JsonValue>, mayLack = false): FormFault[] {
  const known = new Set(fields.map((field) => field.name));
  const strays = Object.keys(form)
    .filter((name) => !known.has(name))
    .map((name) => ({ path: `form.${name}`, what: `There is no field "${name}".`, fix: 'Leave it out.' }));
  const faults = fields.flatMap((field): FormFault[] => {
    const value = form[field.name];
    const path = `form.${field.name}`;
    if (isEmpty(value)) {
      const missing = field.required === true && !mayLack;
      return missing ? [{ path, what: `"${field.label}" is required.`, fix: 'Fill it in.' }] : [];
    }
    if (!kindFits[field.kind](value as JsonValue))
      return [{ path, what: `"${field.label}" is no valid ${field.kind}.`, fix: `Enter a ${field.kind}.` }];
    if (field.kind === 'choice' && field.options && !field.options.includes(value as string))
      return [
        {
          path,
          what: `"${String(value)}" is no choice of "${field.label}".`,
          fix: `Choose ${field.options.join(', ')}.`,
        },
      ];
    return [];
  });
  return [...strays, ...faults];
}

/** Whether this decision needs words, by the rule of the task. */
export function commentMissing(content: TaskContent, outcome: string, comment: string | undefined): boolean {
  if ((comment ?? '').trim() !== '') return false;
  const tone = content.outcomes.find((one) => one.name === outcome)?.tone;
  return content.commentRequired === 'always' || (content.commentRequired === 'on-reject' && tone === 'negative');
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
