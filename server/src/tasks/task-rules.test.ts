import type { TaskDecision, TaskRecord } from '@waybill/store';
import { describe, expect, it } from 'vitest';
import { commentMissing, formFaults, reachedOutcome, whyNot } from './task-rules.ts';

const task = (changes: Partial<TaskRecord> = {}, content: Partial<TaskRecord['content']> = {}): TaskRecord => ({
  id: 't',
  status: 'open',
  runId: 'r',
  flowId: 'f',
  step: 's',
  businessKey: null,
  correlationId: 'c',
  users: ['anna@example.com'],
  groups: ['finance'],
  claimedBy: null,
  openedAt: 1,
  dueAt: null,
  expiresAt: null,
  closedAt: null,
  needed: 1,
  decisions: [],
  priority: 'normal',
  followUpAt: null,
  watchers: [],
  nextActAt: null,
  escalated: 0,
  notes: [],
  attachments: [],
  exceptionClass: null,
  fingerprint: null,
  amount: null,
  currency: null,
  origin: 'run',
  ...changes,
  content: {
    kind: 'approval',
    title: 'Approve',
    description: '',
    requester: 'ben@example.com',
    selfApproval: false,
    facts: [],
    valueAtStake: null,
    form: { fields: [] },
    commentRequired: 'on-reject',
    outcomes: [
      { name: 'approved', label: 'Approve', tone: 'positive' },
      { name: 'rejected', label: 'Reject', tone: 'negative' },
    ],
    ...content,
  },
});
const anna = { id: 'us_1', email: 'anna@example.com', name: 'Anna', groups: [] };
const ben = { id: 'us_2', email: 'ben@example.com', name: 'Ben', groups: ['finance'] };
const decision = (by: string, outcome: string): TaskDecision => ({
  by,
  byName: by,
  outcome,
  comment: null,
  form: {},
  at: 1,
});

describe('who may decide', () => {
  it('lets in people named by address, id or group', () => {
    expect(whyNot(task(), anna, true)).toBeNull();
    expect(whyNot(task({ users: ['us_1'], groups: [] }), anna, true)).toBeNull();
    expect(whyNot(task({ users: [] }), { ...anna, groups: ['finance'] }, true)).toBeNull();
    expect(whyNot(task({ users: [], groups: ['other'] }), anna, true)).toMatch(/other people/);
  });
  it('keeps requesters from their own requests unless the task says otherwise', () => {
    expect(whyNot(task(), ben, true)).toMatch(/own request/);
    expect(whyNot(task({}, { selfApproval: true }), ben, true)).toBeNull();
  });
  it('keeps out who lacks the permission, has decided, or comes second to a claim', () => {
    expect(whyNot(task(), anna, false)).toMatch(/roles/);
    expect(whyNot(task({ decisions: [decision('us_1', 'approved')] }), anna, true)).toMatch(/decided already/);
    expect(whyNot(task({ claimedBy: 'us_9' }), anna, true)).toMatch(/claimed/);
    expect(whyNot(task({ claimedBy: 'us_1' }), anna, true)).toBeNull();
  });
  it('names who has decided a closed task', () => {
    expect(whyNot(task({ status: 'decided', decisions: [decision('Carla', 'approved')] }), anna, true)).toMatch(
      /Carla/,
    );
  });
});

it('needs as many approvals as the task says, and one rejection', () => {
  const { content } = task();
  expect(reachedOutcome(content, 2, [decision('a', 'approved')])).toBeNull();
  expect(reachedOutcome(content, 2, [decision('a', 'approved'), decision('b', 'approved')])?.by).toBe('b');
  expect(reachedOutcome(content, 2, [decision('a', 'approved'), decision('b', 'rejected')])?.outcome).toBe('rejected');
});

it('asks for a comment where the task does', () => {
  expect(commentMissing(task().content, 'approved', undefined)).toBe(false);
  expect(commentMissing(task().content, 'rejected', '  ')).toBe(true);
  expect(commentMissing(task().content, 'rejected', 'too dear')).toBe(false);
  expect(commentMissing(task({}, { commentRequired: 'always' }).content, 'approved', '')).toBe(true);
});

it('lists everything wrong with a form', () => {
  const fields = [
    { name: 'entity', label: 'Entity', kind: 'choice' as const, options: ['DE', 'UK'], required: true },
    { name: 'amount', label: 'Amount', kind: 'number' as const },
    { name: 'from', label: 'From', kind: 'date' as const },
  ];
  expect(formFaults(fields, { entity: 'DE', amount: 3, from: '2026-11-20' })).toEqual([]);
  const faults = formFaults(fields, { entity: 'FR', amount: 'many', from: '20.11.', stray: 1 });
  expect(faults.map((fault) => fault.path).sort()).toEqual(['form.amount', 'form.entity', 'form.from', 'form.stray']);
  expect(formFaults(fields, {})).toHaveLength(1);
  expect(formFaults(fields, {}, true)).toEqual([]);
  expect(formFaults(fields, { amount: 'many' }, true)).toHaveLength(1);
});
