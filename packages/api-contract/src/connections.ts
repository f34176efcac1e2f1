import { jsonValueSchema } from '@waybill/flow-model';
import { z } from 'zod';
import { epochMs, noContent, pageOf, pageQuery } from './common.ts';
import { callLimitsSchema, connectionPolicySchema, maintenanceEditSchema } from './connection-limits.ts';
import { route } from './route.ts';

export const connectionSchema = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  typeTitle: z.string(),
  /** Values of fields that are not secret; a set secret shows as `true` in `secretsSet`. */
  fields: z.record(z.string(), z.string()),
  secretsSet: z.array(z.string()),
  allowPrivateAddresses: z.boolean(),
  /** Roles bound to this connection in this environment. */
  roles: z.array(z.string()),
  usedByFlows: z.array(z.object({ id: z.string(), name: z.string() })),
  lastTest: z.object({ at: epochMs, ok: z.boolean(), what: z.string(), fix: z.string().nullable() }).nullable(),
  policy: connectionPolicySchema,
  updatedAt: epochMs,
  updatedBy: z.string(),
});
export type Connection = z.infer<typeof connectionSchema>;

export const roleBindingSchema = z.object({
  role: z.string(),
  connectionId: z.string().nullable(),
  usedByFlows: z.array(z.object({ id: z.string(), name: z.string() })),
});

export const tableSchema = z.object({
  name: z.string(),
  title: z.string(),
  keyColumns: z.array(z.string()),
  columns: z.array(z.string()),
  rows: z.array(
    z.object({
      validFrom: z.string().nullable(),
      validTo: z.string().nullable(),
      values: z.record(z.string(), jsonValueSchema),
    }),
  ),
  revision: z.int(),
  updatedAt: epochMs,
  updatedBy: z.string(),
});
export type LookupTable = z.infer<typeof tableSchema>;

export const crosswalkRowSchema = z.object({
  entity: z.string(),
  ids: z.record(z.string(), z.string()),
  createdAt: epochMs,
});
export const auditEntrySchema = z.object({
  seq: z.int(),
  at: epochMs,
  actor: z.string(),
  actorName: z.string(),
  action: z.string(),
  subject: z.string(),
  /** What people call the subject, where that is known now. */
  subjectName: z.string().nullable(),
  details: z.record(z.string(), jsonValueSchema),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

const connectionId = z.object({ connectionId: z.string().max(128) });
const fields = z.record(z.string(), z.string().max(20_000));

export const connectionRoutes = {
  listConnections: route({
    method: 'GET',
    path: '/connections',
    tag: 'Connections',
    summary: 'Connections',
    access: 'connections.read',
    query: z.object({ ...pageQuery, text: z.string().max(100).optional() }),
    reply: pageOf(connectionSchema),
  }),
  createConnection: route({
    method: 'POST',
    path: '/connections',
    tag: 'Connections',
    summary: 'Add a connection',
    access: 'connections.edit',
    status: 201,
    body: z.strictObject({
      name: z.string().min(1).max(120),
      type: z.string(),
      fields,
      allowPrivateAddresses: z.boolean().default(false),
      limits: callLimitsSchema.nullable().default(null),
      maintenance: maintenanceEditSchema.default([]),
    }),
    reply: connectionSchema,
  }),
  updateConnection: route({
    method: 'PATCH',
    path: '/connections/:connectionId',
    tag: 'Connections',
    summary: 'Change a connection; secrets left out stay',
    access: 'connections.edit',
    params: connectionId,
    body: z.strictObject({
      name: z.string().min(1).max(120).optional(),
      fields: fields.optional(),
      allowPrivateAddresses: z.boolean().optional(),
      /** Null: as the type of the connection proposes. */
      limits: callLimitsSchema.nullable().optional(),
      maintenance: maintenanceEditSchema.optional(),
    }),
    reply: connectionSchema,
  }),
  deleteConnection: route({
    method: 'DELETE',
    path: '/connections/:connectionId',
    tag: 'Connections',
    summary: 'Delete a connection no role is bound to',
    access: 'connections.edit',
    params: connectionId,
    reply: noContent,
    status: 204,
  }),
  testConnection: route({
    method: 'POST',
    path: '/connections/:connectionId/test',
    tag: 'Connections',
    summary: 'Ask the system whether the connection works',
    access: 'connections.read',
    params: connectionId,
    reply: z.object({ ok: z.boolean(), what: z.string(), fix: z.string().nullable(), tookMs: z.number() }),
  }),
  listRoles: route({
    method: 'GET',
    path: '/roles',
    tag: 'Connections',
    summary: 'Role aliases and what they are bound to',
    access: 'connections.read',
    reply: z.object({ items: z.array(roleBindingSchema) }),
  }),
  bindRole: route({
    method: 'PUT',
    path: '/roles/:role',
    tag: 'Connections',
    summary: 'Bind a role to a connection',
    access: 'connections.edit',
    params: z.object({ role: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/) }),
    body: z.strictObject({ connectionId: z.string().nullable() }),
    reply: roleBindingSchema,
  }),
  listTables: route({
    method: 'GET',
    path: '/tables',
    tag: 'Tables',
    summary: 'Lookup tables',
    access: 'tables.read',
    reply: z.object({ items: z.array(tableSchema.omit({ rows: true }).extend({ rowCount: z.int() })) }),
  }),
  getTable: route({
    method: 'GET',
    path: '/tables/:name',
    tag: 'Tables',
    summary: 'One lookup table',
    access: 'tables.read',
    params: z.object({ name: z.string() }),
    reply: tableSchema,
  }),
  putTable: route({
    method: 'PUT',
    path: '/tables/:name',
    tag: 'Tables',
    summary: 'Make or replace a lookup table',
    access: 'tables.edit',
    params: z.object({ name: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/) }),
    body: z.strictObject({
      title: z.string().min(1).max(120),
      keyColumns: z.array(z.string()).min(1),
      columns: z.array(z.string()).min(1),
      rows: tableSchema.shape.rows.max(10_000),
      revision: z.int(),
    }),
    reply: tableSchema,
  }),
  listCrosswalk: route({
    method: 'GET',
    path: '/crosswalk',
    tag: 'Crosswalk',
    summary: 'Which record is which in every system',
    access: 'crosswalk.read',
    query: z.object({
      ...pageQuery,
      entity: z.string().optional(),
      /** Start of an id. */
      text: z.string().max(200).optional(),
      /** The whole id, in whichever system. */
      id: z.string().max(200).optional(),
    }),
    reply: pageOf(crosswalkRowSchema),
  }),
  listAudit: route({
    method: 'GET',
    path: '/audit',
    tag: 'Audit',
    summary: 'Who did what, newest first',
    access: 'audit.read',
    query: z.object({
      ...pageQuery,
      actor: z.string().optional(),
      action: z.string().optional(),
      subject: z.string().optional(),
    }),
    reply: pageOf(auditEntrySchema),
  }),
  verifyAudit: route({
    method: 'GET',
    path: '/audit/verify',
    tag: 'Audit',
    summary: 'Check the hash chain',
    access: 'audit.read',
    reply: z.object({ ok: z.boolean(), entries: z.int(), brokenAt: z.int().nullable() }),
  }),
  system: route({
    method: 'GET',
    path: '/system',
    tag: 'System',
    summary: 'Engine, runners and, in the demo, the simulated systems',
    access: 'signed-in',
    reply: z.object({
      version: z.string(),
      startedAt: epochMs,
      store: z.string(),
      activeRuns: z.int(),
      stepsUnderWay: z.int(),
      runners: z.array(z.object({ pid: z.int(), rssBytes: z.number(), steps: z.int() })),
      simulators: z.array(
        z.object({
          name: z.string(),
          title: z.string(),
          url: z.string(),
          pages: z.array(z.object({ title: z.string(), url: z.string() })),
        }),
      ),
    }),
  }),
};
