import { type FlowError, flowError, isRoleAlias } from '@waybill/flow-model';
import type { AuthScheme, CredentialDefinition } from '@waybill/node-sdk';
import type { ConnectionRecord, Repositories } from '@waybill/store';
import type { Now } from '../clock.ts';
import { fillAuth, fillTemplate, secretFields, withDefaults } from './fill-template.ts';
import type { Sealer } from './sealing.ts';

/** A connection ready to sign with. Lives in the server only, and there for no longer than `HELD_MS`. */
export interface ResolvedConnection {
  id: string;
  name: string;
  definition: CredentialDefinition;
  baseUrl: string;
  auth: AuthScheme;
  allowPrivateAddresses: boolean;
  /** Changes with every edit; cached tokens hang on it. */
  revision: string;
  /** Values that must not appear in any text that leaves. */
  secrets: string[];
}

/** How long an opened connection is kept, so that a busy flow does not read and unseal it for every call. */
const HELD_MS = 1_000;

export type CredentialTypes = ReadonlyMap<string, CredentialDefinition>;

/** @throws {FlowError} CREDENTIAL_TYPE_UNKNOWN, SECRET_UNREADABLE */
export function resolveRecord(record: ConnectionRecord, types: CredentialTypes, sealer: Sealer): ResolvedConnection {
  const definition = types.get(record.type);
  if (!definition)
    throw flowError('CREDENTIAL_TYPE_UNKNOWN', {
      what: `Connection "${record.name}" is of type "${record.type}", which no installed node package knows.`,
      fix: 'Install the node package that brings this type, or make a new connection.',
      owner: 'user',
      engine: 'pause',
    });
  const opened = sealer.open(record.id, record.sealed);
  const fields = withDefaults(definition, { ...record.fields, ...opened });
  return {
    id: record.id,
    name: record.name,
    definition,
    baseUrl: fillTemplate(definition.baseUrl, fields).replace(/\/+$/, ''),
    auth: fillAuth(definition.auth, fields),
    allowPrivateAddresses: record.allowPrivateAddresses,
    revision: `${record.id}:${record.updatedAt}`,
    secrets: secretFields(definition).flatMap((name) => (fields[name] ? [fields[name]] : [])),
  };
}

export interface ConnectionResolver {
  /**
   * @param binding a role alias, or the id of a connection.
   * @throws {FlowError} ROLE_UNBOUND, CONNECTION_MISSING and what opening it throws.
   */
  byBinding(binding: string): Promise<ResolvedConnection>;
  /** A connection or a binding was changed: the next call reads anew. */
  forget(): void;
}

export function connectionResolver(options: {
  store: Pick<Repositories, 'connections' | 'roleBindings'>;
  types: CredentialTypes;
  sealer: Sealer;
  environment: string;
  now: Now;
}): ConnectionResolver {
  const { store, types, sealer, environment, now } = options;
  const held = new Map<string, { connection: Promise<ResolvedConnection>; until: number }>();

  async function read(binding: string): Promise<ResolvedConnection> {
    const role = isRoleAlias(binding) ? await store.roleBindings.get(environment, binding) : null;
    const id = role?.connectionId ?? (isRoleAlias(binding) ? null : binding);
    if (id === null) throw unbound(binding, environment);
    const record = await store.connections.get(id);
    if (!record) throw missing(binding);
    return resolveRecord(record, types, sealer);
  }

  function dropExpired(at: number): void {
    for (const [binding, { until }] of held) if (until <= at) held.delete(binding);
  }

  return {
    byBinding(binding) {
      const at = now();
      const known = held.get(binding);
      if (known && at < known.until) return known.connection;
      dropExpired(at);
      const fresh = { connection: read(binding), until: at + HELD_MS };
      held.set(binding, fresh);
      // A fault is not kept: it may be repaired by the next call.
      fresh.connection.catch(() => {
        if (held.get(binding) === fresh) held.delete(binding);
      });
      return fresh.connection;
    },
    forget: () => held.clear(),
  };
}

const unbound = (role: string, environment: string): FlowError =>
  flowError('ROLE_UNBOUND', {
    what: `The role "${role}" is bound to no connection in ${environment}.`,
    fix: 'Bind it under Connections, then resume the run.',
    owner: 'user',
    engine: 'pause',
  });

const missing = (binding: string): FlowError =>
  flowError('CONNECTION_MISSING', {
    what: `The connection behind "${binding}" does not exist any more.`,
    fix: 'Choose another connection for this step, or bind the role anew.',
    owner: 'user',
    engine: 'pause',
  });
