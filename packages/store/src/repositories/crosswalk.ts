import { createHash } from 'node:crypto';
import { flowError } from '@waybill/flow-model';
import type { Connection } from 'mongoose';
import { collection, guarded, isDuplicateKey } from './collection.ts';
import type { Page, PageRequest } from './page.ts';
import { afterPlace, literalPattern, pageFrom } from './page.ts';

/** A record of an outside system. */
export interface CrosswalkId {
  system: string;
  id: string;
}
export interface CrosswalkRow {
  entity: string;
  ids: Record<string, string>;
  createdAt: number;
}
/** One document per record; records that are the same thing share a group. */
interface LinkDoc {
  _id: string;
  entity: string;
  system: string;
  recordId: string;
  group: string;
  /** The record that opened the group: the one lists page over. */
  opener: boolean;
  createdAt: number;
  /** Who linked it, by which that one may take it back; null for links from before that was kept. */
  by?: string | null;
}

export interface CrosswalkRepository {
  find(entity: string, from: CrosswalkId, toSystem: string): Promise<string | null>;
  /** Counterparts in the order of the ids, null where there is none. */
  findMany(entity: string, fromSystem: string, ids: readonly string[], toSystem: string): Promise<(string | null)[]>;
  /**
   * Says that two records are the same; saying it again changes nothing.
   * @throws {FlowError} CROSSWALK_CONFLICT if either already stands for another record of the other's system.
   */
  link(entity: string, a: CrosswalkId, b: CrosswalkId, now: number, by?: string | null): Promise<'created' | 'same'>;
  /**
   * Takes back exactly what `by` linked: false, and nothing changes, if the link is gone or of somebody else.
   * @throws {FlowError} CROSSWALK_LINK_USED if others have linked more records through it since.
   */
  unlink(entity: string, a: CrosswalkId, b: CrosswalkId, by: string): Promise<boolean>;
  /** Newest first; `text` is the start of an id, `id` the whole of it. */
  list(
    request: PageRequest & { entity?: string | undefined; text?: string | undefined; id?: string | undefined },
  ): Promise<Page<CrosswalkRow>>;
}

/** Records asked for in one query. */
const FIND_TOGETHER = 500;

const keyOf = (entity: string, { system, id }: CrosswalkId): string => JSON.stringify([entity, system, id]);
const groupOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 32);

const conflict = (entity: string, a: CrosswalkId, b: CrosswalkId) =>
  flowError('CROSSWALK_CONFLICT', {
    what: `${entity} ${a.system}:${a.id} and ${b.system}:${b.id} cannot be the same: one of them is already linked to another record.`,
    fix: 'Compare both records; correct the wrong link in the crosswalk, then retry.',
    owner: 'user',
    engine: 'stop',
  });

const used = (entity: string, a: CrosswalkId, b: CrosswalkId) =>
  flowError('CROSSWALK_LINK_USED', {
    what: `More records were linked to ${entity} ${a.system}:${a.id} = ${b.system}:${b.id} since.`,
    fix: 'Look at the link in the crosswalk: correct it by hand, or let it stay.',
    owner: 'user',
    engine: 'stop',
    effect: 'none',
  });

export function crosswalkRepository(connection: Connection): CrosswalkRepository {
  const links = collection<LinkDoc>(
    connection,
    'crosswalk',
    { entity: String, system: String, recordId: String, group: String, opener: Boolean, createdAt: Number, by: String },
    {
      indexes: [[{ group: 1, system: 1 }, { unique: true }], [{ opener: 1, createdAt: -1 }], [{ recordId: 1 }]],
    },
  );
  const get = (key: string): Promise<LinkDoc | null> => links.findById(key).lean<LinkDoc>();

  /** The document of this record, made in `group` if it is new; null if the group has another record of its system. */
  async function claim(
    entity: string,
    record: CrosswalkId,
    group: string | null,
    made: { now: number; by: string | null },
  ) {
    const _id = keyOf(entity, record);
    const found = await get(_id);
    if (found) return { doc: found, made: false };
    const doc: LinkDoc = {
      _id,
      entity,
      system: record.system,
      recordId: record.id,
      group: group ?? groupOf(_id),
      opener: group === null,
      createdAt: made.now,
      by: made.by,
    };
    try {
      await links.create(doc);
      return { doc, made: true };
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const other = await get(_id);
      return other ? { doc: other, made: false } : null;
    }
  }

  return guarded<CrosswalkRepository>({
    async find(entity, from, toSystem) {
      const doc = await get(keyOf(entity, from));
      if (!doc) return null;
      const counterpart = await links.findOne({ group: doc.group, system: toSystem }).lean<LinkDoc>();
      return counterpart?.recordId ?? null;
    },
    async findMany(entity, fromSystem, ids, toSystem) {
      const found = new Map<string, string>();
      for (let at = 0; at < ids.length; at += FIND_TOGETHER) {
        const keys = ids.slice(at, at + FIND_TOGETHER).map((id) => keyOf(entity, { system: fromSystem, id }));
        const known = await links.find({ _id: { $in: keys } }).lean<LinkDoc[]>();
        const groups = known.map(({ group }) => group);
        const others = await links.find({ group: { $in: groups }, system: toSystem }).lean<LinkDoc[]>();
        const byGroup = new Map(others.map(({ group, recordId }) => [group, recordId]));
        for (const { recordId, group } of known) {
          const counterpart = byGroup.get(group);
          if (counterpart !== undefined) found.set(recordId, counterpart);
        }
      }
      return ids.map((id) => found.get(id) ?? null);
    },
    async link(entity, a, b, now, by = null) {
      // The one that is known opens the group, so that the other joins it whichever way round they are named.
      const known = (await get(keyOf(entity, a))) ?? (await get(keyOf(entity, b)));
      const [first, second] = known?._id === keyOf(entity, b) ? [b, a] : [a, b];
      const opened = await claim(entity, first, null, { now, by });
      const joined = opened && (await claim(entity, second, opened.doc.group, { now, by }));
      if (!joined || joined.doc.group !== opened.doc.group) throw conflict(entity, a, b);
      return joined.made ? 'created' : 'same';
    },
    async unlink(entity, a, b, by) {
      const pair = await Promise.all([get(keyOf(entity, a)), get(keyOf(entity, b))]);
      const [one, other] = pair;
      if (!one || one.group !== other?.group) return false;
      const joined = [one, other].find((doc) => !doc.opener && doc.by === by);
      if (!joined) return false;
      const members = await links.find({ group: joined.group }).lean<LinkDoc[]>();
      const others = members.filter((doc) => doc._id !== one._id && doc._id !== other._id);
      if (others.some((doc) => doc.createdAt >= joined.createdAt)) throw used(entity, a, b);
      await links.deleteOne({ _id: joined._id });
      const opener = joined === one ? other : one;
      if (others.length === 0 && opener.by === by) await links.deleteOne({ _id: opener._id });
      return true;
    },
    async list({ cursor, limit, entity, text, id }) {
      const ids = [...(text ? [{ $regex: `^${literalPattern(text)}` }] : []), ...(id ? [id] : [])];
      const found = await Promise.all(
        ids.map((recordId) => links.find({ recordId }, { group: 1 }).limit(500).lean<{ group: string }[]>()),
      );
      const match = [
        ...(entity ? [{ entity }] : []),
        ...found.map((docs) => ({ group: { $in: docs.map((doc) => doc.group) } })),
      ];
      const openers = await links
        .find({ $and: [{ opener: true }, ...match, ...afterPlace('createdAt', 'desc', cursor)] })
        .sort({ createdAt: -1, _id: -1 })
        .limit(limit + 1)
        .lean<LinkDoc[]>();
      const members = await links.find({ group: { $in: openers.map((doc) => doc.group) } }).lean<LinkDoc[]>();
      return pageFrom(
        openers,
        limit,
        (doc) => [doc.createdAt, doc._id],
        (doc) => ({
          entity: doc.entity,
          createdAt: doc.createdAt,
          ids: Object.fromEntries(members.filter((m) => m.group === doc.group).map((m) => [m.system, m.recordId])),
        }),
      );
    },
  });
}
