import { isRoleAlias } from '@waybill/flow-model';
import type { ConnectionRecord, Repositories } from '@waybill/store';

/** What the bindings of a flow lead to in this environment, without opening a secret. */
export function boundConnections({
  store,
  environment,
}: {
  store: Pick<Repositories, 'roleBindings' | 'connections'>;
  environment: string;
}) {
  async function idOf(binding: string | undefined): Promise<string | null> {
    if (binding === undefined || !isRoleAlias(binding)) return binding ?? null;
    return (await store.roleBindings.get(environment, binding))?.connectionId ?? null;
  }
  return {
    idOf,
    async byBinding(binding: string): Promise<ConnectionRecord | null> {
      const id = await idOf(binding);
      return id === null ? null : store.connections.get(id);
    },
  };
}
