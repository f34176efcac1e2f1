/** SQL of the ledger's lists and counts. Pure: filter in, statement and values out. */
import type { EffectFilter, EffectQuery, EffectState } from '@waybill/engine/ports';
import { prefixEnd } from './run-path.ts';
import type { Statement } from './run-query.ts';
import type { SqlValue } from './run-row.ts';

interface Condition {
  sql: string;
  values: SqlValue[];
}

const NEWEST_FIRST = 'order by updated_at desc, effect_key desc';

const places = (values: readonly unknown[]): string => values.map(() => '?').join(', ');

function conditions(filter: EffectFilter): Condition[] {
  const { runId, flowId, businessKey, businessEffectKeys, connections, mode, updatedFrom, updatedTo, text } = filter;
  const found: Condition[] = [];
  const add = (sql: string, ...values: SqlValue[]) => found.push({ sql, values });
  if (runId !== undefined) add('run_id = ?', runId);
  if (flowId !== undefined) add('flow_id = ?', flowId);
  if (businessKey !== undefined) add('business_key = ?', businessKey);
  if (businessEffectKeys !== undefined)
    add(`connection is not null and business_effect_key in (${places(businessEffectKeys)})`, ...businessEffectKeys);
  if (connections !== undefined) add(`connection in (${places(connections)})`, ...connections);
  if (mode !== undefined) add('+mode = ?', mode);
  if (updatedFrom !== undefined) add('updated_at >= ?', updatedFrom);
  if (updatedTo !== undefined) add('updated_at <= ?', updatedTo);
  if (text !== undefined && text !== '') {
    const range = [text, prefixEnd(text)];
    add(
      `(run_id >= ? and run_id < ? or business_key >= ? and business_key < ?
        or connection is not null and effect_key >= ? and effect_key < ?)`,
      ...range,
      ...range,
      ...range,
    );
  }
  return found;
}

const where = (all: Condition[]): string =>
  all.length > 0 ? `where ${all.map((each) => each.sql).join(' and ')}` : '';
const valuesIn = (all: Condition[]): SqlValue[] => all.flatMap((each) => each.values);

/** Nearly all effects are confirmed; the index of the others must see that it may be used. */
const inState = (state: EffectState): Condition =>
  state === 'confirmed'
    ? { sql: "+state = 'confirmed'", values: [] }
    : { sql: "state <> 'confirmed' and state = ?", values: [state] };

/**
 * One page, newest change first, one row more than `limit` to tell whether another page follows. Several states are
 * asked one by one, each in index order.
 */
export function effectsStatement({ filter, cursor, limit }: EffectQuery): Statement {
  const found = conditions(filter);
  const position = cursor === undefined ? null : readEffectCursor(cursor);
  if (position) found.push({ sql: '(updated_at, effect_key) < (?, ?)', values: position });
  const rows = limit + 1;
  const page = (all: Condition[]): Statement => ({
    sql: `select * from effects ${where(all)} ${NEWEST_FIRST} limit ?`,
    values: [...valuesIn(all), rows],
  });
  const parts = filter.states?.map((state) => page([inState(state), ...found])) ?? [page(found)];
  if (parts.length === 0) return { sql: 'select * from effects where 0', values: [] };
  const union = parts.map((part) => `select * from (${part.sql})`).join(' union all ');
  return {
    sql: `select page.*, version_id, correlation_id from (select * from (${union}) ${NEWEST_FIRST} limit ?) as page
          join runs using (run_id) ${NEWEST_FIRST.replace('updated_at', 'page.updated_at')}`,
    values: [...parts.flatMap((part) => part.values), rows],
  };
}

/** Counts by state, whatever states the filter names. */
export function effectCountsStatement(filter: EffectFilter): Statement {
  const found = conditions(filter);
  return {
    sql: `select state, count(*) as effects from effects ${where(found)} group by state`,
    values: valuesIn(found),
  };
}

export const effectCursorOf = (effect: { updatedAt: number; effectKey: string }): string =>
  `${effect.updatedAt}:${effect.effectKey}`;

/** Null for a cursor that none of our pages gave out: the list then starts at its beginning. */
function readEffectCursor(cursor: string): [number, string] | null {
  const split = cursor.indexOf(':');
  const updatedAt = Number(cursor.slice(0, split));
  return split > 0 && Number.isFinite(updatedAt) ? [updatedAt, cursor.slice(split + 1)] : null;
}
