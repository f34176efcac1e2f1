import type { TaskRequest } from '@waybill/node-sdk';
import { nodeContract, runNode, TEST_NOW } from '@waybill/node-sdk/contract';
import { expect, it } from 'vitest';
import { raiseException } from './raise-exception.ts';

nodeContract(raiseException, {
  fixtures: [
    { name: 'raises', params: { problem: 'The invoice could not be created' }, expect: { do: 'wait-task' } },
    {
      name: 'refuses to check again without saying what',
      params: { problem: 'The deal is not complete', whenFixed: 'check-again' },
      expect: { error: 'STEP_TO_CHECK_UNNAMED' },
    },
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

it('asks to go back to the check, with the fields that the form corrects', async () => {
  const { outcome } = await runNode(raiseException, {
    params: {
      problem: 'The deal cannot become a project',
      whenFixed: 'check-again',
      backTo: 'check',
      form: [
        { name: 'taxId', label: 'Tax id', kind: 'text', required: true, corrects: 'customer.taxId' },
        { name: 'note', label: 'Note', kind: 'text' },
      ],
    },
  });
  expect(outcome).toMatchObject({
    task: {
      form: { fields: [{ name: 'taxId', corrects: 'customer.taxId' }, { name: 'note' }] },
      outcomes: [{ name: 'fixed', label: 'Fixed: check again', backTo: 'check' }, { name: 'waived' }],
    },
  });
  const { task } = outcome as { task: TaskRequest };
  expect(task.form.fields[1]).not.toHaveProperty('corrects');
  expect(task.outcomes[1]).not.toHaveProperty('backTo');
});

it('goes on by its port unless it is told to check again', async () => {
  const { outcome } = await runNode(raiseException, { params: { problem: 'Late', backTo: 'check' } });
  expect((outcome as { task: TaskRequest }).task.outcomes[0]).toEqual({
    ...{ name: 'fixed', label: 'Fixed: go on', port: 'fixed', tone: 'positive' },
  });
});
