/**
 * How a run filter is answered: by which index, and what is left to be looked at row by row. Pure.
 * A leg names an index that gives its runs in the order of acceptance, so that a page costs as much as it shows;
 * without one a million runs would have to be sorted.
 */
import type { RunStatus } from '@waybill/engine';
import type { RunFilter, StandingAs } from '@waybill/engine/ports';
import { runStatuses, standingStatuses } from '@waybill/engine/ports';
import type { SqlValue } from './run-row.ts';

export interface Condition {
  sql: string;
  values: SqlValue[];
}

/** Runs that one index holds in the order of acceptance. */
export interface Leg {
  index: string;
  on: Condition[];
  /** All runs of the leg have this status; null if it mixes them. */
  status: RunStatus | null;
}

export interface RunPath {
  legs: Leg[];
  /** On the moment of acceptance, which every leg's index knows. */
  time: Condition[];
  /** What no index of the legs knows. */
  rest: Condition[];
}

/** Ranges of indexes that hold the runs of a prefix, though not in the order of acceptance. */
export interface PrefixRange {
  from: string;
  on: Condition;
}

/** More flows than this are checked row by row: each would need a leg for each status. */
const MAX_FLOW_LEGS = 12;

/** First code point after every string that begins with `prefix`. */
export const prefixEnd = (prefix: string): string => `${prefix}\u{10ffff}`;

const equal = (column: string, value: SqlValue): Condition => ({ sql: `${column} = ?`, values: [value] });
const oneOf = (column: string, values: readonly string[]): Condition => ({
  sql: `${column} in (${values.map(() => '?').join(', ')})`,
  values: [...values],
});
const beginsWith = (column: string, prefix: string): Condition => ({
  sql: `${column} >= ? and ${column} < ?`,
  values: [prefix, prefixEnd(prefix)],
});

/** By its summary, or by one of the other nodes it stands at. */
function standing({ node, as }: NonNullable<RunFilter['standsAt']>): Condition {
  const { own, also } = as === undefined ? { own: '', also: '' } : standingSql[as];
  return {
    sql: `((current_node = ?${own}) or (also_at is not null and exists (
      select 1 from stands_also as place where place.run_id = runs.run_id and place.node = ?${also})))`,
    values: [node, node],
  };
}

/** What `standingAs` says, of a summary and of another place. */
const standingSql: Record<StandingAs, { own: string; also: string }> = {
  running: { own: " and status = 'running'", also: ' and 0' },
  waiting: {
    own: " and (status = 'paused' or (status = 'waiting' and note is not 'parked'))",
    also: " and place.status = 'waiting' and place.note = ''",
  },
  parked: {
    own: " and status = 'waiting' and note = 'parked'",
    also: " and place.status = 'waiting' and place.note = 'parked'",
  },
  'in-doubt': { own: " and status = 'in-doubt'", also: " and place.status = 'in-doubt'" },
  failed: { own: " and status in ('failed', 'quarantined')", also: ' and 0' },
};

/** Started by a person: the only starters rare enough, and asked for often enough, to have an index. */
const BY_PERSON = "started_by >= 'us_' and started_by < 'us_~'";
const isPerson = (starter: string): boolean => starter.startsWith('us_');

/** The ranges in which runs of the filter's prefix or correlation are found; null if the filter names none. */
export function prefixRanges({ text, businessKeyPrefix, correlationId }: RunFilter): PrefixRange[] | null {
  if (correlationId !== undefined) {
    // Split as the partial index is: most runs are their own correlation.
    return [
      { from: 'runs', on: { sql: 'run_id = ? and correlation_id = ?', values: [correlationId, correlationId] } },
      {
        from: 'runs indexed by runs_correlation',
        on: { sql: 'correlation_id <> run_id and correlation_id = ?', values: [correlationId] },
      },
    ];
  }
  const ofKey = (prefix: string): PrefixRange => ({
    from: 'runs indexed by runs_business',
    on: beginsWith('business_key', prefix),
  });
  if (businessKeyPrefix) return [ofKey(businessKeyPrefix)];
  if (!text) return null;
  const { sql, values } = beginsWith('correlation_id', text);
  return [
    { from: 'runs', on: beginsWith('run_id', text) },
    ofKey(text),
    { from: 'runs indexed by runs_correlation', on: { sql: `correlation_id <> run_id and ${sql}`, values } },
  ];
}

type Member = keyof RunFilter;

/** Every condition of the filter by the member that asks for it; those on time apart. */
function conditionsOf(filter: RunFilter): { by: Map<Member, Condition>; time: Condition[] } {
  const by = new Map<Member, Condition>();
  const { flowId, flowIds, versionIds, statuses, businessKey, businessKeyPrefix, correlationId } = filter;
  const { parentRunId, replayRoot, standsAt, mode, startedBy, acceptedFrom, acceptedTo, text } = filter;
  const { errorCodes, errorClasses } = filter;
  if (flowId !== undefined) by.set('flowId', equal('flow_id', flowId));
  if (flowIds !== undefined) by.set('flowIds', oneOf('flow_id', flowIds));
  if (versionIds !== undefined) by.set('versionIds', oneOf('version_id', versionIds));
  if (statuses !== undefined) by.set('statuses', oneOf('status', statuses));
  if (businessKey !== undefined) by.set('businessKey', equal('business_key', businessKey));
  if (businessKeyPrefix) by.set('businessKeyPrefix', beginsWith('business_key', businessKeyPrefix));
  if (correlationId !== undefined) by.set('correlationId', equal('correlation_id', correlationId));
  if (parentRunId !== undefined) by.set('parentRunId', equal('parent_run_id', parentRunId));
  if (replayRoot !== undefined) by.set('replayRoot', equal('replay_root', replayRoot));
  if (standsAt !== undefined) by.set('standsAt', standing(standsAt));
  if (mode !== undefined) by.set('mode', { sql: `mode = '${mode === 'test' ? 'test' : 'live'}'`, values: [] });
  if (errorCodes !== undefined) by.set('errorCodes', oneOf('error_code', errorCodes));
  if (errorClasses !== undefined) by.set('errorClasses', oneOf('error_class', errorClasses));
  if (startedBy !== undefined) by.set('startedBy', equal('started_by', startedBy));
  if (text) {
    const columns = ['run_id', 'business_key', 'correlation_id'].map((column) => beginsWith(column, text));
    const sql = `(${columns.map((each) => `(${each.sql})`).join(' or ')})`;
    by.set('text', { sql, values: columns.flatMap((each) => each.values) });
  }
  if (filter.updatedFrom !== undefined) by.set('updatedFrom', { sql: 'updated_at >= ?', values: [filter.updatedFrom] });
  const time: Condition[] = [];
  if (acceptedFrom !== undefined) time.push({ sql: 'accepted_at >= ?', values: [acceptedFrom] });
  if (acceptedTo !== undefined) time.push({ sql: 'accepted_at <= ?', values: [acceptedTo] });
  return { by, time };
}

/** All conditions of a filter, time included, for runs that were already found by a prefix. */
export function allConditions(filter: RunFilter): Condition[] {
  const { by, time } = conditionsOf(filter);
  return [...time, ...by.values()];
}

/** The narrowest legs the filter has an index for. */
function legsOf(filter: RunFilter, by: Map<Member, Condition>): { legs: Leg[]; used: Member[] } {
  const { errorCodes, errorClasses, startedBy, mode, statuses, flowId, flowIds } = filter;
  const single = (index: string, member: Member, more: Condition[] = []) => {
    const on = by.get(member);
    return on && { legs: [{ index, on: [on, ...more], status: null }], used: [member] };
  };
  const narrow =
    single('runs_business', 'businessKey') ??
    single('runs_parent', 'parentRunId') ??
    single('runs_replays', 'replayRoot') ??
    (startedBy !== undefined && isPerson(startedBy)
      ? single('runs_person', 'startedBy', [{ sql: BY_PERSON, values: [] }])
      : undefined) ??
    (mode === 'test' ? single('runs_test', 'mode') : undefined);
  if (narrow) return narrow;
  if (errorCodes !== undefined)
    return {
      legs: errorCodes.map((code) => ({ index: 'runs_error', on: [equal('error_code', code)], status: null })),
      used: ['errorCodes'],
    };
  if (errorClasses !== undefined)
    return {
      legs: errorClasses.map((name) => ({ index: 'runs_class', on: [equal('error_class', name)], status: null })),
      used: ['errorClasses'],
    };
  const flows = flowId === undefined ? flowIds : [flowId];
  const named = flows && flows.length <= MAX_FLOW_LEGS ? flows : undefined;
  const used: Member[] = named ? [flowId === undefined ? 'flowIds' : 'flowId'] : [];
  if (statuses === undefined)
    return {
      legs: named
        ? named.map((flow) => ({ index: 'runs_flow', on: [equal('flow_id', flow)], status: null }))
        : [{ index: 'runs_accepted', on: [], status: null }],
      used,
    };
  const ofStatus = (status: RunStatus): Leg[] =>
    named
      ? named.map((flow) => ({
          index: 'runs_flow_status',
          on: [equal('flow_id', flow), equal('status', status)],
          status,
        }))
      : [{ index: 'runs_status', on: [equal('status', status)], status }];
  return { legs: statuses.flatMap(ofStatus), used: [...used, 'statuses'] };
}

/** A filter that names a list of nothing: no run has a status, flow, version or error out of none. */
const fitsNone = ({ statuses, flowIds, versionIds, errorCodes, errorClasses }: RunFilter): boolean =>
  [statuses, flowIds, versionIds, errorCodes, errorClasses].some((list) => list?.length === 0);

/** The path of a list; without legs where no run can fit, since SQLite has no plan for a partial index and "never". */
export function listPath(filter: RunFilter): RunPath {
  if (fitsNone(filter)) return { legs: [], time: [], rest: [] };
  const { by, time } = conditionsOf(filter);
  // Runs that are over stand nowhere: they need not be looked at.
  const asked = filter.standsAt?.as === undefined ? filter : { statuses: [...standingStatuses], ...filter };
  const { legs, used } = legsOf(asked, by);
  return { legs, time, rest: [...by].filter(([member]) => !used.includes(member)).map(([, condition]) => condition) };
}

/** The path of counts: the same runs whatever their status, one leg per status where an index allows it. */
export function countsPath({ statuses: _statuses, ...filter }: RunFilter): RunPath {
  const path = listPath(filter);
  const mixed = path.legs.every((leg) => leg.index === 'runs_accepted' || leg.index === 'runs_flow');
  return mixed ? listPath({ ...filter, statuses: [...runStatuses] }) : path;
}
