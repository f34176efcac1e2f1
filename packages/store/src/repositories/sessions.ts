import type { Connection } from 'mongoose';
import { collection, guarded } from './collection.ts';

/** A signed-in browser. Only the hash of its token is known here. */
export interface SessionRecord {
  tokenHash: string;
  userId: string;
  csrfToken: string;
  createdAt: number;
  expiresAt: number;
}
type SessionDoc = Omit<SessionRecord, 'tokenHash'> & { _id: string };

export interface SessionRepository {
  insert(session: SessionRecord): Promise<void>;
  find(tokenHash: string, now: number): Promise<SessionRecord | null>;
  remove(tokenHash: string): Promise<void>;
  /** Signs a user out everywhere, except in the session given. */
  removeOfUser(userId: string, exceptTokenHash?: string): Promise<void>;
  removeExpired(now: number): Promise<void>;
}

export function sessionRepository(connection: Connection): SessionRepository {
  const sessions = collection<SessionDoc>(
    connection,
    'sessions',
    { userId: String, csrfToken: String, createdAt: Number, expiresAt: Number },
    { indexes: [[{ userId: 1 }], [{ expiresAt: 1 }]] },
  );
  return guarded<SessionRepository>({
    async insert({ tokenHash, ...session }) {
      await sessions.create({ _id: tokenHash, ...session });
    },
    async find(tokenHash, now) {
      const doc = await sessions.findById(tokenHash).lean<SessionDoc>();
      if (!doc || doc.expiresAt <= now) return null;
      const { _id, ...rest } = doc;
      return { tokenHash: _id, ...rest };
    },
    async remove(tokenHash) {
      await sessions.deleteOne({ _id: tokenHash });
    },
    async removeOfUser(userId, exceptTokenHash) {
      await sessions.deleteMany({ userId, ...(exceptTokenHash ? { _id: { $ne: exceptTokenHash } } : {}) });
    },
    async removeExpired(now) {
      await sessions.deleteMany({ expiresAt: { $lte: now } });
    },
  });
}

/** Lets one person in once. */
export interface OneTimeLinkRecord {
  tokenHash: string;
  userId: string;
  expiresAt: number;
}
type LinkDoc = Omit<OneTimeLinkRecord, 'tokenHash'> & { _id: string };

export interface OneTimeLinkRepository {
  insert(link: OneTimeLinkRecord): Promise<void>;
  /** The user it was made for, if it is unused and in time; afterwards it is gone. */
  consume(tokenHash: string, now: number): Promise<string | null>;
  removeExpired(now: number): Promise<void>;
}

export function oneTimeLinkRepository(connection: Connection): OneTimeLinkRepository {
  const links = collection<LinkDoc>(
    connection,
    'oneTimeLinks',
    { userId: String, expiresAt: Number },
    { indexes: [[{ expiresAt: 1 }]] },
  );
  return guarded<OneTimeLinkRepository>({
    async insert({ tokenHash, ...link }) {
      await links.create({ _id: tokenHash, ...link });
    },
    async consume(tokenHash, now) {
      const doc = await links.findById(tokenHash).lean<LinkDoc>();
      // Of several that read it, the one that removes it has it.
      const { deletedCount } = await links.deleteOne({ _id: tokenHash });
      return doc && deletedCount === 1 && doc.expiresAt > now ? doc.userId : null;
    },
    async removeExpired(now) {
      await links.deleteMany({ expiresAt: { $lte: now } });
    },
  });
}
