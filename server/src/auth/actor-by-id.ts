import type { Repositories } from '@waybill/store';
import type { Actor } from './actor.ts';
import { keyActor, userActor } from './actor.ts';

/** Somebody as they are now, for what is done in their name while they are away; null once they have no access. */
export async function actorById(
  store: Pick<Repositories, 'users' | 'apiKeys'>,
  id: string,
  now: number,
): Promise<Actor | null> {
  if (!id.startsWith('key:')) {
    const user = await store.users.byId(id);
    return user && !user.disabled ? userActor(user, null) : null;
  }
  const key = (await store.apiKeys.list()).find((one) => `key:${one.id}` === id);
  return key && (key.expiresAt === null || key.expiresAt > now) ? keyActor(key) : null;
}
