/** A task that comes back: its run checked what was decided, and asks the same people once more. Pure. */
import type { JsonValue } from '@waybill/flow-model';
import type { TaskAmendment, TaskContent, TaskNote, TaskRecord } from '@waybill/store';
import { HttpProblem } from '../problem.ts';
import { maskedAnswers } from './masked-facts.ts';
import { actorsOf, telling } from './task-notices.ts';
import { nextActAfter } from './task-schedule.ts';

/** How often a task came back; a decision is about one round. */
export const roundOf = ({ content }: Pick<TaskRecord, 'content'>): number => content.round ?? 0;

/** Somebody decided about what they saw, and it has come back since. */
export const cameBackProblem = () =>
  new HttpProblem('EXCEPTION_CHANGED', {
    detail: 'Somebody was quicker: it was checked again meanwhile and came back.',
    fix: 'Look at what it says now, then decide again; what you entered was not used.',
  });

const shown = (value: JsonValue): string =>
  value === null || value === '' ? 'empty' : typeof value === 'object' ? JSON.stringify(value) : `“${String(value)}”`;

/** What a person entered, line by line, and what they said. */
function answerWords(content: TaskContent, { form, comment }: TaskRecord['decisions'][number]): string | null {
  const labelOf = (name: string) => content.form.fields.find((field) => field.name === name)?.label ?? name;
  const lines = Object.entries(maskedAnswers(content, form)).map(
    ([name, value]) => `${labelOf(name)}: ${shown(value)}`,
  );
  return [...lines, ...(comment ? [comment] : [])].join('\n') || null;
}

/** Decisions as lines of the history, for those that read it as one. */
export const decisionNotes = ({
  id,
  decisions,
  content,
}: Pick<TaskRecord, 'id' | 'decisions' | 'content'>): TaskNote[] =>
  decisions.map((decision, at) => ({
    id: `${id}.${roundOf({ content })}.${at}`,
    at: decision.at,
    by: decision.by,
    byName: decision.byName,
    kind: 'decided',
    text: [content.outcomes.find(({ name }) => name === decision.outcome)?.label, answerWords(content, decision)]
      .filter(Boolean)
      .join('\n'),
  }));

/** A form that starts with what was entered last, so that nothing has to be entered twice. */
function prefilled(content: TaskContent, decisions: TaskRecord['decisions']): TaskContent {
  const last: Record<string, JsonValue> = Object.assign({}, ...decisions.map(({ form }) => form));
  const fields = content.form.fields.map((field) => {
    const entered = last[field.name];
    return entered === undefined || entered === null || entered === '' ? field : { ...field, default: entered };
  });
  return { ...content, form: { fields } };
}

/**
 * What coming back changes. It keeps its people, its clock and all that happened to it; null where it came back already.
 * @param fresh the task as its run asks for it now.
 */
export function cameBack(known: TaskRecord, fresh: TaskRecord, at: number): TaskAmendment | null {
  if (roundOf(known) >= roundOf(fresh)) return null;
  const { exceptionClass, fingerprint, tags, amount, currency, expiresAt } = fresh;
  const content = prefilled(fresh.content, known.decisions);
  const line = {
    id: `${known.id}.back.${roundOf(fresh)}`,
    ...{ at, by: 'engine', byName: 'Waybill', kind: 'came-back', text: content.title },
  };
  const change = {
    ...{ status: 'open' as const, closedAt: null, claimedBy: null, followUpAt: null, decisions: [], content },
    ...{ exceptionClass, fingerprint, tags, amount, currency, expiresAt },
    notes: [...known.notes, ...decisionNotes(known), line],
    nextActAt: nextActAfter({ ...known, content, followUpAt: null }, at),
  };
  const { users, groups } = actorsOf({ ...known, ...change });
  const deciders = known.decisions.map(({ by }) => by);
  const to = { users: [...new Set([...users, ...deciders])], groups };
  return telling(known, change, { id: line.id, kind: 'failed-again', at, by: null, to, text: content.title });
}
