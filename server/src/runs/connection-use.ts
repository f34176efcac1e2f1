import type { RunFilter } from '@waybill/engine/ports';
import type { Flow, FlowId, FlowVersionId } from '@waybill/flow-model';
import type { Repositories } from '@waybill/store';

/** Which flow versions call an outside system through a connection. */
export interface ConnectionUse {
  /** @param connection a connection's id or a role; a connection is also meant where the flow names a role bound to it. */
  versionsUsing(connection: string): Promise<Required<Pick<RunFilter, 'versionIds' | 'flowIds'>>>;
}

/** What the steps of a flow are bound to. */
export const bindingsOf = (flow: Flow): Set<string> =>
  new Set(Object.values(flow.nodes).flatMap((node) => Object.values(node.connections ?? {})));

/** Versions never change, so each is read once. */
export function connectionUse(options: {
  store: Pick<Repositories, 'flowVersions' | 'roleBindings'>;
  environment: string;
}): ConnectionUse {
  const { store, environment } = options;
  const known = new Map<string, { flowId: string; bindings: Set<string> }>();

  async function readNew(): Promise<void> {
    for (const id of await store.flowVersions.ids()) {
      if (known.has(id)) continue;
      const version = await store.flowVersions.get(id);
      if (version) known.set(id, { flowId: version.flowId, bindings: bindingsOf(version.flow) });
    }
  }

  return {
    async versionsUsing(connection) {
      await readNew();
      const roles = (await store.roleBindings.list(environment))
        .filter((binding) => binding.connectionId === connection)
        .map((binding) => binding.role);
      const wanted = [connection, ...roles];
      const found = [...known].filter(([, { bindings }]) => wanted.some((binding) => bindings.has(binding)));
      return {
        versionIds: found.map(([id]) => id as FlowVersionId),
        flowIds: [...new Set(found.map(([, { flowId }]) => flowId as FlowId))],
      };
    },
  };
}
