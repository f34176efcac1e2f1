import type { JsonObject, TaskPriority, TaskRequest } from '@waybill/node-sdk';
import { nodeError, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { formFieldItem, taskForm } from './form-fields.ts';

/** What the engine emits once a person has decided. */
export const decision = port(
  z.object({
    outcome: z.string(),
    by: z.string(),
    comment: z.string().nullish(),
    form: z.record(z.string(), z.unknown()).nullish(),
    input: z.unknown(),
  }),
  'Decision',
);

/** The fields that approvals and fixing tasks share. */
export const taskParams = {
  title: param.text({ label: 'Title', help: 'What the person sees in the inbox.', maxLength: 200 }),
  description: param.text({ label: 'Description', help: 'Markdown.', multiline: true, optional: true }),
  users: param.people({ label: 'People', help: 'Any of them may act.', optional: true, group: 'Who' }),
  groups: param.list({
    label: 'Groups',
    help: 'Role or group names, as text or from data; any member may act.',
    item: { name: param.text({ label: 'Group' }) },
    optional: true,
    group: 'Who',
  }),
  managersOf: param.people({
    label: 'Managers of',
    help: 'Whoever leads these people is asked, as set under Settings. Addresses may come from data.',
    optional: true,
    group: 'Who',
  }),
  dueIn: param.duration({
    label: 'Due in',
    help: 'Those asked are told before, and when it has passed.',
    optional: true,
    group: 'Time',
  }),
  timeout: param.duration({
    label: 'Give up after',
    help: 'Then the flow goes the way called Time is up. Empty: without end.',
    optional: true,
    group: 'Time',
  }),
  remindEvery: param.duration({
    label: 'Remind every',
    help: 'As long as nobody has decided.',
    minMs: 60_000,
    optional: true,
    group: 'Time',
  }),
  escalation: param.list({
    label: 'Escalation',
    help: 'Who is asked besides when it stays open. Each step raises the priority.',
    item: {
      after: param.duration({ label: 'After', minMs: 60_000 }),
      people: param.people({ label: 'People', optional: true }),
      group: param.text({ label: 'Group', optional: true }),
    },
    optional: true,
    group: 'Time',
  }),
  priority: param.choice({
    label: 'Priority',
    options: [
      { value: 'low', label: 'Low' },
      { value: 'normal', label: 'Normal' },
      { value: 'high', label: 'High' },
      { value: 'urgent', label: 'Urgent' },
    ],
    default: 'normal',
  }),
  facts: param.mapping({
    label: 'Facts shown',
    help: 'Label and value, to decide without leaving the inbox.',
    optional: true,
  }),
  maskedFacts: param.list({
    label: 'Hidden facts',
    help: 'Labels of facts that only people who may see masked data can reveal, with a reason.',
    item: { label: param.text({ label: 'Label of the fact' }) },
    optional: true,
  }),
  amount: param.number({ label: 'Value at stake', optional: true, group: 'Value' }),
  currency: param.text({ label: 'Currency', placeholder: 'EUR', optional: true, group: 'Value' }),
  form: param.list({ label: 'Form', help: 'What the person fills in.', item: formFieldItem, optional: true }),
};

interface EscalationRow {
  readonly after: number;
  readonly people: string[] | undefined;
  readonly group: string | undefined;
}

interface TaskValues {
  readonly title: string;
  readonly description: string | undefined;
  readonly users: string[] | undefined;
  readonly groups: readonly { readonly name: string }[] | undefined;
  readonly managersOf: string[] | undefined;
  readonly dueIn: number | undefined;
  readonly remindEvery: number | undefined;
  readonly escalation: readonly EscalationRow[] | undefined;
  readonly priority: TaskPriority;
  readonly maskedFacts: readonly { readonly label: string }[] | undefined;
  readonly facts: JsonObject | undefined;
  readonly amount: number | undefined;
  readonly currency: string | undefined;
  readonly form: Parameters<typeof taskForm>[0] | undefined;
}

type TaskBasics = Pick<
  TaskRequest,
  | 'title'
  | 'description'
  | 'assignees'
  | 'dueAt'
  | 'facts'
  | 'valueAtStake'
  | 'form'
  | 'remindEveryMs'
  | 'escalation'
  | 'priority'
  | 'maskedFacts'
>;

/**
 * The part of a task that both kinds of task share.
 * @throws {FlowError} ASSIGNEES_MISSING if neither a person nor a group is named, or a step of the escalation names
 * nobody; CURRENCY_MISSING for an amount without one.
 */
export function taskBasics(params: TaskValues, now: number): TaskBasics {
  const { managersOf = [], remindEvery, priority, maskedFacts = [] } = params;
  const assignees = {
    users: params.users ?? [],
    groups: (params.groups ?? []).map((group) => group.name),
    ...(managersOf.length > 0 ? { managersOf } : {}),
  };
  const escalation = (params.escalation ?? []).map((row) => escalationStep(params.title, row));
  if (assignees.users.length + assignees.groups.length + managersOf.length === 0)
    throw nodeError('ASSIGNEES_MISSING', {
      what: `Task "${params.title}" names nobody who could decide it.`,
      fix: 'Name at least one person or group; if the name comes from data, check that data.',
      owner: 'user',
      engine: 'stop',
    });
  return {
    title: params.title,
    description: params.description ?? '',
    assignees,
    facts: Object.entries(params.facts ?? {}).map(([label, value]) => ({ label, value })),
    form: taskForm(params.form ?? []),
    ...(params.dueIn === undefined ? {} : { dueAt: now + params.dueIn }),
    ...(remindEvery === undefined ? {} : { remindEveryMs: remindEvery }),
    ...(escalation.length === 0 ? {} : { escalation: escalation.sort((a, b) => a.afterMs - b.afterMs) }),
    ...(priority === 'normal' ? {} : { priority }),
    ...(maskedFacts.length === 0 ? {} : { maskedFacts: maskedFacts.map((fact) => fact.label) }),
    ...(params.amount === undefined ? {} : { valueAtStake: money(params.amount, params.currency) }),
  };
}

function escalationStep(title: string, { after, people = [], group }: EscalationRow) {
  const to = { users: people, groups: group ? [group] : [] };
  if (to.users.length + to.groups.length > 0) return { afterMs: after, to };
  throw nodeError('ASSIGNEES_MISSING', {
    what: `A step of the escalation of task "${title}" names nobody.`,
    fix: 'Name people or a group in each step; if the name comes from data, check that data.',
    owner: 'user',
    engine: 'stop',
  });
}

function money(amount: number, currency: string | undefined): { amount: number; currency: string } {
  if (currency) return { amount, currency };
  throw nodeError('CURRENCY_MISSING', {
    what: `The value at stake (${amount}) has no currency.`,
    fix: 'Set the currency next to the amount.',
    owner: 'user',
    engine: 'stop',
  });
}
