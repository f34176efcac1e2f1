import type { Effect } from '@waybill/api-contract';
import { effectStateNames } from '@waybill/api-contract';
import type { EffectEntry, EffectFilter, EffectState } from '@waybill/engine/ports';
import { flowIdSchema, isRoleAlias, runIdSchema } from '@waybill/flow-model';
import type { Repositories } from '@waybill/store';
import type { FlowDirectory } from '../flows/flow-directory.ts';
import { HttpProblem } from '../problem.ts';

/** The filter as it stands in addresses. */
export interface EffectFilterQuery {
  runId?: string | undefined;
  flowId?: string | undefined;
  businessKey?: string | undefined;
  connection?: string | undefined;
  state?: string | undefined;
  mode?: 'live' | 'test' | undefined;
  sameAs?: string | undefined;
  from?: number | undefined;
  to?: number | undefined;
  text?: string | undefined;
}

/** Between the ledger, which knows bindings, and people, who know connections by name. */
export interface EffectDirectory {
  /** @throws {HttpProblem} REQUEST_INVALID for a state that does not exist or a malformed id. */
  filter(query: EffectFilterQuery): Promise<EffectFilter>;
  /** What bindings mean now, by binding. */
  connections(bindings: readonly string[]): Promise<Map<string, NonNullable<Effect['connection']>>>;
  views(entries: readonly EffectEntry[]): Promise<Effect[]>;
}

const isState = (name: string): name is EffectState => (effectStateNames as readonly string[]).includes(name);

export function effectDirectory({
  store,
  directory,
  environment,
}: {
  store: Pick<Repositories, 'connections' | 'roleBindings'>;
  directory: Pick<FlowDirectory, 'names'>;
  environment: string;
}): EffectDirectory {
  const bound = async (binding: string): Promise<string | null> =>
    isRoleAlias(binding) ? ((await store.roleBindings.get(environment, binding))?.connectionId ?? null) : binding;

  /** An alias and what it is bound to; a connection and the aliases bound to it. */
  async function bindingsOf(connection: string): Promise<string[]> {
    const id = await bound(connection);
    const aliases = id === null ? [] : await store.roleBindings.boundTo(id);
    const here = aliases.filter((each) => each.environment === environment).map((each) => each.role);
    return [...new Set([connection, ...(id === null ? [] : [id]), ...here])];
  }

  async function connectionNames(bindings: readonly string[]): Promise<Map<string, NonNullable<Effect['connection']>>> {
    const named = await Promise.all(
      [...new Set(bindings)].map(async (binding) => {
        const id = await bound(binding);
        const record = id === null ? null : await store.connections.get(id);
        return [binding, { binding, id: record ? record.id : null, name: record?.name ?? null }] as const;
      }),
    );
    return new Map(named);
  }

  return {
    async filter(query) {
      const states = (query.state ?? '').split(',').filter(Boolean);
      const unknown = states.find((name) => !isState(name));
      const flowId = query.flowId === undefined ? undefined : flowIdSchema.safeParse(query.flowId);
      const runId = query.runId === undefined ? undefined : runIdSchema.safeParse(query.runId);
      if (unknown !== undefined) throw invalid(`There is no state "${unknown}".`);
      if (flowId?.success === false) throw invalid('The flow id is not valid.');
      if (runId?.success === false) throw invalid('The run id is not valid.');
      return {
        ...(runId ? { runId: runId.data } : {}),
        ...(flowId ? { flowId: flowId.data } : {}),
        ...(query.businessKey ? { businessKey: query.businessKey } : {}),
        ...(query.connection ? { connections: await bindingsOf(query.connection) } : {}),
        ...(states.length > 0 ? { states: states.filter(isState) } : {}),
        ...(query.mode ? { mode: query.mode } : {}),
        ...(query.sameAs ? { businessEffectKeys: [query.sameAs] } : {}),
        ...(query.from === undefined ? {} : { updatedFrom: query.from }),
        ...(query.to === undefined ? {} : { updatedTo: query.to }),
        ...(query.text ? { text: query.text } : {}),
      };
    },

    connections: connectionNames,

    async views(entries) {
      const [flowNames, connections] = await Promise.all([
        directory.names(entries.map((entry) => entry.flowId)),
        connectionNames(entries.flatMap((entry) => entry.connection ?? [])),
      ]);
      return entries.map(({ versionId: _version, inputHash: _hash, connection, ...entry }) => ({
        ...entry,
        flowName: flowNames.get(entry.flowId) ?? entry.flowId,
        connection: connection === null ? null : (connections.get(connection) ?? null),
      }));
    },
  };
}

const invalid = (detail: string) =>
  new HttpProblem('REQUEST_INVALID', { detail, fix: `States are ${effectStateNames.join(', ')}.` });
