/** SQL of run lists and counts. Pure: filter in, statement and values out. */
import type { RunStatus } from '@waybill/engine';
import type { RunCounts, RunFilter, RunQuery } from '@waybill/engine/ports';
import { runStatuses } from '@waybill/engine/ports';
import type { Condition, Leg, PrefixRange, RunPath } from './run-path.ts';
import { allConditions } from './run-path.ts';
import type { RunRow, SqlValue } from './run-row.ts';

export interface Statement {
  sql: string;
  values: SqlValue[];
}

/** Where a list stands: a run, by what it is sorted by. */
export type Place = [acceptedAt: number, runId: string];

/** A prefix with at most this many runs is answered by finding and sorting them all. */
export const GATHER_LIMIT = 5_000;
/** Runs looked at for one page before it is handed out as it is: about 8 ms. */
const LOOK_LIMIT = 30_000;
/** Runs counted per status where the index alone tells: about 4 ms. */
const COUNT_LIMIT = 100_000;
/** Runs looked at per status where each must be read: about 5 ms where they lie far apart. */
const COUNT_LOOK_LIMIT = 5_000;

const STANDING_LIMIT = 10_000;

const NEWEST_FIRST = 'order by accepted_at desc, run_id desc';

const where = (all: Condition[]): string =>
  all.length > 0 ? `where ${all.map((each) => each.sql).join(' and ')}` : '';
const valuesIn = (all: Condition[]): SqlValue[] => all.flatMap((each) => each.values);
const nothing: Statement = { sql: 'select * from runs where 0', values: [] };

const behind = (place: Place | null): Condition[] =>
  place ? [{ sql: '(accepted_at, run_id) < (?, ?)', values: place }] : [];

/** How many runs each range of a prefix holds, counted no further than what still is gathered. */
export const rangeSizes = (ranges: PrefixRange[]): Statement[] =>
  ranges.map(({ from, on }) => ({
    sql: `select count(*) as runs from (select 1 from ${from} where ${on.sql} limit ${GATHER_LIMIT + 1})`,
    values: on.values,
  }));

const gathered = (ranges: PrefixRange[]): Condition => ({
  sql: `n in (${ranges.map(({ from, on }) => `select n from ${from} where ${on.sql}`).join(' union ')})`,
  values: ranges.flatMap(({ on }) => on.values),
});

/** One page out of gathered ranges, one row more than `limit` to tell whether another page follows. */
export function gatheredList(ranges: PrefixRange[], { filter, limit }: RunQuery, after: Place | null): Statement {
  if (filter.statuses?.length === 0) return nothing;
  const all = [gathered(ranges), ...allConditions(filter), ...behind(after)];
  return { sql: `select * from runs ${where(all)} ${NEWEST_FIRST} limit ?`, values: [...valuesIn(all), limit + 1] };
}

export function gatheredCounts(ranges: PrefixRange[], { statuses: _statuses, ...filter }: RunFilter): Statement {
  const all = [gathered(ranges), ...allConditions(filter)];
  return { sql: `select status, count(*) as runs from runs ${where(all)} group by status`, values: valuesIn(all) };
}

/**
 * For each leg the place to which one page may look; no row: the leg ends before. Needed only where rows must be looked
 * at one by one.
 */
export function reachStatements({ legs, time, rest }: RunPath, after: Place | null): Statement[] {
  if (rest.length === 0) return [];
  const perLeg = Math.ceil(LOOK_LIMIT / Math.max(1, legs.length));
  return legs.map((leg) => {
    const all = [...leg.on, ...time, ...behind(after)];
    return {
      sql: `select accepted_at, run_id from runs indexed by ${leg.index} ${where(all)} ${NEWEST_FIRST} limit 1 offset ?`,
      values: [...valuesIn(all), perLeg],
    };
  });
}

/** The nearest of the legs' ends: beyond it one of them has not been looked at. */
export function reachOf(results: RunRow[][]): Place | null {
  const places = results.flatMap((rows) =>
    rows.map((row): Place => [Number(row['accepted_at']), String(row['run_id'])]),
  );
  return places.reduce<Place | null>((near, place) => (near === null || isNewer(place, near) ? place : near), null);
}

const isNewer = (a: Place, b: Place): boolean => a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);

/** One page, newest first, down to `reach`; one row more than `limit` to tell whether another page follows. */
export function listStatement(path: RunPath, limit: number, after: Place | null, reach: Place | null): Statement {
  const within: Condition[] = reach ? [{ sql: '(accepted_at, run_id) >= (?, ?)', values: reach }] : [];
  const rows = limit + 1;
  const parts = path.legs.map((leg) => {
    const all = [...leg.on, ...path.time, ...behind(after), ...within, ...path.rest];
    return {
      sql: `select * from runs indexed by ${leg.index} ${where(all)} ${NEWEST_FIRST} limit ?`,
      values: [...valuesIn(all), rows],
    };
  });
  const [only, ...others] = parts;
  if (!only) return nothing;
  if (others.length === 0) return only;
  return {
    sql: `select * from (${parts.map((part) => `select * from (${part.sql})`).join(' union all ')}) ${NEWEST_FIRST} limit ?`,
    values: [...parts.flatMap((part) => part.values), rows],
  };
}

/** Per leg: how many runs were seen and how many of them match, by status. Only what is counted is carried along. */
export function countStatements({ legs, time, rest }: RunPath): Statement[] {
  const matching = rest.length === 0 ? '1' : rest.map((each) => `(${each.sql})`).join(' and ');
  return legs.map((leg) => {
    const all = [...leg.on, ...time];
    const within = `from runs indexed by ${leg.index} ${where(all)} ${NEWEST_FIRST} limit ?`;
    const values = [...valuesIn(rest), ...valuesIn(all), countLimit(leg, rest)];
    const sums = 'count(*) as seen, total(fits) as runs';
    return leg.status === null
      ? { sql: `select status, ${sums} from (select status, ${matching} as fits ${within}) group by status`, values }
      : { sql: `select '${leg.status}' as status, ${sums} from (select ${matching} as fits ${within})`, values };
  });
}

const countLimit = (leg: Leg, rest: Condition[]): number =>
  rest.length === 0 && leg.status !== null ? COUNT_LIMIT : COUNT_LOOK_LIMIT;

/** Adds up what the legs counted. */
export function countsOf(path: RunPath, results: RunRow[][]): RunCounts {
  const counts: RunCounts['counts'] = {};
  const open = new Set<RunStatus>();
  for (const [index, rows] of results.entries()) {
    const leg = path.legs[index] as Leg;
    const seen = rows.reduce((sum, row) => sum + Number(row['seen']), 0);
    for (const row of rows) {
      const status = row['status'] as RunStatus;
      if (Number(row['runs']) > 0) counts[status] = (counts[status] ?? 0) + Number(row['runs']);
    }
    if (seen < countLimit(leg, path.rest)) continue;
    for (const status of leg.status === null ? runStatuses : [leg.status]) open.add(status);
  }
  return { counts, atLeast: [...open] };
}

/** Where the runs of a flow stand: all that wait, counted from their index; of the other statuses the newest. */
export const standingStatement = (flowId: string, failedFrom: number): Statement => {
  const newest = ['queued', 'running', 'failed'].map((status) => {
    const since = status === 'failed' ? 'and accepted_at >= ?' : '';
    return `select * from (select version_id, updated_at as since,
        json_array(status, current_node, current_step, note, current_waits) as stands_at
      from runs indexed by runs_flow_status where flow_id = ? and status = '${status}' ${since} ${NEWEST_FIRST}
      limit ${STANDING_LIMIT})`;
  });
  return {
    sql: `select version_id, stands_at, count(*) as runs, min(stands_since) as oldest_at from runs indexed by runs_standing
      where flow_id = ? and stands_at is not null group by version_id, stands_at
      union all select version_id, json_array(status, node, step, nullif(note, ''), waits) as stands_at,
        count(*) as runs, min(since) as oldest_at
      from stands_also indexed by stands_also_flow where flow_id = ? group by version_id, node, status, note, step, waits
      union all select version_id, stands_at, count(*) as runs, min(since) as oldest_at
      from (${newest.join(' union all ')}) group by version_id, stands_at`,
    values: [flowId, flowId, flowId, flowId, flowId, failedFrom],
  };
};

/** Live runs are all but the few test runs, so neither need be read one by one. */
export function withoutTests(all: RunCounts, tests: RunCounts): RunCounts {
  const counts = Object.entries(all.counts).map(([status, runs]) => [
    status,
    runs - (tests.counts[status as RunStatus] ?? 0),
  ]);
  return { counts: Object.fromEntries(counts.filter(([, runs]) => Number(runs) > 0)), atLeast: all.atLeast };
}

export const cursorOf = ([acceptedAt, runId]: Place): string => `${acceptedAt}:${runId}`;

/** Null for a cursor that none of our pages gave out: the list then starts at its beginning. */
export function placeOf(cursor: string | undefined): Place | null {
  const split = cursor?.indexOf(':') ?? -1;
  const acceptedAt = Number(cursor?.slice(0, split));
  return cursor !== undefined && split > 0 && Number.isFinite(acceptedAt)
    ? [acceptedAt, cursor.slice(split + 1)]
    : null;
}
