import type { User } from '@waybill/api-contract';
import { describe, expect, it } from 'vitest';
import { changesOf, groupsOf, startForm, userFaults } from './user-form.ts';

const mira: User = {
  id: 'us-1',
  email: 'mira@example.com',
  name: 'Mira',
  roles: ['viewer', 'finance'],
  groups: ['finance-approvers'],
  managerId: null,
  absence: null,
  disabled: false,
  createdAt: 0,
  lastSeenAt: null,
};

describe('the user form', () => {
  it('takes group names however they are separated, each once', () => {
    expect(groupsOf(' deal-desk, finance;deal-desk\nlegal ')).toEqual(['deal-desk', 'finance', 'legal']);
  });

  it('asks a new account for name, address, role and password', () => {
    const empty = { ...startForm(null), roles: [] };
    expect(Object.keys(userFaults(empty, true)).sort()).toEqual(['email', 'name', 'password', 'roles']);
  });

  it('lets an existing account keep its password, but refuses a short new one', () => {
    expect(userFaults(startForm(mira), false)).toEqual({});
    expect(userFaults({ ...startForm(mira), password: 'short' }, false)).toHaveProperty('password');
  });

  it('sends only what was changed, whatever the order of roles', () => {
    expect(changesOf(mira, { ...startForm(mira), roles: ['finance', 'viewer'] })).toEqual({});
    expect(changesOf(mira, { ...startForm(mira), groups: 'finance-approvers, legal', disabled: true })).toEqual({
      groups: ['finance-approvers', 'legal'],
      disabled: true,
    });
  });
});
