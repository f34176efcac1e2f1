import { z } from 'zod';
import { epochMs, noContent, pageOf, pageQuery } from './common.ts';
import { roleSchema } from './roles.ts';
import { route } from './route.ts';
import { personSchema } from './tasks.ts';

/** Out of office: tasks addressed to this person are also the deputy's to decide. */
export const absenceSchema = z.object({
  from: epochMs,
  /** The first moment back. */
  until: epochMs,
  deputyId: z.string().min(1).max(64),
});
export type Absence = z.infer<typeof absenceSchema>;

export const userSchema = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  roles: z.array(roleSchema),
  /** Free names used by approvals: `finance-approvers`, `delivery-leads`. */
  groups: z.array(z.string()),
  /** Who leads this person: tasks may ask "the manager of". */
  managerId: z.string().nullable(),
  absence: absenceSchema.nullable(),
  disabled: z.boolean(),
  createdAt: epochMs,
  lastSeenAt: epochMs.nullable(),
});
export type User = z.infer<typeof userSchema>;

export const meSchema = z.object({
  user: userSchema,
  permissions: z.array(z.string()),
  /** Sent back as `x-csrf-token` with every change. */
  csrfToken: z.string(),
  workspace: z.object({ name: z.string(), environment: z.enum(['dev', 'test', 'prod']), demo: z.boolean() }),
});
export type Me = z.infer<typeof meSchema>;

export const apiKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  roles: z.array(roleSchema),
  prefix: z.string(),
  createdAt: epochMs,
  createdBy: z.string(),
  lastUsedAt: epochMs.nullable(),
  expiresAt: epochMs.nullable(),
});
export type ApiKey = z.infer<typeof apiKeySchema>;

const userId = z.object({ userId: z.string() });
const password = z.string().min(10).max(200);

export const sessionRoutes = {
  signIn: route({
    method: 'POST',
    path: '/session',
    tag: 'Session',
    summary: 'Sign in with e-mail and password',
    access: 'public',
    body: z.strictObject({ email: z.string().max(254), password: z.string().max(200) }),
    reply: meSchema,
  }),
  signInByLink: route({
    method: 'POST',
    path: '/session/link',
    tag: 'Session',
    summary: 'Sign in with a one-time link',
    access: 'public',
    body: z.strictObject({ token: z.string().max(200) }),
    reply: meSchema,
  }),
  me: route({
    method: 'GET',
    path: '/session',
    tag: 'Session',
    summary: 'Who is signed in',
    access: 'signed-in',
    reply: meSchema,
  }),
  signOut: route({
    method: 'DELETE',
    path: '/session',
    tag: 'Session',
    summary: 'Sign out',
    access: 'signed-in',
    reply: noContent,
    status: 204,
  }),
  changePassword: route({
    method: 'PUT',
    path: '/session/password',
    tag: 'Session',
    summary: 'Change the own password',
    access: 'signed-in',
    body: z.strictObject({ current: z.string().max(200), next: password }),
    reply: noContent,
    status: 204,
  }),
  setAbsence: route({
    method: 'PUT',
    path: '/session/absence',
    tag: 'Session',
    summary: 'Be out of office with a deputy, or back with null',
    access: 'signed-in',
    body: z.strictObject({ absence: absenceSchema.nullable() }),
    reply: userSchema,
  }),
  listPeople: route({
    method: 'GET',
    path: '/people',
    tag: 'Session',
    summary: 'People by part of a name or address; with `id` that one, to name who was chosen before',
    access: 'tasks.decide',
    query: z.object({ text: z.string().max(100).optional(), id: z.string().max(64).optional() }),
    reply: z.object({ items: z.array(personSchema) }),
  }),
  listGroups: route({
    method: 'GET',
    path: '/people/groups',
    tag: 'Session',
    summary: 'Roles, and groups that somebody is in, by part of their name',
    access: 'tasks.decide',
    query: z.object({ text: z.string().max(64).optional() }),
    reply: z.object({ items: z.array(z.string()) }),
  }),
  setUserAbsence: route({
    method: 'PUT',
    path: '/users/:userId/absence',
    tag: 'Users',
    summary: 'Set the absence of somebody who cannot do it themselves, or end it with null',
    access: 'users.manage',
    params: userId,
    body: z.strictObject({ absence: absenceSchema.nullable(), reason: z.string().trim().min(1).max(1_000) }),
    reply: userSchema,
  }),
  listUsers: route({
    method: 'GET',
    path: '/users',
    tag: 'Users',
    summary: 'Users',
    access: 'users.manage',
    query: z.object({ ...pageQuery, text: z.string().max(100).optional() }),
    reply: pageOf(userSchema),
  }),
  createUser: route({
    method: 'POST',
    path: '/users',
    tag: 'Users',
    summary: 'Add a user',
    access: 'users.manage',
    status: 201,
    body: z.strictObject({
      email: z.email().max(254),
      name: z.string().min(1).max(120),
      password,
      roles: z.array(roleSchema).min(1),
      groups: z.array(z.string().max(64)).max(50).default([]),
      managerId: z.string().max(64).nullable().default(null),
    }),
    reply: userSchema,
  }),
  updateUser: route({
    method: 'PATCH',
    path: '/users/:userId',
    tag: 'Users',
    summary: 'Change roles, groups, name or access',
    access: 'users.manage',
    params: userId,
    body: z.strictObject({
      name: z.string().min(1).max(120).optional(),
      roles: z.array(roleSchema).min(1).optional(),
      groups: z.array(z.string().max(64)).max(50).optional(),
      managerId: z.string().max(64).nullable().optional(),
      disabled: z.boolean().optional(),
      password: password.optional(),
    }),
    reply: userSchema,
  }),
  listKeys: route({
    method: 'GET',
    path: '/api-keys',
    tag: 'API keys',
    summary: 'API keys',
    access: 'keys.manage',
    reply: z.object({ items: z.array(apiKeySchema) }),
  }),
  createKey: route({
    method: 'POST',
    path: '/api-keys',
    tag: 'API keys',
    summary: 'Make an API key; its secret is shown once',
    access: 'keys.manage',
    status: 201,
    body: z.strictObject({
      name: z.string().min(1).max(120),
      roles: z.array(roleSchema).min(1),
      expiresAt: epochMs.optional(),
    }),
    reply: z.object({ key: apiKeySchema, secret: z.string() }),
  }),
  revokeKey: route({
    method: 'DELETE',
    path: '/api-keys/:keyId',
    tag: 'API keys',
    summary: 'Revoke an API key',
    access: 'keys.manage',
    params: z.object({ keyId: z.string() }),
    reply: noContent,
    status: 204,
  }),
};
