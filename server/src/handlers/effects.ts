import type { Some } from '../http/handler.ts';
import { effectDirectory } from '../runs/effect-directory.ts';
import type { Platform } from './platform.ts';

/** The ledger of effects. */
export function effectHandlers({ journal, store, directory, config }: Platform): Some<'listEffects' | 'countEffects'> {
  const effects = effectDirectory({ store, directory, environment: config.environment });
  return {
    async listEffects({ query }) {
      const { cursor, limit } = query;
      const filter = await effects.filter(query);
      const page = await journal.effects({ filter, limit, ...(cursor === undefined ? {} : { cursor }) });
      return { items: await effects.views(page.effects), nextCursor: page.nextCursor };
    },
    countEffects: async ({ query }) => ({ counts: await journal.effectCounts(await effects.filter(query)) }),
  };
}
