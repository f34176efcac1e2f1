import { nodeContract, runNode, TEST_NOW } from '@waybill/node-sdk/contract';
import { expect, it } from 'vitest';
import { approval } from './approval.ts';

const asked = { title: 'Approve deal', users: ['dana@firm.example'] };

nodeContract(approval, {
  fixtures: [
    { name: 'asks', params: asked, expect: { do: 'wait-task' } },
    { name: 'refuses to ask nobody', params: { title: 'Approve' }, expect: { error: 'ASSIGNEES_MISSING' } },
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
