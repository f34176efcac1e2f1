import type { TaskDecision } from '@waybill/store';
import { describe, expect, it } from 'vitest';
import type { Person } from './task-rules.ts';
import { reachedOutcome, standingOf, whyNot, whyNotAssignable, whyNotDelegable } from './task-rules.ts';
import { aTask as task } from './testing.ts';

const person = (id: string, name: string, groups: string[] = []): Person => ({
  id,
  email: `${name.toLowerCase()}@example.com`,
  name,
  groups,
  standsInFor: [],
});
const anna = person('us_1', 'Anna');
const ben = person('us_2', 'Ben', ['finance']);
const carla = person('us_3', 'Carla');
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

describe('deciding for somebody else', () => {
  const forAnna: Person = { ...carla, standsInFor: [anna] };
  const handed = (from: Person, to: Person) => ({
    from: { id: from.id, name: from.name },
    to: { id: to.id, name: to.name },
    at: 1,
  });

  it('lets a deputy decide what is addressed by name to somebody who is away, in their right', () => {
    expect(standingOf(task(), carla, true)).toMatchObject({ ok: false });
    expect(standingOf(task(), forAnna, true)).toEqual({ ok: true, for: { id: 'us_1', name: 'Anna' } });
    expect(standingOf(task({ users: [], claimedBy: 'us_1' }), forAnna, true)).toMatchObject({ ok: true });
  });
  it('gives a deputy nothing of what is only addressed to a group of the absent', () => {
    const away = { ...carla, standsInFor: [ben] };
    expect(whyNot(task({ users: [] }, { requester: null }), away, true)).toMatch(/other people/);
  });
  it('never makes whoever asked an approver: not as deputy, not by delegation, not through anybody', () => {
    expect(whyNot(task({ groups: [] }), { ...ben, standsInFor: [anna] }, true)).toMatch(/own request/);
    expect(whyNot(task({ delegations: [handed(anna, ben)] }), ben, true)).toMatch(/own request/);
    // Whoever stands in for the requester has no right of theirs to use.
    expect(whyNot(task({ users: ['us_2'], groups: [] }), { ...carla, standsInFor: [ben] }, true)).toMatch(
      /other people/,
    );
    expect(whyNotDelegable(task(), anna, ben, true)).toMatch(/own request/);
    for (const requester of ['us_2', 'BEN@example.com', ' ben ', 'Ben Ott <Ben@Example.com>'])
      expect(whyNot(task({}, { requester }), ben, true)).toMatch(/own request/);
  });
  it('takes a delegated decision from the delegate and no longer from its owner', () => {
    const delegated = task({ delegations: [handed(anna, carla)] });
    expect(whyNot(delegated, anna, true)).toMatch(/handed this decision to Carla/);
    expect(standingOf(delegated, carla, true)).toEqual({ ok: true, for: { id: 'us_1', name: 'Anna' } });
  });
  it('uses each right once: owner, deputy and delegate do not count as several', () => {
    const twoNeeded = task({ needed: 2 });
    const byDeputy = { ...decision('us_3', 'approved'), for: { id: 'us_1', name: 'Anna' } };
    expect(whyNot({ ...twoNeeded, decisions: [byDeputy] }, anna, true)).toMatch(/us_3 has decided for you/);
    expect(whyNot({ ...twoNeeded, decisions: [byDeputy] }, forAnna, true)).toMatch(/decided already/);
    expect(whyNot({ ...twoNeeded, decisions: [decision('us_1', 'approved')] }, forAnna, true)).toMatch(/other people/);
  });
  it('hands a decision only to people who may decide and have not', () => {
    expect(whyNotDelegable(task(), anna, anna, true)).toMatch(/themselves/);
    expect(whyNotDelegable(task(), anna, carla, false)).toMatch(/roles of Carla/);
    expect(whyNotDelegable(task({ decisions: [decision('us_3', 'approved')] }), anna, carla, true)).toMatch(/already/);
    expect(whyNotDelegable(task(), anna, carla, true)).toBeNull();
  });
  it('assigns over the claim of somebody else, but to nobody who could not decide', () => {
    expect(whyNotAssignable(task({ claimedBy: 'us_9' }), anna, true)).toBeNull();
    expect(whyNotAssignable(task(), carla, true)).toMatch(/other people/);
    expect(whyNotAssignable(task(), ben, true)).toMatch(/own request/);
  });
});
