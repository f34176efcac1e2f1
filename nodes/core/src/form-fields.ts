import type { JsonValue, TaskForm } from '@waybill/node-sdk';
import { param } from '@waybill/node-sdk';

const fieldKinds = [
  { value: 'text', label: 'Text' },
  { value: 'multiline', label: 'Long text' },
  { value: 'number', label: 'Number' },
  { value: 'boolean', label: 'Yes or no' },
  { value: 'date', label: 'Date' },
  { value: 'choice', label: 'Choice' },
] as const;

/** The rows of a form designer, shared by every node that asks a person for data. */
export const formFieldItem = {
  name: param.text({ label: 'Name', pattern: '^[A-Za-z][A-Za-z0-9_]{0,62}$', expression: false }),
  label: param.text({ label: 'Label' }),
  kind: param.choice({
    label: 'Kind',
    options: fieldKinds,
    default: 'text',
    expression: false,
  }),
  options: param.json({
    label: 'Choices',
    help: 'A list of texts, or one text with commas between them.',
    optional: true,
  }),
  required: param.boolean({ label: 'Required', default: false }),
  default: param.json({ label: 'Start value', optional: true }),
};

/** The same for a form that starts a run: it may also ask for a file, whose path is then the answer. */
export const startFieldItem = {
  ...formFieldItem,
  kind: param.choice({
    label: 'Kind',
    options: [...fieldKinds, { value: 'file', label: 'File' }],
    default: 'text',
    expression: false,
  }),
};

type Row = {
  readonly name: string;
  readonly label: string;
  readonly kind: TaskForm['fields'][number]['kind'];
  readonly options?: JsonValue | undefined;
  readonly required?: boolean;
  readonly default?: TaskForm['fields'][number]['default'] | undefined;
};

/** The form as the task desk shows it. */
export const taskForm = (rows: readonly Row[]): TaskForm => ({
  fields: rows.map(({ name, label, kind, options, required, default: start }) => ({
    name,
    label,
    kind,
    ...(kind === 'choice' ? { options: choicesOf(options) } : {}),
    ...(required ? { required } : {}),
    ...(start === undefined || start === null ? {} : { default: start }),
  })),
});

const choicesOf = (options: JsonValue | undefined): string[] => {
  const listed = Array.isArray(options) ? options.map(String) : typeof options === 'string' ? options.split(',') : [];
  return listed.map((option) => option.trim()).filter((option) => option !== '');
};
