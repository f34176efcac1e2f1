import type { ConnectionPolicy, ConnectionRecord, Repositories } from '@waybill/store';
import type { ConnectionGovernor } from '../governor/connection-governor.ts';
import { notFound } from '../problem.ts';

/**
 * Changes what people decided about calling a system: keeps it and puts it in force. One at a time, so that a pause and an
 * edit of the same moment do not undo each other.
 * @param decide gets the record as it is; what it throws leaves everything as it was.
 */
export type ChangePolicy = (
  connectionId: string,
  decide: (record: ConnectionRecord) => ConnectionPolicy,
) => Promise<{ before: ConnectionPolicy; after: ConnectionPolicy }>;

export function policyChanges(options: {
  store: Pick<Repositories, 'connections'>;
  governor: Pick<ConnectionGovernor, 'load'>;
}): ChangePolicy {
  const { store, governor } = options;
  let last: Promise<unknown> = Promise.resolve();

  async function change(id: string, decide: Parameters<ChangePolicy>[1]) {
    const record = await store.connections.get(id);
    if (!record) throw notFound(`Connection ${id}`);
    const after = decide(record);
    if (!(await store.connections.update(id, { policy: after }))) throw notFound(`Connection ${id}`);
    await governor.load();
    return { before: record.policy, after };
  }
  return (id, decide) => {
    const done = last.then(() => change(id, decide));
    // The one who asked hears of a fault; the next one in line must not.
    last = done.catch(() => undefined);
    return done;
  };
}
