import { nodeContract, runNode, TEST_NOW } from '@waybill/node-sdk/contract';
import { expect, it } from 'vitest';
import { raiseException } from './raise-exception.ts';

nodeContract(raiseException, {
  fixtures: [
    { name: 'raises', params: { problem: 'The invoice could not be created' }, expect: { do: 'wait-task' } },
    { name: 'refuses to say nothing', params: {}, expect: { error: 'PROBLEM_UNNAMED' } },
  ],
});

it('says an error in the words of the business when it is wired to an error port', async () => {
  const error = {
    code: 'NETSUITE_NOT_FOUND',
    what: 'NetSuite does not know customer 4711 (404).',
    fix: 'Check the id.',
    owner: 'user',
    engine: 'stop',
  };
  const { outcome } = await runNode(raiseException, { params: {}, input: { in: error } });
  expect(outcome).toMatchObject({
    do: 'wait-task',
    expiredPort: 'expired',
    task: {
      kind: 'exception',
      title: 'Something could not be done: something it refers to is not there',
      description: 'NetSuite does not know customer 4711 (404). Check the id.',
      assignees: { users: [], groups: [] },
      exception: {
        class: 'missing-reference',
        fingerprint: 'netsuite_not_found netsuite does not know customer # (#).',
      },
    },
  });
});

it('turns its fields into the card of the exception desk', async () => {
  const { outcome } = await runNode(raiseException, {
    params: {
      problem: 'Project P-1042 cannot be billed',
      subject: 'P-1042 Harbour audit',
      subjectKind: 'Project',
      class: 'period-closed',
      likelyCause: 'October is closed.',
      afterFix: 'The invoice is sent.',
      groups: [{ name: 'billing' }],
      priority: 'high',
      dueIn: 1_000,
      timeout: 5_000,
      escalation: [{ after: 2_000, group: 'controllers' }],
      amount: 12_000,
      currency: 'EUR',
      facts: { Rate: 180 },
      maskedFacts: [{ label: 'Rate' }],
      links: [{ label: 'Project', url: 'https://psa.example/p/1042' }],
      form: [{ name: 'date', label: 'Posting date', kind: 'date', required: true }],
    },
  });
  expect(outcome).toMatchObject({
    until: TEST_NOW + 5_000,
    task: {
      title: 'Project P-1042 cannot be billed',
      assignees: { users: [], groups: ['billing'] },
      priority: 'high',
      dueAt: TEST_NOW + 1_000,
      valueAtStake: { amount: 12_000, currency: 'EUR' },
      maskedFacts: ['Rate'],
      escalation: [{ afterMs: 2_000, to: { users: [], groups: ['controllers'] } }],
      form: { fields: [{ name: 'date', required: true }] },
      exception: {
        class: 'period-closed',
        subject: { kind: 'Project', label: 'P-1042 Harbour audit' },
        likelyCause: 'October is closed.',
        afterFix: 'The invoice is sent.',
        links: [{ label: 'Project', url: 'https://psa.example/p/1042' }],
      },
    },
  });
});

it('raises the problem even when an amount has no currency', async () => {
  const { outcome } = await runNode(raiseException, { params: { problem: 'Not billed', amount: 5 } });
  expect(outcome).toMatchObject({ do: 'wait-task' });
  expect('task' in outcome && outcome.task.valueAtStake).toBe(undefined);
});
