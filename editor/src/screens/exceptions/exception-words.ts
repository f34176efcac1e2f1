import type {
  AgeBand,
  ExceptionActName,
  ExceptionBulkPreview,
  ExceptionClassName,
  ExceptionFilterQuery,
  FixField,
  Money,
  SlaState,
} from '@waybill/api-contract';
import type { JsonValue } from '@waybill/flow-model';
import { moneyWords, shortMoneyWords } from '../inbox/task-words.ts';

export const classLabels: Record<ExceptionClassName, string> = {
  value: 'Value not valid',
  'missing-reference': 'Something is missing',
  duplicate: 'Duplicate',
  'rate-limit': 'Too many calls',
  intermittent: 'System busy or down',
  connection: 'Connection',
  parse: 'Cannot be read',
  'too-large': 'Too large',
  permission: 'Not permitted',
  'business-rule': 'Business rule',
  'period-closed': 'Period closed',
  ownership: 'Owned elsewhere',
  'in-doubt': 'In doubt',
  defect: 'Defect',
};

export const bandLabels: Record<AgeBand, string> = {
  'under-4h': 'Up to 4 h',
  '4h-24h': '4 to 24 h',
  '1d-3d': '1 to 3 days',
  '3d-7d': '3 to 7 days',
  'over-7d': 'Over 7 days',
};

export const slaLabels: Record<SlaState, string> = {
  overdue: 'Overdue',
  soon: 'Due within a day',
  ok: 'In time',
  none: 'No due date',
};

export const actLabels: Record<ExceptionActName, string> = {
  decide: 'Decide',
  fix: 'Correct and try again',
  retry: 'Try again as it is',
  skip: 'Go on without it',
  'resolved-outside': 'Resolved elsewhere',
  'cancel-run': 'Cancel the run',
};

/** What follows from an act, in words, for the dialog that asks. */
export const actMeans: Record<Exclude<ExceptionActName, 'decide'>, string> = {
  fix: 'The step is tried again with your values, and the run goes on from there. What was done before is not repeated.',
  retry: 'The step is tried again with the same values. Use this once the cause is gone.',
  skip: 'The step is not done. The run goes on with what follows, as if this step had given nothing.',
  'resolved-outside': 'The problem is closed. Nothing is sent to any system; the run stays as it is.',
  'cancel-run': 'The run ends now. What was already written to other systems stays written.',
};

/** What happened, for a line of the history. */
export const historyWords: Record<string, string> = {
  opened: 'found this problem',
  decided: 'decided',
  'came-back': 'had it checked again, and it still cannot be done',
  'failed-again': 'tried it again, and it failed',
  'repeat-failed': 'found that a run that repeats it failed too',
  'auto-resolved': 'closed it by itself',
  fix: 'corrected the values',
  retry: 'had it tried again',
  skip: 'had the run go on without it',
  'resolved-outside': 'closed it as resolved elsewhere',
  'cancel-run': 'cancelled the run',
  comment: 'commented',
  claimed: 'took it',
  released: 'gave it back',
  escalated: 'asked further people',
  reminded: 'reminded its owner',
  revealed: 'looked at what is hidden',
};

/** Sums by currency as one line; empty for none. Pure. */
export const valuesWords = (values: readonly Money[], locale?: string): string =>
  values.map((value) => moneyWords(value, locale)).join(' + ');

/** The same where there is little room. Pure. */
export const shortValuesWords = (values: readonly Money[], locale?: string): string =>
  values.map((value) => shortMoneyWords(value, locale, values.length > 1 ? 10_000 : 1_000_000)).join(' + ');

/** How often a fix was checked and did not help; null for never. Pure. */
export const cameBackWords = (round: number): string | null =>
  round === 0 ? null : round === 1 ? 'Came back once' : `Came back ${round} times`;

/** The others with the same cause. Pure. */
export const othersWords = (count: number): string => (count === 1 ? 'the other one' : `the ${count} others`);

export const exceptionsWords = (count: number): string =>
  `${count.toLocaleString()} ${count === 1 ? 'exception' : 'exceptions'}`;

/** What of an act on many would be refused, as far as was looked; null for nothing. Pure. */
export function refusalWords({
  lookedAt,
  refused,
  whyNot,
  count,
}: Pick<ExceptionBulkPreview, 'lookedAt' | 'refused' | 'whyNot' | 'count'>): string | null {
  if (refused === 0) return null;
  const among = lookedAt < count ? `Of the oldest ${lookedAt} of these, ` : '';
  return `${among}${refused} would be refused: ${whyNot ?? ''}`.trim();
}

/** Whether a filter restricts anything but the status. Pure. */
export const isFiltered = ({ status: _status, ...rest }: Partial<ExceptionFilterQuery>): boolean =>
  Object.values(rest).some((value) => value !== undefined && value !== '');

/** What stands in the controls of the form: text as typed, or a switch. */
export type FixValues = Readonly<Record<string, string | boolean>>;

export const startFixValues = (fields: readonly FixField[]): FixValues =>
  Object.fromEntries(
    fields.map(({ path, kind, value }) => [path, kind === 'boolean' ? value === true : textOf(kind, value)]),
  );

const textOf = (kind: FixField['kind'], value: JsonValue): string => {
  if (value === null) return '';
  return kind === 'json' ? JSON.stringify(value, null, 2) : String(value);
};

const numberOf = (typed: string): number => Number(typed.trim().replace(/\s/g, '').replace(',', '.'));

function jsonOf(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function typedValue(field: FixField, typed: string | boolean | undefined): JsonValue {
  if (field.kind === 'boolean') return typed === true;
  const text = typeof typed === 'string' ? typed : '';
  if (text === '') return field.value === null ? null : '';
  if (field.kind === 'json') return jsonOf(text) ?? null;
  return field.kind === 'number' ? numberOf(text) : text;
}

/** What the person changed, as the server takes it. Pure. */
export function editsOf(fields: readonly FixField[], values: FixValues): { path: string; value: JsonValue }[] {
  const start = startFixValues(fields);
  return fields
    .filter((field) => values[field.path] !== start[field.path])
    .map((field) => ({ path: field.path, value: typedValue(field, values[field.path]) }));
}

/** Faults by path, before anything is sent. Pure. */
export function fixFaults(fields: readonly FixField[], values: FixValues): Record<string, string> {
  const faults: Record<string, string> = {};
  for (const field of fields) {
    const typed = values[field.path];
    if (typeof typed !== 'string') continue;
    // What is hidden stays as it is when it is left empty.
    if (typed.trim() === '' && field.masked) continue;
    if (typed.trim() === '' && field.required) faults[field.path] = 'Fill this in.';
    else if (typed.trim() !== '' && field.kind === 'number' && !Number.isFinite(numberOf(typed)))
      faults[field.path] = 'Enter a number, such as 1250 or 99.50.';
    else if (typed.trim() !== '' && field.kind === 'json' && jsonOf(typed) === undefined)
      faults[field.path] = 'This is no JSON: check commas, quotes and brackets.';
  }
  return faults;
}
