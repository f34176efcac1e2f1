import type { ExceptionClass, ExceptionFacts, JsonValue, TaskRequest } from '@waybill/node-sdk';
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
    help: 'Then the flow goes the way called Time is up. Empty: without end.',
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
  form: param.list({ label: 'Form', help: 'What is to be put right.', item: formFieldItem, optional: true }),
};

/** Hands a business problem to its owner and waits; takes what an error port sends as it is. */
export const raiseException = defineNode({
  type: 'core.raise-exception',
  version: 1,
  title: 'Raise an exception',
  description:
    'Puts a business problem on the exception desk, with owner, value and clock, and waits until it is fixed.',
  kind: 'approval',
  app: 'People',
  icon: 'triangle-alert',
  synonyms: ['problem', 'error', 'escalate', 'repair', 'fix', 'dead letter', 'exception desk', 'hold'],
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
      form: taskForm(params.form ?? []),
      commentRequired: 'on-reject',
      exception,
      outcomes: [
        { name: 'fixed', label: 'Fixed: go on', port: 'fixed', tone: 'positive' },
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
