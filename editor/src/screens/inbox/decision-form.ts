import type { Task } from '@waybill/api-contract';
import type { JsonValue } from '@waybill/flow-model';

export type FormField = Task['form']['fields'][number];
/** What stands in the controls: text as typed, or a switch. */
export type FormValues = Readonly<Record<string, string | boolean>>;

/** Where the controls start. Pure. */
export const startValues = (fields: readonly FormField[]): FormValues =>
  Object.fromEntries(
    fields.map((field) => [
      field.name,
      field.kind === 'boolean'
        ? field.default === true
        : field.default === undefined || field.default === null
          ? ''
          : String(field.default),
    ]),
  );

const numberOf = (typed: string): number => Number(typed.trim().replace(/\s/g, ''));

/** What is wrong with a field, or null. Pure. */
export function fieldFault(field: FormField, value: string | boolean | undefined): string | null {
  if (field.kind === 'boolean') return null;
  const typed = typeof value === 'string' ? value.trim() : '';
  // What is hidden stays as it is when it is left empty.
  if (typed === '') return field.required && !field.masked ? 'Fill this in.' : null;
  switch (field.kind) {
    case 'number':
      return Number.isFinite(numberOf(typed)) ? null : 'Enter a number, such as 1250 or 99.50.';
    case 'date':
      return /^\d{4}-\d{2}-\d{2}$/.test(typed) && Number.isFinite(Date.parse(typed)) ? null : 'Enter a date.';
    case 'choice':
      return !field.options || field.options.includes(typed) ? null : 'Choose one of the list.';
    default:
      return null;
  }
}

/** Faults by field name; empty when the form may be sent. Pure. */
export const formFaults = (fields: readonly FormField[], values: FormValues): Record<string, string> =>
  Object.fromEntries(
    fields.flatMap((field) => {
      const fault = fieldFault(field, values[field.name]);
      return fault === null ? [] : [[field.name, fault]];
    }),
  );

/** The values as the server takes them; empty fields stay out. Pure. */
export function formToSend(fields: readonly FormField[], values: FormValues): Record<string, JsonValue> {
  const sent: Record<string, JsonValue> = {};
  for (const field of fields) {
    const value = values[field.name];
    if (field.kind === 'boolean') sent[field.name] = value === true;
    else if (typeof value === 'string' && value.trim() !== '')
      sent[field.name] = field.kind === 'number' ? numberOf(value) : value.trim();
  }
  return sent;
}

/** Whether this outcome needs a comment, by the rule of the task. Pure. */
export function needsComment(task: Pick<Task, 'commentRequired' | 'outcomes'>, outcome: string): boolean {
  if (task.commentRequired === 'always') return true;
  const tone = task.outcomes.find((one) => one.name === outcome)?.tone;
  return task.commentRequired === 'on-reject' && tone === 'negative';
}

export const labelOf = (task: Pick<Task, 'outcomes'>, outcome: string): string =>
  task.outcomes.find((one) => one.name === outcome)?.label ?? outcome;

/** What follows from this decision, in words, for the dialog that asks. Pure. */
export function decisionMeans(task: Pick<Task, 'needed' | 'decisions' | 'outcomes'>, outcome: string): string {
  const tone = task.outcomes.find((one) => one.name === outcome)?.tone;
  const same = task.decisions.filter((decision) => decision.outcome === outcome).length + 1;
  if (tone === 'negative') return 'This settles the task at once, and the flow goes on along this way.';
  if (same < task.needed)
    return `This is ${same} of ${task.needed} decisions needed. The flow goes on when the others have decided.`;
  return 'The flow goes on at once. The decision cannot be taken back.';
}
