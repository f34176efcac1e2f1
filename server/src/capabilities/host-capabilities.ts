import { rowAt, rowFinder } from '@waybill/canonical';
import { flowError } from '@waybill/flow-model';
import type { HostCapabilities } from '@waybill/sandbox';
import type { Repositories } from '@waybill/store';
import type { Now } from '../clock.ts';
import type { HttpCapability } from './http-capability.ts';

const linkerOf = (runId: string, step: string): string => `${runId} ${step}`;

/** All that nodes can reach; what a node may use of it is decided by its manifest, in the sandbox. */
export function hostCapabilities(options: {
  http: HttpCapability;
  store: Pick<Repositories, 'crosswalk' | 'lookupTables'>;
  now: Now;
}): HostCapabilities {
  const { http, store, now } = options;
  async function tableNamed(table: string) {
    const found = await store.lookupTables.get(table);
    if (found) return found;
    throw flowError('TABLE_UNKNOWN', {
      what: `There is no lookup table "${table}".`,
      fix: 'Add it under Tables, or choose another in the step.',
      owner: 'user',
      engine: 'stop',
    });
  }
  return {
    http: (request, context) => http.call(request, context),
    crosswalkFind: ({ entity, fromSystem, fromId, toSystem }) =>
      store.crosswalk.find(entity, { system: fromSystem, id: fromId }, toSystem),
    crosswalkFindMany: ({ entity, fromSystem, fromIds, toSystem }) =>
      store.crosswalk.findMany(entity, fromSystem, fromIds, toSystem),
    async crosswalkLink({ entity, a, b }, { runId, step }) {
      await store.crosswalk.link(entity, a, b, now(), linkerOf(runId, step));
    },
    crosswalkUnlink: ({ entity, a, b }, { runId, step }) => store.crosswalk.unlink(entity, a, b, linkerOf(runId, step)),
    tableLookup: async ({ table, key, at }) => rowAt((await tableNamed(table)).rows, key, at)?.values ?? null,
    async tableLookupMany({ table, keys, at }) {
      const find = rowFinder((await tableNamed(table)).rows);
      return keys.map((key) => find(key, at)?.values ?? null);
    },
  };
}
