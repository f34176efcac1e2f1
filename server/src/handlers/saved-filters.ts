import type { SavedFilter } from '@waybill/api-contract';
import type { SavedFilterRecord } from '@waybill/store';
import type { Actor } from '../auth/actor.ts';
import { newId } from '../auth/secrets.ts';
import type { Some } from '../http/handler.ts';
import { HttpProblem, notFound } from '../problem.ts';
import type { Platform } from './platform.ts';

const viewOf = ({ ownerId, createdAt: _created, ...filter }: SavedFilterRecord, actor: Actor): SavedFilter => ({
  ...filter,
  list: filter.list as SavedFilter['list'],
  own: ownerId === actor.id,
});

const notAllowed = (detail: string, fix: string): HttpProblem => new HttpProblem('NOT_ALLOWED', { detail, fix });

/** What of a filter is worth a line in the audit log. */
const auditedOf = ({ list, name, search, shared }: SavedFilterRecord) => ({ list, name, search, shared });

export function savedFilterHandlers({
  store,
  audit,
  now,
}: Platform): Some<'listSavedFilters' | 'saveFilter' | 'changeSavedFilter' | 'removeSavedFilter'> {
  const mayShare = (actor: Actor): boolean => actor.permissions.has('filters.share');
  const refuseSharing = (): HttpProblem =>
    notAllowed('Your roles do not allow to share filters with everybody.', 'Keep it for yourself, or ask an operator.');

  /** @throws {HttpProblem} NOT_FOUND for a filter the actor cannot see, NOT_ALLOWED for one that is not theirs to change. */
  async function changeable(id: string, actor: Actor): Promise<SavedFilterRecord> {
    const filter = await store.savedFilters.get(id);
    const own = filter?.ownerId === actor.id;
    if (!filter || !(own || filter.shared)) throw notFound('This filter');
    if (!own && !mayShare(actor))
      throw notAllowed(`The filter belongs to ${filter.ownerName}.`, 'Save it again under a name of your own.');
    return filter;
  }

  return {
    listSavedFilters: async ({ query, actor }) => ({
      items: (await store.savedFilters.visibleTo(actor.id, query.list)).map((filter) => viewOf(filter, actor)),
    }),

    async saveFilter({ body, actor }) {
      if (body.shared && !mayShare(actor)) throw refuseSharing();
      const at = now();
      const filter = {
        id: newId('sf'),
        ...body,
        ownerId: actor.id,
        ownerName: actor.name,
        createdAt: at,
        updatedAt: at,
      };
      await store.savedFilters.insert(filter);
      await audit(actor, 'filter.saved', `filter:${filter.id}`, { after: auditedOf(filter) });
      return viewOf(filter, actor);
    },

    async changeSavedFilter({ params, body, actor }) {
      const before = await changeable(params.filterId, actor);
      if (body.shared !== undefined && body.shared !== before.shared && !mayShare(actor)) throw refuseSharing();
      const patch = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
      const after = await store.savedFilters.change(before.id, patch, now());
      if (!after) throw notFound('This filter');
      await audit(actor, 'filter.changed', `filter:${before.id}`, {
        before: auditedOf(before),
        after: auditedOf(after),
      });
      return viewOf(after, actor);
    },

    async removeSavedFilter({ params, actor }) {
      const before = await changeable(params.filterId, actor);
      await store.savedFilters.remove(before.id);
      await audit(actor, 'filter.removed', `filter:${before.id}`, { before: auditedOf(before) });
      return viewOf(before, actor);
    },
  };
}
