import { z } from 'zod';
import { epochMs } from './common.ts';
import { route } from './route.ts';

/** The lists whose filters can be kept. */
export const filteredLists = ['runs', 'effects'] as const;

export const savedFilterSchema = z.object({
  id: z.string(),
  list: z.enum(filteredLists),
  name: z.string(),
  /** What stands behind the `?` of the list's address. */
  search: z.string(),
  ownerName: z.string(),
  /** Of the reader. */
  own: z.boolean(),
  shared: z.boolean(),
  updatedAt: epochMs,
});
export type SavedFilter = z.infer<typeof savedFilterSchema>;

const name = z.string().trim().min(1).max(80);
const search = z.string().max(2_000);
const filterId = z.object({ filterId: z.string().max(128) });

export const savedFilterRoutes = {
  listSavedFilters: route({
    method: 'GET',
    path: '/saved-filters',
    tag: 'Saved filters',
    summary: 'Own and shared filters of a list, by name',
    access: 'runs.read',
    query: z.object({ list: z.enum(filteredLists) }),
    reply: z.object({ items: z.array(savedFilterSchema) }),
  }),
  saveFilter: route({
    method: 'POST',
    path: '/saved-filters',
    tag: 'Saved filters',
    summary: 'Keep a filter under a name; sharing it needs the permission filters.share',
    access: 'runs.read',
    body: z.strictObject({ list: z.enum(filteredLists), name, search, shared: z.boolean().default(false) }),
    reply: savedFilterSchema,
    status: 201,
  }),
  changeSavedFilter: route({
    method: 'PATCH',
    path: '/saved-filters/:filterId',
    tag: 'Saved filters',
    summary: 'Rename, replace or share a filter',
    access: 'runs.read',
    params: filterId,
    body: z.strictObject({ name: name.optional(), search: search.optional(), shared: z.boolean().optional() }),
    reply: savedFilterSchema,
  }),
  removeSavedFilter: route({
    method: 'DELETE',
    path: '/saved-filters/:filterId',
    tag: 'Saved filters',
    summary: 'Remove a filter; the reply is what it was',
    access: 'runs.read',
    params: filterId,
    reply: savedFilterSchema,
  }),
};
