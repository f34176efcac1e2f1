import type { JsonObject, TaskRequest } from '@waybill/node-sdk';
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
    help: 'Role or group names; any member may act.',
    item: { name: param.text({ label: 'Group' }) },
    optional: true,
    group: 'Who',
  }),
  dueIn: param.duration({
    label: 'Due in',
    help: 'Shown in the inbox; nothing happens by itself.',
    optional: true,
    group: 'Time',
  }),
  timeout: param.duration({
    label: 'Give up after',
    help: 'Then the flow goes the way called Time is up. Empty: without end.',
    optional: true,
    group: 'Time',
  }),
  facts: param.mapping({
    label: 'Facts shown',
    help: 'Label and value, to decide without leaving the inbox.',
    optional: true,
  }),
  amount: param.number({ label: 'Value at stake', optional: true, group: 'Value' }),
  currency: param.text({ label: 'Currency', placeholder: 'EUR', optional: true, group: 'Value' }),
  form: param.list({ label: 'Form', help: 'What the person fills in.', item: formFieldItem, optional: true }),
};

interface TaskValues {
  readonly title: string;
  readonly description: string | undefined;
  readonly users: string[] | undefined;
  readonly groups: readonly { readonly name: string }[] | undefined;
  readonly dueIn: number | undefined;
  readonly facts: JsonObject | undefined;
  readonly amount: number | undefined;
  readonly currency: string | undefined;
  readonly form: Parameters<typeof taskForm>[0] | undefined;
}

/**
 * The part of a task that both kinds of task share.
 * @throws {FlowError} ASSIGNEES_MISSING if neither a person nor a group is named; CURRENCY_MISSING for an amount without one.
 */
export function taskBasics(
  params: TaskValues,
  now: number,
): Pick<TaskRequest, 'title' | 'description' | 'assignees' | 'dueAt' | 'facts' | 'valueAtStake' | 'form'> {
  const assignees = { users: params.users ?? [], groups: (params.groups ?? []).map((group) => group.name) };
  if (assignees.users.length + assignees.groups.length === 0)
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
    ...(params.amount === undefined ? {} : { valueAtStake: money(params.amount, params.currency) }),
  };
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
