import { rowAt } from '@waybill/canonical';
import { flowError } from '@waybill/flow-model';
import type { HostCapabilities } from '@waybill/sandbox';
import type { Repositories } from '@waybill/store';
import type { Now } from '../clock.ts';
import type { HttpCapability } from './http-capability.ts';

/** All that nodes can reach; what a node may use of it is decided by its manifest, in the sandbox. */
export function hostCapabilities(options: {
  http: HttpCapability;
  store: Pick<Repositories, 'crosswalk' | 'lookupTables'>;
  now: Now;
}): HostCapabilities {
  const { http, store, now } = options;
  return {
    http: (request, context) => http.call(request, context),
    crosswalkFind: ({ entity, fromSystem, fromId, toSystem }) =>
      store.crosswalk.find(entity, { system: fromSystem, id: fromId }, toSystem),
    async crosswalkLink({ entity, a, b }) {
      await store.crosswalk.link(entity, a, b, now());
    },
    async tableLookup({ table, key, at }) {
      const found = await store.lookupTables.get(table);
      if (!found)
        throw flowError('TABLE_UNKNOWN', {
          what: `There is no lookup table "${table}".`,
          fix: 'Add it under Tables, or choose another in the step.',
          owner: 'user',
          engine: 'stop',
        });
      return rowAt(found.rows, key, at)?.values ?? null;
    },
  };
}
