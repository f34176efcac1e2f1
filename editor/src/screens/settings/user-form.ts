import type { BodyOf, Role, Routes, User } from '@waybill/api-contract';
import { roleNames } from '@waybill/api-contract';

export interface UserForm {
  name: string;
  email: string;
  roles: readonly Role[];
  /** As typed: names separated by commas or blanks. */
  groups: string;
  /** User id; empty: nobody. */
  managerId: string;
  /** Empty: leave as it is. */
  password: string;
  disabled: boolean;
}

/** What a role lets a person do, in words. */
export const roleWords: Record<Role, { title: string; about: string }> = {
  viewer: { title: 'Viewer', about: 'Sees flows, runs, tasks and tables.' },
  operator: { title: 'Operator', about: 'Watches runs and acts on them: pause, retry, skip, cancel.' },
  analyst: { title: 'Analyst', about: 'Draws and publishes flows, edits tables.' },
  engineer: { title: 'Engineer', about: 'Analyst and operator, plus connections and API keys.' },
  finance: { title: 'Finance', about: 'Decides tasks, edits tables, reads the audit log.' },
  sender: { title: 'Sender of files', about: 'For keys of other systems: sends files in, sees nothing.' },
  admin: { title: 'Administrator', about: 'Everything, including users.' },
};

/** Roles a person can have; a sender is a system. */
export const personRoles: readonly Role[] = roleNames.filter((role) => role !== 'sender');

export const roleTitles = (roles: readonly Role[]): string => roles.map((role) => roleWords[role].title).join(', ');

export const shortestPassword = 10;

export const startForm = (user: User | null): UserForm => ({
  name: user?.name ?? '',
  email: user?.email ?? '',
  roles: user?.roles ?? ['viewer'],
  groups: user?.groups.join(', ') ?? '',
  managerId: user?.managerId ?? '',
  password: '',
  disabled: user?.disabled ?? false,
});

/** Group names out of a typed list: each once, in the order typed. Pure. */
export const groupsOf = (typed: string): string[] => [...new Set(typed.split(/[\s,;]+/).filter(Boolean))];

/** Why a new password will not do, or undefined. Pure. */
export function passwordFault(password: string): string | undefined {
  if (password.length < shortestPassword) return `Take at least ${shortestPassword} characters.`;
  return password.length > 200 ? 'Take at most 200 characters.' : undefined;
}

/** Faults by field. `fresh`: the account does not exist yet, so it needs an address and a password. Pure. */
export function userFaults(form: UserForm, fresh: boolean): Partial<Record<keyof UserForm, string>> {
  const faults: Partial<Record<keyof UserForm, string>> = {};
  if (form.name.trim() === '') faults.name = 'Enter the name.';
  if (fresh && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(form.email.trim())) faults.email = 'Enter a whole e-mail address.';
  if (form.roles.length === 0) faults.roles = 'Choose at least one role.';
  const long = groupsOf(form.groups).find((group) => group.length > 64);
  if (long) faults.groups = `“${long.slice(0, 20)}…” is too long; a group has at most 64 characters.`;
  const password = fresh || form.password !== '' ? passwordFault(form.password) : undefined;
  if (password) faults.password = password;
  return faults;
}

/** Only what differs from the account as it is, so that a change made elsewhere meanwhile stays. Pure. */
export function changesOf(user: User, form: UserForm): BodyOf<Routes['updateUser']> {
  const groups = groupsOf(form.groups);
  const same = (a: readonly string[], b: readonly string[]) =>
    a.length === b.length && a.every((one) => b.includes(one));
  return {
    ...(form.name.trim() === user.name ? {} : { name: form.name.trim() }),
    ...(same(form.roles, user.roles) ? {} : { roles: [...form.roles] }),
    ...(same(groups, user.groups) ? {} : { groups }),
    ...(form.managerId === (user.managerId ?? '') ? {} : { managerId: form.managerId || null }),
    ...(form.disabled === user.disabled ? {} : { disabled: form.disabled }),
    ...(form.password === '' ? {} : { password: form.password }),
  };
}
