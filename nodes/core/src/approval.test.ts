import { nodeContract, runNode, TEST_NOW } from '@waybill/node-sdk/contract';
import { expect, it } from 'vitest';
import { approval } from './approval.ts';

const asked = { title: 'Approve deal', users: ['dana@firm.example'] };

nodeContract(approval, {
  fixtures: [
    { name: 'asks', params: asked, expect: { do: 'wait-task' } },
    { name: 'refuses to ask nobody', params: { title: 'Approve' }, expect: { error: 'ASSIGNEES_MISSING' } },
    {
      name: 'asks the manager of somebody',
      params: { title: 'Approve', managersOf: ['a@b.c'] },
      expect: { do: 'wait-task' },
    },
    {
      name: 'refuses an escalation to nobody',
      params: { ...asked, escalation: [{ after: 3_600_000 }] },
      expect: { error: 'ASSIGNEES_MISSING' },
    },
    { name: 'refuses money without currency', params: { ...asked, amount: 5 }, expect: { error: 'CURRENCY_MISSING' } },
  ],
});

it('never lets the requester decide unless told so', async () => {
  const { outcome } = await runNode(approval, { params: { ...asked, requester: 'lee@firm.example' } });
  expect(outcome).toMatchObject({ task: { requester: 'lee@firm.example', selfApproval: false, needed: 1 } });
});

it('turns its fields into what the inbox shows', async () => {
  const { outcome } = await runNode(approval, {
    params: {
      ...asked,
      groups: [{ name: 'finance' }],
      needed: 2,
      dueIn: 1_000,
      timeout: 2_000,
      facts: { Margin: '31 %' },
      amount: 120_000,
      currency: 'EUR',
      form: [
        { name: 'entity', label: 'Entity', kind: 'choice', options: 'DE01, US01', required: true },
        { name: 'note', label: 'Note', kind: 'text', default: 'ok' },
        { name: 'card', label: 'Card', kind: 'choice', options: ['A', 'B'] },
      ],
      commentRequired: 'always',
    },
  });
  expect(outcome).toEqual({
    do: 'wait-task',
    task: {
      kind: 'approval',
      title: 'Approve deal',
      description: '',
      assignees: { users: ['dana@firm.example'], groups: ['finance'] },
      needed: 2,
      selfApproval: false,
      dueAt: TEST_NOW + 1_000,
      facts: [{ label: 'Margin', value: '31 %' }],
      valueAtStake: { amount: 120_000, currency: 'EUR' },
      form: {
        fields: [
          { name: 'entity', label: 'Entity', kind: 'choice', options: ['DE01', 'US01'], required: true },
          { name: 'note', label: 'Note', kind: 'text', default: 'ok' },
          { name: 'card', label: 'Card', kind: 'choice', options: ['A', 'B'] },
        ],
      },
      commentRequired: 'always',
      outcomes: [
        { name: 'approved', label: 'Approve', port: 'approved', tone: 'positive' },
        { name: 'rejected', label: 'Reject', port: 'rejected', tone: 'negative' },
      ],
    },
    until: TEST_NOW + 2_000,
    expiredPort: 'expired',
  });
});

it('hands on reminders, the escalation in order, the priority and what to hide', async () => {
  const { outcome } = await runNode(approval, {
    params: {
      ...asked,
      managersOf: ['lee@firm.example'],
      remindEvery: 3_600_000,
      escalation: [
        { after: 86_400_000, people: ['cfo@firm.example'] },
        { after: 14_400_000, group: 'finance-leads' },
      ],
      priority: 'high',
      facts: { Salary: 80_000 },
      maskedFacts: [{ label: 'Salary' }],
    },
  });
  expect(outcome).toMatchObject({
    task: {
      assignees: { managersOf: ['lee@firm.example'] },
      remindEveryMs: 3_600_000,
      escalation: [
        { afterMs: 14_400_000, to: { users: [], groups: ['finance-leads'] } },
        { afterMs: 86_400_000, to: { users: ['cfo@firm.example'], groups: [] } },
      ],
      priority: 'high',
      maskedFacts: ['Salary'],
    },
  });
});
