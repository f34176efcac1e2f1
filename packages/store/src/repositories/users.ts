import type { Connection } from 'mongoose';
import { collection, guarded, isDuplicateKey, withId } from './collection.ts';
import type { Page, PageRequest } from './page.ts';
import { afterPlace, literalPattern, pageFrom } from './page.ts';

/** Out of office: who decides in their name meanwhile. */
export interface Absence {
  /** Epoch ms, inclusive. */
  from: number;
  /** Epoch ms, exclusive. */
  until: number;
  deputyId: string;
}

export interface UserRecord {
  id: string;
  email: string;
  name: string;
  /** argon2id; null for an account that signs in by link only. */
  passwordHash: string | null;
  roles: string[];
  groups: string[];
  /** User id of whoever leads this person; null for nobody. */
  managerId: string | null;
  absence: Absence | null;
  disabled: boolean;
  createdAt: number;
  lastSeenAt: number | null;
}
type UserDoc = Omit<UserRecord, 'id' | 'absence'> & {
  _id: string;
  emailKey: string;
  nameKey: string;
  absentFrom: number | null;
  absentUntil: number | null;
  deputyId: string | null;
};

export type UserPatch = Partial<Omit<UserRecord, 'id' | 'email' | 'createdAt'>>;

export interface UserRepository {
  /** False if the address is taken. */
  insert(user: UserRecord): Promise<boolean>;
  byId(id: string): Promise<UserRecord | null>;
  byEmail(email: string): Promise<UserRecord | null>;
  byIds(ids: string[]): Promise<UserRecord[]>;
  /** By address; `text` is looked for in addresses and names. */
  list(
    request: PageRequest & {
      text?: string | undefined;
      /** Only those who are named, by id or address, or have one of the groups or roles. */
      memberOf?: { users: string[]; groups: string[] } | undefined;
    },
  ): Promise<Page<UserRecord>>;
  update(id: string, patch: UserPatch): Promise<UserRecord | null>;
  /** Enabled accounts with this role, at most `limit`. */
  withRole(role: string, limit: number): Promise<UserRecord[]>;
  /** Enabled accounts that are away at `now` and have named this person their deputy, at most 200. */
  representedBy(deputyId: string, now: number): Promise<UserRecord[]>;
  /** Names of groups that somebody is in and that contain this text, by name. */
  groups(text: string, limit: number): Promise<string[]>;
  any(): Promise<boolean>;
}

const emailKey = (email: string): string => email.trim().toLowerCase();

const absenceColumns = (absence: Absence | null) => ({
  absentFrom: absence?.from ?? null,
  absentUntil: absence?.until ?? null,
  deputyId: absence?.deputyId ?? null,
});
const nameKey = (name: string): string => name.trim().toLowerCase();

export function userRepository(connection: Connection): UserRepository {
  const users = collection<UserDoc>(
    connection,
    'users',
    {
      email: String,
      emailKey: String,
      name: String,
      passwordHash: String,
      roles: [String],
      groups: [String],
      nameKey: String,
      managerId: String,
      absentFrom: Number,
      absentUntil: Number,
      deputyId: String,
      disabled: Boolean,
      createdAt: Number,
      lastSeenAt: Number,
    },
    { indexes: [[{ emailKey: 1 }, { unique: true }], [{ roles: 1 }], [{ deputyId: 1 }]] },
  );
  const record = (doc: UserDoc): UserRecord => {
    const { emailKey: _key, nameKey: _name, absentFrom, absentUntil, deputyId, ...rest } = withId(doc);
    // Accounts made before these columns have none of them.
    const isAway = typeof deputyId === 'string' && typeof absentFrom === 'number' && typeof absentUntil === 'number';
    return {
      ...rest,
      managerId: rest.managerId ?? null,
      absence: isAway ? { from: absentFrom, until: absentUntil, deputyId } : null,
    };
  };
  const orNull = (doc: UserDoc | null): UserRecord | null => (doc ? record(doc) : null);

  return guarded<UserRepository>({
    async insert({ id, absence, ...user }) {
      try {
        await users.create({
          _id: id,
          ...user,
          ...absenceColumns(absence),
          emailKey: emailKey(user.email),
          nameKey: nameKey(user.name),
        });
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
    byId: async (id) => orNull(await users.findById(id).lean<UserDoc>()),
    byEmail: async (email) => orNull(await users.findOne({ emailKey: emailKey(email) }).lean<UserDoc>()),
    byIds: async (ids) => (await users.find({ _id: { $in: ids.slice(0, 200) } }).lean<UserDoc[]>()).map(record),
    async list({ cursor, limit, text, memberOf }) {
      const pattern = { $regex: literalPattern(emailKey(text ?? '')) };
      const match = text ? [{ $or: [{ emailKey: pattern }, { nameKey: pattern }] }] : [];
      const members = memberOf
        ? [
            {
              $or: [
                { _id: { $in: memberOf.users } },
                { emailKey: { $in: memberOf.users.map(emailKey) } },
                { groups: { $in: memberOf.groups } },
                { roles: { $in: memberOf.groups } },
              ],
            },
          ]
        : [];
      const docs = await users
        .find({ $and: [{}, ...match, ...members, ...afterPlace('emailKey', 'asc', cursor)] })
        .sort({ emailKey: 1, _id: 1 })
        .limit(limit + 1)
        .lean<UserDoc[]>();
      return pageFrom(docs, limit, (doc) => [doc.emailKey, doc._id], record);
    },
    async update(id, { absence, ...patch }) {
      const change = {
        ...patch,
        ...(patch.name === undefined ? {} : { nameKey: nameKey(patch.name) }),
        ...(absence === undefined ? {} : absenceColumns(absence)),
      };
      return orNull(
        await users.findOneAndUpdate({ _id: id }, { $set: change }, { returnDocument: 'after' }).lean<UserDoc>(),
      );
    },
    representedBy: async (deputyId, now) =>
      (
        await users
          .find({ deputyId, disabled: false, absentFrom: { $lte: now }, absentUntil: { $gt: now } })
          .limit(200)
          .lean<UserDoc[]>()
      ).map(record),
    async groups(text, limit) {
      const found = (await users.distinct('groups')) as string[];
      const wanted = text.trim().toLowerCase();
      return found
        .filter((group) => group.toLowerCase().includes(wanted))
        .toSorted((a, b) => a.localeCompare(b))
        .slice(0, limit);
    },
    withRole: async (role, limit) =>
      (await users.find({ roles: role }).limit(limit).lean<UserDoc[]>()).filter((doc) => !doc.disabled).map(record),
    any: async () => (await users.findOne({}).select('_id').lean()) !== null,
  });
}
