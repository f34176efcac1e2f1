import type { EffectEntry, EffectFilter, EffectLedger, EffectState } from '@waybill/engine/ports';
import type { mongo } from 'mongoose';
import { literalPattern } from '../repositories/page.ts';
import type { EffectDoc } from './collections.ts';

type Effects = mongo.Collection<EffectDoc>;

/**
 * Puts changes into the ledger, each at most once and never over a newer one, so that it may be repeated.
 * @param seq number of the last record of the commit they belong to.
 */
export async function projectEffects(effects: Effects, entries: readonly EffectEntry[], seq: number): Promise<void> {
  if (entries.length === 0) return;
  await effects.bulkWrite(
    entries.flatMap(({ effectKey, firstAt, inputHash, ...changing }) => [
      // The first entry fixes when the effect was begun; the second step leaves newer changes alone.
      {
        updateOne: {
          filter: { _id: effectKey },
          update: { $setOnInsert: { ...changing, firstAt, inputHash, seq: 0 } },
          upsert: true,
        },
      },
      {
        updateOne: {
          filter: { _id: effectKey, seq: { $lt: seq } },
          update: { $set: { ...changing, ...(inputHash === null ? {} : { inputHash }), seq } },
        },
      },
    ]),
  );
}

const entryOfDoc = ({ _id, seq: _seq, ...entry }: EffectDoc): EffectEntry => ({ effectKey: _id, ...entry });

export function effectLedger(effects: Effects): EffectLedger {
  return {
    async effects({ filter, cursor, limit }) {
      const { states } = filter;
      if (states?.length === 0) return { effects: [], nextCursor: null };
      const conditions = [
        ...effectConditions(filter),
        ...(states === undefined ? [] : [{ state: { $in: states } }]),
        ...behindCursor(cursor),
      ];
      const found = await effects
        .find(conditions.length > 0 ? { $and: conditions } : {})
        .sort({ updatedAt: -1, _id: -1 })
        .limit(limit + 1)
        .toArray();
      const page = found.slice(0, limit).map(entryOfDoc);
      const last = page.at(-1);
      const more = found.length > limit && last;
      return { effects: page, nextCursor: more ? `${last.updatedAt}:${last.effectKey}` : null };
    },

    async effectCounts(filter) {
      const conditions = effectConditions(filter);
      const groups = await effects
        .aggregate<{ _id: EffectState; count: number }>([
          { $match: conditions.length > 0 ? { $and: conditions } : {} },
          { $group: { _id: '$state', count: { $sum: 1 } } },
        ])
        .toArray();
      return Object.fromEntries(groups.map(({ _id, count }) => [_id, count]));
    },
  };
}

/** The state is left to the caller. */
function effectConditions(filter: EffectFilter): object[] {
  const { runId, flowId, businessKey, businessEffectKeys, connections, mode, updatedFrom, updatedTo, text } = filter;
  const prefix = text ? { $regex: `^${literalPattern(text)}` } : null;
  return [
    ...(runId === undefined ? [] : [{ runId }]),
    ...(flowId === undefined ? [] : [{ flowId }]),
    ...(businessKey === undefined ? [] : [{ businessKey }]),
    ...(businessEffectKeys === undefined
      ? []
      : [{ businessEffectKey: { $in: businessEffectKeys }, connection: { $ne: null } }]),
    ...(connections === undefined ? [] : [{ connection: { $in: connections } }]),
    ...(mode === undefined ? [] : [{ mode }]),
    ...(updatedFrom === undefined ? [] : [{ updatedAt: { $gte: updatedFrom } }]),
    ...(updatedTo === undefined ? [] : [{ updatedAt: { $lte: updatedTo } }]),
    ...(prefix === null
      ? []
      : [{ $or: [{ runId: prefix }, { businessKey: prefix }, { _id: prefix, connection: { $ne: null } }] }]),
  ];
}

function behindCursor(cursor: string | undefined): object[] {
  const split = cursor?.indexOf(':') ?? -1;
  const updatedAt = Number(cursor?.slice(0, split));
  if (cursor === undefined || split <= 0 || !Number.isFinite(updatedAt)) return [];
  return [{ $or: [{ updatedAt: { $lt: updatedAt } }, { updatedAt, _id: { $lt: cursor.slice(split + 1) } }] }];
}
