import type { Connection } from '@waybill/api-contract';
import type { JsonObject } from '@waybill/flow-model';
import type { CredentialDefinition } from '@waybill/node-sdk';
import type { ConnectionPolicy, ConnectionRecord, RoleBindingRecord } from '@waybill/store';
import { openPolicy } from '@waybill/store';
import { newId } from '../auth/secrets.ts';
import { secretFields } from '../connections/fill-template.ts';
import { dropPast, maintenanceEdited } from '../connections/policy-acts.ts';
import type { Some } from '../http/handler.ts';
import { HttpProblem, notFound } from '../problem.ts';
import type { Platform } from './platform.ts';

type Fields = Record<string, string>;

/** Everything wrong with the values of a form. */
function fieldFaults(definition: CredentialDefinition, fields: Fields) {
  const unknown = Object.keys(fields)
    .filter((name) => !Object.hasOwn(definition.fields, name))
    .map((name) => ({ path: `fields.${name}`, what: `There is no field "${name}".`, fix: 'Leave it out.' }));
  const wrong = Object.entries(definition.fields).flatMap(([name, spec]) => {
    const hasDefault = 'default' in spec && spec.default !== undefined;
    const value = fields[name] ?? '';
    const path = `fields.${name}`;
    if (value === '')
      return spec.optional || hasDefault ? [] : [{ path, what: `"${spec.label}" is missing.`, fix: 'Fill it in.' }];
    if (spec.kind === 'url' && !/^https?:$/.test(URL.canParse(value) ? new URL(value).protocol : ''))
      return [{ path, what: `"${spec.label}" is no web address.`, fix: 'Give one that starts with https://.' }];
    if (spec.kind === 'choice' && !spec.options.some((option) => option.value === value))
      return [
        {
          path,
          what: `"${value}" is no choice of "${spec.label}".`,
          fix: `Choose ${spec.options.map((option) => option.value).join(', ')}.`,
        },
      ];
    return [];
  });
  return [...unknown, ...wrong];
}

const split = (definition: CredentialDefinition, fields: Fields): { open: Fields; secret: Fields } => {
  const secrets = new Set(secretFields(definition));
  const pick = (wanted: boolean) =>
    Object.fromEntries(Object.entries(fields).filter(([name, value]) => secrets.has(name) === wanted && value !== ''));
  return { open: pick(false), secret: pick(true) };
};

export function connectionHandlers(
  platform: Platform,
): Some<
  | 'listConnections'
  | 'createConnection'
  | 'updateConnection'
  | 'deleteConnection'
  | 'testConnection'
  | 'listRoles'
  | 'bindRole'
> {
  const { store, sealer, credentialTypes, audit, now, config, catalog, governor } = platform;

  async function viewOf(record: ConnectionRecord): Promise<Connection> {
    const bindings = (await store.roleBindings.boundTo(record.id)).filter(
      (binding) => binding.environment === config.environment,
    );
    const users = await Promise.all([record.id, ...bindings.map((binding) => binding.role)].map(store.flows.using));
    const usedBy = new Map(users.flat().map((flow) => [flow.id, flow]));
    const { sealed: _sealed, policy, ...rest } = record;
    return {
      ...rest,
      policy: {
        limits: policy.limits,
        maintenance: dropPast(policy.maintenance, now()),
        paused: policy.paused,
      },
      typeTitle: credentialTypes.get(record.type)?.title ?? record.type,
      roles: bindings.map((binding) => binding.role),
      usedByFlows: [...usedBy.values()],
    };
  }

  async function existing(id: string): Promise<ConnectionRecord> {
    const record = await store.connections.get(id);
    if (!record) throw notFound(`Connection ${id}`);
    return record;
  }

  function definitionOf(type: string): CredentialDefinition {
    const definition = credentialTypes.get(type);
    if (definition) return definition;
    throw new HttpProblem('CONNECTION_INVALID', {
      detail: `There is no connection type "${type}".`,
      fix: `Types are ${[...credentialTypes.keys()].join(', ')}.`,
    });
  }

  function refuseFaults(definition: CredentialDefinition, fields: Fields): void {
    const problems = fieldFaults(definition, fields);
    if (problems.length > 0)
      throw new HttpProblem('CONNECTION_INVALID', {
        detail: `The connection is incomplete: ${problems.length} problem(s).`,
        fix: 'Correct what is listed under "problems".',
        problems,
      });
  }

  /** A secret belongs to the address it was entered for: whoever changes the address has to know the secret. */
  function refuseSecretsElsewhere(
    definition: CredentialDefinition,
    before: ConnectionRecord,
    fields: Fields,
    given: Fields,
  ): void {
    const moved = Object.entries(definition.fields).some(
      ([name, field]) => field.kind === 'url' && (fields[name] ?? '') !== (before.fields[name] ?? ''),
    );
    const kept = moved ? before.secretsSet.filter((name) => !given[name]) : [];
    if (kept.length === 0) return;
    throw new HttpProblem('CONNECTION_INVALID', {
      detail: 'The address changed, so the secrets have to be entered again.',
      fix: 'Enter them, or leave the address as it was.',
      problems: kept.map((name) => ({
        path: `fields.${name}`,
        what: 'It was entered for another address.',
        fix: 'Enter it again.',
      })),
    });
  }

  const roleView = async (role: string, binding: RoleBindingRecord | undefined) => ({
    role,
    connectionId: binding?.connectionId ?? null,
    usedByFlows: await store.flows.using(role),
  });

  return {
    async listConnections({ query }) {
      const page = await store.connections.list(query);
      return { items: await Promise.all(page.items.map(viewOf)), nextCursor: page.nextCursor };
    },

    async createConnection({ body, actor }) {
      const definition = definitionOf(body.type);
      refuseFaults(definition, body.fields);
      const { open, secret } = split(definition, body.fields);
      const id = newId('cn');
      const record: ConnectionRecord = {
        id,
        name: body.name,
        type: body.type,
        fields: open,
        secretsSet: Object.keys(secret),
        sealed: sealer.seal(id, secret),
        allowPrivateAddresses: body.allowPrivateAddresses,
        lastTest: null,
        policy: {
          ...openPolicy,
          limits: body.limits,
          maintenance: maintenanceEdited([], body.maintenance, actor.name),
        },
        updatedAt: now(),
        updatedBy: actor.name,
      };
      await store.connections.insert(record);
      await governor.load();
      await audit(actor, 'connection.created', `connection:${id}`, {
        name: record.name,
        type: record.type,
        fields: open,
        secretsSet: record.secretsSet,
        allowPrivateAddresses: record.allowPrivateAddresses,
        ...shownPolicy(record.policy),
      });
      return viewOf(record);
    },

    async updateConnection({ params, body, actor }) {
      const before = await existing(params.connectionId);
      const definition = definitionOf(before.type);
      const { open, secret } = split(definition, body.fields ?? {});
      // Secrets that are not sent, or sent empty, stay as they are.
      const fields = body.fields === undefined ? before.fields : open;
      const secrets = { ...sealer.open(before.id, before.sealed), ...secret };
      refuseFaults(definition, { ...fields, ...secrets, ...unknownOf(definition, body.fields ?? {}) });
      refuseSecretsElsewhere(definition, before, fields, secret);
      const after = await store.connections.update(before.id, {
        ...(body.name === undefined ? {} : { name: body.name }),
        ...(body.allowPrivateAddresses === undefined ? {} : { allowPrivateAddresses: body.allowPrivateAddresses }),
        fields,
        sealed: sealer.seal(before.id, secrets),
        secretsSet: Object.keys(secrets),
        updatedAt: Math.max(now(), before.updatedAt + 1),
        updatedBy: actor.name,
      });
      if (!after) throw notFound(`Connection ${before.id}`);
      const { limits, maintenance } = body;
      const policies = await platform.changePolicy(before.id, ({ policy }) => ({
        ...policy,
        ...(limits === undefined ? {} : { limits }),
        ...(maintenance === undefined
          ? {}
          : { maintenance: maintenanceEdited(policy.maintenance, maintenance, actor.name) }),
      }));
      platform.connections.forget();
      const shown = ({ name, fields: values, allowPrivateAddresses }: ConnectionRecord) => ({
        name,
        fields: values,
        allowPrivateAddresses,
      });
      await audit(actor, 'connection.changed', `connection:${after.id}`, {
        before: { ...shown(before), ...shownPolicy(policies.before) },
        after: { ...shown(after), ...shownPolicy(policies.after) },
        secretsChanged: Object.keys(secret),
      });
      return viewOf({ ...after, policy: policies.after });
    },

    async deleteConnection({ params, actor }) {
      const record = await existing(params.connectionId);
      const bound = await store.roleBindings.boundTo(record.id);
      const used = await store.flows.using(record.id);
      if (bound.length + used.length > 0)
        throw new HttpProblem('CONNECTION_IN_USE', {
          detail: `It is used by ${[...bound.map(({ role }) => `role ${role}`), ...used.map(({ name }) => `flow "${name}"`)].join(', ')}.`,
          fix: 'Bind those to another connection first.',
        });
      await store.connections.remove(record.id);
      platform.connections.forget();
      await governor.load();
      await audit(actor, 'connection.deleted', `connection:${record.id}`, { name: record.name, type: record.type });
      return null;
    },

    async testConnection({ params }) {
      const record = await existing(params.connectionId);
      const verdict = await platform.testConnection(record);
      const { ok, what, fix } = verdict;
      await store.connections.update(record.id, { lastTest: { at: now(), ok, what, fix } });
      return verdict;
    },

    async listRoles() {
      const bindings = new Map((await store.roleBindings.list(config.environment)).map((one) => [one.role, one]));
      const proposed = [...catalog.values()].flatMap((manifest) =>
        Object.values(manifest.credentials).flatMap((slot) => (slot.role ? [slot.role] : [])),
      );
      const roles = [...new Set([...bindings.keys(), ...proposed])].sort();
      return { items: await Promise.all(roles.map((role) => roleView(role, bindings.get(role)))) };
    },

    async bindRole({ params, body, actor }) {
      if (body.connectionId !== null) await existing(body.connectionId);
      const before = await store.roleBindings.get(config.environment, params.role);
      const binding = {
        environment: config.environment,
        role: params.role,
        connectionId: body.connectionId,
        updatedAt: now(),
      };
      await store.roleBindings.put(binding);
      platform.connections.forget();
      await governor.load();
      await audit(actor, 'role.bound', `role:${params.role}`, {
        environment: config.environment,
        before: before?.connectionId ?? null,
        after: body.connectionId,
      });
      return roleView(params.role, binding);
    },
  };
}

const unknownOf = (definition: CredentialDefinition, fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !Object.hasOwn(definition.fields, name)));

const shownPolicy = ({ limits, maintenance }: ConnectionPolicy): JsonObject => ({
  limits: limits && {
    ...limits,
    rates: limits.rates.map((rate) => ({ ...rate })),
    breaker: limits.breaker && { ...limits.breaker },
  },
  maintenance: maintenance.map((window) => ({ ...window })),
});
