/** What of a task is hidden from those who only have the task, and what they see instead. Pure. */
import type { JsonValue, MaskedNames } from '@waybill/flow-model';
import { hiddenIn, isMasked, masked, maskedText, maskKey, textWithout } from '@waybill/flow-model';
import type { ExceptionContent, TaskContent, TaskRecord } from '@waybill/store';
import { answerOf } from './task-form.ts';

type Fact = TaskContent['facts'][number];
type Field = TaskContent['form']['fields'][number];

const namesOf = ({ maskedNames = [] }: Pick<TaskContent, 'maskedNames'>) => new Set(maskedNames);

/**
 * The task with what is hidden in its run, so that it can be shown and found without reading the run.
 * @param hidden values of the run that its words may repeat.
 */
export function withMaskedNames(task: TaskRecord, names: MaskedNames, hidden: readonly JsonValue[] = []): TaskRecord {
  if (names.size === 0) return task;
  const { content } = task;
  const { maskedFacts = [], facts } = content;
  // Data that was cut to a text cannot be told apart into its fields any more.
  const cut =
    content.kind === 'in-doubt' ? facts.filter((fact) => typeof fact.value === 'string' && fact.label === 'Sent') : [];
  const hiddenLabels = [...maskedFacts, ...cut.map((fact) => fact.label)];
  const repeated = repeatedIn(content, names, hidden);
  const marked: TaskContent = {
    ...content,
    maskedNames: [...names],
    ...(hiddenLabels.length > 0 ? { maskedFacts: hiddenLabels } : {}),
    ...(repeated.length > 0 ? { maskedValues: repeated } : {}),
  };
  const { title, exception } = marked;
  const found = [title, exception?.subject?.label].filter((text) => text !== undefined).join(' ');
  const shown = wordsOf(found, marked);
  return { ...task, content: shown === found ? marked : { ...marked, foundBy: shown } };
}

/** Those of the values that the task says somewhere. */
function repeatedIn(content: TaskContent, names: MaskedNames, hidden: readonly JsonValue[]): JsonValue[] {
  const { title, description, facts, form, exception } = content;
  const words = JSON.parse(JSON.stringify({ title, description, facts, form, exception })) as JsonValue;
  const textWith = (also: JsonValue[]) => JSON.stringify(masked(words, names, also));
  const before = textWith([]);
  return hidden.filter((value) => textWith([value]) !== before);
}

/** Hidden by the task itself, or because it is named like a masked field. */
const isHiddenFact = (content: Pick<TaskContent, 'maskedFacts' | 'maskedNames'>, label: string): boolean =>
  (content.maskedFacts ?? []).some((one) => maskKey(one) === maskKey(label)) || isMasked(namesOf(content), label);

const isNamedField = (content: Pick<TaskContent, 'maskedFacts' | 'maskedNames'>, field: Field): boolean =>
  isHiddenFact(content, field.name) || isHiddenFact(content, field.label);

/** Also one that is called otherwise and begins with something hidden: shown in part, its answer would hold the mask. */
export const isHiddenField = (content: TaskContent, field: Field): boolean =>
  isNamedField(content, field) ||
  (field.default !== undefined && masked(field.default, namesOf(content), hiddenValues(content)) !== field.default);

/** Facts as everybody with the task sees them: a hidden one has its name and no value. */
export function shownFacts(content: TaskContent): (Fact & { masked: boolean })[] {
  const [names, hidden] = [namesOf(content), hiddenValues(content)];
  return content.facts.map(({ label, value }) =>
    isHiddenFact(content, label) && value !== null
      ? { label, value: null, masked: true }
      : { label, value: masked(value, names, hidden), masked: false },
  );
}

/** Facts that are shown as less than they are. */
export function hiddenFacts(content: TaskContent): Fact[] {
  const shown = shownFacts(content);
  return content.facts.filter((fact, at) => shown[at]?.masked || shown[at]?.value !== fact.value);
}

/** The form with hidden fields empty: left empty, they keep what they hold. */
export const shownForm = (content: TaskContent): { fields: (Field & { masked?: boolean })[] } => ({
  fields: content.form.fields.map((field) => {
    if (field.default === undefined || field.default === null || !isHiddenField(content, field)) return field;
    const { default: _hidden, ...rest } = field;
    return { ...rest, masked: true };
  }),
});

/** What was filled in, with hidden fields that were left alone as they were. */
export function filledForm(content: TaskContent, form: Record<string, JsonValue>): Record<string, JsonValue> {
  const kept = content.form.fields.flatMap((field): [string, JsonValue][] => {
    const given = answerOf(form, field.name);
    const isLeft = given === undefined || given === null || given === '';
    return isLeft && field.default !== undefined && isHiddenField(content, field) ? [[field.name, field.default]] : [];
  });
  return { ...form, ...Object.fromEntries(kept) };
}

/** Answers of a form for the audit log. */
export const maskedAnswers = (content: TaskContent, form: Record<string, JsonValue>): Record<string, JsonValue> =>
  Object.fromEntries(
    Object.entries(form).map(([name, value]) => {
      const field = content.form.fields.find((one) => one.name === name);
      return [name, field && isHiddenField(content, field) ? maskedText : value];
    }),
  );

const hiddenValues = (content: TaskContent): JsonValue[] => [
  ...content.facts.flatMap(({ label, value }) =>
    isHiddenFact(content, label) ? (value === null ? [] : [value]) : hiddenIn(value, namesOf(content)),
  ),
  ...content.form.fields.flatMap((field) =>
    field.default !== undefined && field.default !== null && isNamedField(content, field) ? [field.default] : [],
  ),
  ...(content.maskedValues ?? []),
];

/** Text without hidden values that somebody wrote into it. */
export const wordsOf = (text: string, content: TaskContent): string => textWithout(text, hiddenValues(content));

/** What it says besides when it is about something that could not happen, as everybody with the task sees it. */
export function shownException(content: TaskContent): Omit<ExceptionContent, 'failure'> | null {
  const { exception } = content;
  if (!exception) return null;
  const { subject, likelyCause, afterFix, links } = exception;
  return {
    subject: subject && { ...subject, label: wordsOf(subject.label, content) },
    likelyCause: likelyCause && wordsOf(likelyCause, content),
    afterFix: afterFix && wordsOf(afterFix, content),
    links: links.map(({ label, url }) => ({ label: wordsOf(label, content), url: wordsOf(url, content) })),
  };
}
