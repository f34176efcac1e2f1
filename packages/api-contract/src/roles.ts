import { z } from 'zod';

export const roleNames = ['viewer', 'operator', 'analyst', 'engineer', 'finance', 'sender', 'admin'] as const;
export const roleSchema = z.enum(roleNames);
export type Role = z.infer<typeof roleSchema>;

/** What a route or a screen asks for; roles are sets of these. */
export const permissionNames = [
  'flows.read',
  'flows.edit',
  'flows.publish',
  'runs.read',
  'runs.data',
  'runs.start',
  'runs.act',
  'filters.share',
  'tasks.read',
  'tasks.decide',
  'tasks.all',
  'exceptions.all',
  'exceptions.route',
  'data.reveal',
  'connections.read',
  'connections.edit',
  'connections.act',
  'tables.read',
  'tables.edit',
  'crosswalk.read',
  'files.read',
  'files.add',
  'files.remove',
  'audit.read',
  'users.manage',
  'keys.manage',
  'notifications.manage',
  'system.read',
] as const;
export type Permission = (typeof permissionNames)[number];

const viewer: Permission[] = ['flows.read', 'runs.read', 'tasks.read', 'tables.read'];
const operator: Permission[] = [
  ...viewer,
  'runs.data',
  'runs.start',
  'runs.act',
  'filters.share',
  'tasks.decide',
  'exceptions.all',
  'connections.read',
  'connections.act',
  'crosswalk.read',
  'files.read',
  'files.add',
  'files.remove',
  'system.read',
];
const analyst: Permission[] = [
  ...viewer,
  'flows.edit',
  'flows.publish',
  'runs.data',
  'runs.start',
  'tasks.decide',
  'connections.read',
  'tables.edit',
  'crosswalk.read',
  'files.read',
  'files.add',
  'files.remove',
];
const engineer: Permission[] = [
  ...new Set([...analyst, ...operator, 'connections.edit', 'keys.manage', 'exceptions.route'] as Permission[]),
];
const finance: Permission[] = [
  ...viewer,
  'filters.share',
  'runs.data',
  'tasks.decide',
  'data.reveal',
  'tables.edit',
  'crosswalk.read',
  'files.read',
  'files.add',
  'audit.read',
];

/** For the key of another system that sends files in: it may do nothing else, and see nothing. */
const sender: Permission[] = ['files.add'];

/** The whole access policy in one table. Membership of several roles adds up. */
export const rolePermissions: Record<Role, readonly Permission[]> = {
  viewer,
  operator,
  analyst,
  engineer,
  finance,
  sender,
  admin: permissionNames,
};

export const permissionsOf = (roles: readonly Role[]): Set<Permission> =>
  new Set(roles.flatMap((role) => rolePermissions[role]));
