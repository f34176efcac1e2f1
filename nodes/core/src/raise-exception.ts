import type { ExceptionClass, ExceptionFacts, JsonValue, TaskForm, TaskRequest } from '@waybill/node-sdk';
import {
  anyPort,
  defineNode,
  errorRecordOf,
  nodeError,
  normalisedMessage,
  param,
  problemWords,
  taskPriorities,
} from '@waybill/node-sdk';
import { formFieldItem, taskForm } from './form-fields.ts';
import { anyInput, arrived, pureTraits } from './passthrough.ts';
import { decision } from './task-params.ts';

const classOptions: { value: ExceptionClass; label: string }[] = [
  { value: 'business-rule', label: 'Business rule' },
  { value: 'value', label: 'Value missing or not valid' },
  { value: 'missing-reference', label: 'Something it refers to is missing' },
  { value: 'duplicate', label: 'Duplicate' },
  { value: 'period-closed', label: 'Period closed' },
  { value: 'ownership', label: 'Owned by another system' },
  { value: 'permission', label: 'Not permitted' },
  { value: 'connection', label: 'Connection or sign-in' },
  { value: 'intermittent', label: 'System busy or down' },
  { value: 'rate-limit', label: 'Too many calls' },
  { value: 'parse', label: 'Cannot be read' },
  { value: 'too-large', label: 'Too large' },
  { value: 'in-doubt', label: 'Nobody knows whether it happened' },
  { value: 'defect', label: 'Defect' },
];

const params = {
  problem: param.text({
    label: 'What could not happen',
    help: 'In the words of the business. Empty after an error port: said from the error.',
    placeholder: 'The invoice could not be created',
    maxLength: 200,
    optional: true,
  }),
  details: param.text({ label: 'Details', help: 'Markdown.', multiline: true, optional: true }),
  subject: param.text({
    label: 'About',
    help: 'The project, person or invoice, by name.',
    placeholder: 'P-1042 Harbour audit',
    optional: true,
  }),
  subjectKind: param.text({ label: 'Kind', placeholder: 'Project', optional: true }),
  class: param.choice({ label: 'Class', options: classOptions, optional: true }),
  likelyCause: param.text({ label: 'Likely cause', multiline: true, optional: true }),
  afterFix: param.text({ label: 'What happens once it is fixed', multiline: true, optional: true }),
  whenFixed: param.choice({
    label: 'Once it is fixed',
    help: 'Checking again tells whether it really is. While the check fails, the same exception comes back.',
    options: [
      { value: 'go-on', label: 'Go on by the way called Fixed' },
      { value: 'check-again', label: 'Check again: go back to an earlier step' },
    ],
    default: 'go-on',
    expression: false,
  }),
  backTo: param.step({
    label: 'Go back to',
    help: 'It runs again with what was entered in the form, and the flow goes on from there.',
    when: { param: 'whenFixed', is: ['check-again'] },
    optional: true,
    expression: false,
  }),
  groups: param.list({
    label: 'Owner',
    help: 'Role or group; empty: the routing rules say.',
    item: { name: param.text({ label: 'Role or group' }) },
    optional: true,
    group: 'Who',
  }),
  users: param.people({ label: 'People', help: 'Any of them may act.', optional: true, group: 'Who' }),
  priority: param.choice({ label: 'Priority', options: taskPriorities, optional: true, group: 'Who' }),
  dueIn: param.duration({ label: 'To be fixed within', optional: true, group: 'Time' }),
  remindEvery: param.duration({ label: 'Remind every', optional: true, group: 'Time' }),
  escalation: param.list({
    label: 'Escalate',
    help: 'Who is asked besides while it stays open.',
    item: { after: param.duration({ label: 'After' }), group: param.text({ label: 'Role or group' }) },
    optional: true,
    group: 'Time',
  }),
  timeout: param.duration({
    label: 'Give up after',
    help: 'Then the flow goes the way called Time is up. Checking again gives no new time. Empty: without end.',
    optional: true,
    group: 'Time',
  }),
  amount: param.number({ label: 'Value at stake', optional: true, group: 'Value' }),
  currency: param.text({ label: 'Currency', placeholder: 'EUR', optional: true, group: 'Value' }),
  facts: param.mapping({ label: 'Facts shown', help: 'Label and value.', optional: true }),
  maskedFacts: param.list({
    label: 'Hidden facts',
    help: 'Labels of facts that only people who may reveal them see.',
    item: { label: param.text({ label: 'Label' }) },
    optional: true,
  }),
  links: param.list({
    label: 'Links',
    help: 'The record it came from, and the one it should have become.',
    item: { label: param.text({ label: 'Label' }), url: param.text({ label: 'Address' }) },
    optional: true,
  }),
  form: param.list({
    label: 'Form',
    help: 'What is to be put right.',
    item: {
      ...formFieldItem,
      corrects: param.text({
        label: 'Corrects',
        help: 'When going back: the field of what that step gets, such as customer.taxId. Empty: its name.',
        placeholder: 'customer.taxId',
        pattern: '^[A-Za-z0-9_$-]+(\\.[A-Za-z0-9_$-]+)*$',
        optional: true,
        expression: false,
      }),
    },
    optional: true,
  }),
};

/** Where the run goes back to once it is fixed; null where it goes on. */
function wayBack({ whenFixed, backTo }: { whenFixed: 'go-on' | 'check-again'; backTo: string | undefined }) {
  if (whenFixed === 'go-on') return null;
  if (backTo) return { backTo };
  throw nodeError('STEP_TO_CHECK_UNNAMED', {
    what: 'The exception is to have a check run again and does not say which.',
    fix: 'Choose the step under "Go back to".',
    owner: 'user',
    engine: 'stop',
  });
}

type FormRows = readonly (Parameters<typeof taskForm>[0][number] & { readonly corrects?: string | undefined })[];

/** The form, with the field of the earlier step's input that each answer replaces. */
function correctingForm(rows: FormRows): TaskForm {
  const { fields } = taskForm(rows);
  return {
    fields: fields.map((field, at) => ({ ...field, ...(rows[at]?.corrects ? { corrects: rows[at].corrects } : {}) })),
  };
}

/** Hands a business problem to its owner and waits; takes what an error port sends as it is. */
export const raiseException = defineNode({
  type: 'core.raise-exception',
  version: 1,
  title: 'Raise an exception',
  description:
    'Puts a business problem on the exception desk, with owner, value and clock, and waits until it is fixed; then goes on, or checks again.',
  kind: 'approval',
  app: 'People',
  icon: 'triangle-alert',
  synonyms: [
    'problem',
    'error',
    'escalate',
    'repair',
    'fix',
    'dead letter',
    'exception desk',
    'hold',
    'check again',
    'go back',
  ],
  params,
  inputs: anyInput,
  outputs: {
    fixed: { ...decision, label: 'Fixed' },
    waived: { ...decision, label: 'Waived' },
    expired: anyPort('Time is up'),
  },
  traits: pureTraits,
  sample: {
    fixed: { outcome: 'fixed', by: 'billing@firm.example', comment: null, form: { taxId: 'DE811907980' }, input: {} },
    waived: { outcome: 'waived', by: 'billing@firm.example', comment: 'Billed by hand', form: {}, input: {} },
    expired: null,
  },
  run({ params, input, now }) {
    const error = errorRecordOf(arrived(input));
    const words = error && problemWords(error);
    const title = params.problem || (words && `Something could not be done: ${words.because}`);
    if (!title)
      throw nodeError('PROBLEM_UNNAMED', {
        what: 'The exception does not say what could not happen.',
        fix: 'Fill in "What could not happen"; only after an error port may it stay empty.',
        owner: 'user',
        engine: 'stop',
      });
    const { details, subject, amount, currency, timeout } = params;
    const back = wayBack(params);
    const exception: ExceptionFacts = {
      class: params.class ?? words?.class ?? 'business-rule',
      subject: subject ? { kind: params.subjectKind || 'Record', label: subject } : null,
      fingerprint: normalisedMessage(error ? `${error.code} ${error.what}` : title),
      likelyCause: params.likelyCause ?? words?.likelyCause ?? null,
      afterFix: params.afterFix ?? null,
      links: [...(params.links ?? [])],
    };
    const task: TaskRequest = {
      kind: 'exception',
      title: title.slice(0, 200),
      description: details ?? (error ? `${error.what} ${error.fix}` : ''),
      assignees: { users: params.users ?? [], groups: (params.groups ?? []).map((group) => group.name) },
      needed: 1,
      selfApproval: true,
      facts: Object.entries(params.facts ?? {}).map(([label, value]) => ({ label, value: value as JsonValue })),
      form: correctingForm(params.form ?? []),
      commentRequired: 'on-reject',
      exception,
      outcomes: [
        {
          name: 'fixed',
          label: back ? 'Fixed: check again' : 'Fixed: go on',
          port: 'fixed',
          tone: 'positive',
          ...back,
        },
        { name: 'waived', label: 'Waive', port: 'waived', tone: 'negative' },
      ],
      ...(params.priority === undefined ? {} : { priority: params.priority }),
      ...(params.dueIn === undefined ? {} : { dueAt: now + params.dueIn }),
      ...(params.remindEvery === undefined ? {} : { remindEveryMs: params.remindEvery }),
      ...(params.escalation
        ? {
            escalation: params.escalation.map(({ after, group }) => ({
              afterMs: after,
              to: { users: [], groups: [group] },
            })),
          }
        : {}),
      ...(params.maskedFacts ? { maskedFacts: params.maskedFacts.map((fact) => fact.label) } : {}),
      // An amount that nobody can count is no value; the problem itself must not be lost over it.
      ...(amount !== undefined && currency ? { valueAtStake: { amount, currency } } : {}),
    };
    return {
      do: 'wait-task',
      task,
      ...(timeout === undefined ? {} : { until: now + timeout }),
      expiredPort: 'expired',
    };
  },
});
