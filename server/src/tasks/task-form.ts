import type { JsonValue } from '@waybill/flow-model';
import type { TaskContent, TaskRecord } from '@waybill/store';
import { z } from 'zod';
import { HttpProblem } from '../problem.ts';

export type FormFault = { path: string; what: string; fix: string };
type Field = TaskContent['form']['fields'][number];

const isEmpty = (value: JsonValue | undefined): boolean => value === undefined || value === null || value === '';

const dateText = z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })]);
/** As ISO 8601 writes it, with or without a time, and in the calendar: there is no 30 February. */
const isDate = (text: string): boolean => dateText.safeParse(text).success;

/** What was filled in; a field may be called like something that every object has. */
export const answerOf = (form: Readonly<Record<string, JsonValue>>, name: string): JsonValue | undefined =>
  Object.hasOwn(form, name) ? form[name] : undefined;

const kindFits: Record<Field['kind'], (value: JsonValue) => boolean> = {
  text: (value) => typeof value === 'string' && value.length <= 1_000,
  multiline: (value) => typeof value === 'string' && value.length <= 20_000,
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  boolean: (value) => typeof value === 'boolean',
  date: (value) => typeof value === 'string' && isDate(value),
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
    const value = answerOf(form, field.name);
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

/** @throws {HttpProblem} TASK_FORM_INVALID with everything that is wrong. */
export function checkDecision(
  { content }: Pick<TaskRecord, 'content'>,
  decision: { outcome: string; comment?: string | undefined; form: Record<string, JsonValue> },
): void {
  const chosen = content.outcomes.find((outcome) => outcome.name === decision.outcome);
  if (!chosen)
    throw new HttpProblem('TASK_FORM_INVALID', {
      detail: `"${decision.outcome}" is no outcome of this task.`,
      fix: `Choose ${content.outcomes.map((outcome) => outcome.name).join(', ')}.`,
    });
  const faults = formFaults(content.form.fields, decision.form, chosen.tone === 'negative');
  if (commentMissing(content, decision.outcome, decision.comment))
    faults.push({ path: 'comment', what: 'A comment is required for this decision.', fix: 'Say why.' });
  if (faults.length > 0)
    throw new HttpProblem('TASK_FORM_INVALID', {
      detail: `The decision is incomplete: ${faults.length} problem(s).`,
      fix: 'Correct what is listed under "problems".',
      problems: faults,
    });
}
