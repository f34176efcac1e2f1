/** SQL of run lists and counts. Pure: filter in, statement and values out. */
import type { RunFilter, RunQuery } from '@waybill/engine/ports';
import type { SqlValue } from './run-row.ts';

export interface Statement {
  sql: string;
  values: SqlValue[];
}

interface Condition {
  sql: string;
  values: SqlValue[];
}

const NEWEST_FIRST = 'order by accepted_at desc, run_id desc';

/** First code point after every string that begins with `prefix`. */
export const prefixEnd = (prefix: string): string => `${prefix}\u{10ffff}`;

function conditions(filter: RunFilter): Condition[] {
  const { flowId, businessKey, correlationId, parentRunId, mode, acceptedFrom, acceptedTo, text } = filter;
  const found: Condition[] = [];
  const add = (sql: string, ...values: SqlValue[]) => found.push({ sql, values });
  if (flowId !== undefined) add('flow_id = ?', flowId);
  if (businessKey !== undefined) add('business_key = ?', businessKey);
  if (correlationId !== undefined) {
    // Split as the partial index is: most runs are their own correlation.
    add(
      '(run_id = ? and correlation_id = ? or correlation_id <> run_id and correlation_id = ?)',
      correlationId,
      correlationId,
      correlationId,
    );
  }
  if (parentRunId !== undefined) add('parent_run_id = ?', parentRunId);
  // Test runs are few and have an index that must see the literal; live runs are nearly all.
  if (mode === 'test') add("mode = 'test'");
  else if (mode !== undefined) add('+mode = ?', mode);
  if (acceptedFrom !== undefined) add('accepted_at >= ?', acceptedFrom);
  if (acceptedTo !== undefined) add('accepted_at <= ?', acceptedTo);
  if (text !== undefined && text !== '') {
    const range = [text, prefixEnd(text)];
    add(
      `(run_id >= ? and run_id < ? or business_key >= ? and business_key < ?
        or correlation_id <> run_id and correlation_id >= ? and correlation_id < ?)`,
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

/** Filters that by themselves leave few runs. */
const isNarrow = ({ businessKey, correlationId, parentRunId, text }: RunFilter): boolean =>
  businessKey !== undefined || correlationId !== undefined || parentRunId !== undefined || Boolean(text);

/**
 * One page, newest first, one row more than `limit` to tell whether another page follows. Several statuses are
 * asked one by one, each in index order, since no index holds their mixture in order.
 */
export function listStatement({ filter, cursor, limit }: RunQuery): Statement {
  const found = conditions(filter);
  const position = cursor === undefined ? null : readCursor(cursor);
  if (position) found.push({ sql: '(accepted_at, run_id) < (?, ?)', values: position });
  const { statuses } = filter;
  const rows = limit + 1;
  if (statuses === undefined) {
    return { sql: `select * from runs ${where(found)} ${NEWEST_FIRST} limit ?`, values: [...valuesIn(found), rows] };
  }
  if (statuses.length === 0) return { sql: 'select * from runs where 0', values: [] };
  if (isNarrow(filter)) {
    const among = { sql: `+status in (${statuses.map(() => '?').join(', ')})`, values: statuses };
    const all = [...found, among];
    return { sql: `select * from runs ${where(all)} ${NEWEST_FIRST} limit ?`, values: [...valuesIn(all), rows] };
  }
  const parts = statuses.map((status) => {
    const all = [{ sql: 'status = ?', values: [status] }, ...found];
    return {
      sql: `select * from (select * from runs ${where(all)} ${NEWEST_FIRST} limit ?)`,
      values: [...valuesIn(all), rows],
    };
  });
  return {
    sql: `select * from (${parts.map((part) => part.sql).join(' union all ')}) ${NEWEST_FIRST} limit ?`,
    values: [...parts.flatMap((part) => part.values), rows],
  };
}

/** Counts by status, whatever statuses the filter names. */
export function countsStatement(filter: RunFilter): Statement {
  const found = conditions(filter);
  return {
    sql: `select status, count(*) as runs from runs ${where(found)} group by status`,
    values: valuesIn(found),
  };
}

export const cursorOf = (run: { acceptedAt: number; runId: string }): string => `${run.acceptedAt}:${run.runId}`;

/** Null for a cursor that none of our pages gave out: the list then starts at its beginning. */
function readCursor(cursor: string): [number, string] | null {
  const split = cursor.indexOf(':');
  const acceptedAt = Number(cursor.slice(0, split));
  return split > 0 && Number.isFinite(acceptedAt) ? [acceptedAt, cursor.slice(split + 1)] : null;
}
