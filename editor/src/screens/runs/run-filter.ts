import type { ExceptionClassName, RunSummaryView, StandingAs } from '@waybill/api-contract';
import { exceptionClassNames, runStatusNames, standingAsNames } from '@waybill/api-contract';

export type RunStatus = RunSummaryView['status'];
export type SearchIn = 'text' | 'key' | 'prefix' | 'correlation';

/** What the address of the run list says. */
export interface RunFilter {
  flowId: string;
  /** Number of a version of the flow, as typed. */
  version: string;
  /** Id of a connection, or a role. */
  connection: string;
  /** Of the flow. */
  label: string;
  statuses: readonly RunStatus[];
  mode: '' | 'live' | 'test';
  /** A name of `timeRanges`, `custom`, or empty for all time. */
  range: string;
  /** For `custom`: local date and time as the browser's control writes it. */
  from: string;
  to: string;
  search: string;
  searchIn: SearchIn;
  error: string;
  errorClass: '' | ExceptionClassName;
  /** `me`, a user id, or what else starts runs. */
  startedBy: string;
  parent: string;
  /** Id of the step they stand at, and how. */
  node: string;
  as: '' | StandingAs;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const timeRanges: readonly { value: string; label: string; ms: number | null }[] = [
  { value: '', label: 'All time', ms: null },
  { value: '15m', label: 'Last 15 minutes', ms: 15 * MINUTE_MS },
  { value: '1h', label: 'Last hour', ms: HOUR_MS },
  { value: 'today', label: 'Today', ms: null },
  { value: '24h', label: 'Last 24 hours', ms: 24 * HOUR_MS },
  { value: '7d', label: 'Last 7 days', ms: 7 * 24 * HOUR_MS },
  { value: '30d', label: 'Last 30 days', ms: 30 * 24 * HOUR_MS },
  { value: 'custom', label: 'From … to …', ms: null },
];

const isStatus = (name: string): name is RunStatus => (runStatusNames as readonly string[]).includes(name);
const searchPlaces: readonly string[] = ['text', 'key', 'prefix', 'correlation'];

/** The members of the address that a filter is made of. */
export const filterMembers = [
  'flow',
  'version',
  'connection',
  'label',
  'status',
  'mode',
  'range',
  'from',
  'to',
  'q',
  'in',
  'error',
  'class',
  'by',
  'parent',
  'node',
  'as',
] as const;

/** Changes of the address that take every filter away. */
export const noFilter: Record<string, null> = Object.fromEntries(filterMembers.map((member) => [member, null]));

/** Reads the address; what it does not know it leaves out. Pure. */
export function filterFromSearch(search: URLSearchParams): RunFilter {
  const mode = search.get('mode');
  const range = search.get('range') ?? '';
  const place = search.get('in') ?? 'text';
  const text = (name: string) => search.get(name) ?? '';
  return {
    flowId: text('flow'),
    version: /^[1-9]\d{0,8}$/.test(text('version')) ? text('version') : '',
    connection: text('connection'),
    label: text('label'),
    statuses: text('status').split(',').filter(isStatus),
    mode: mode === 'live' || mode === 'test' ? mode : '',
    range: timeRanges.some((known) => known.value === range) ? range : '',
    from: text('from'),
    to: text('to'),
    search: text('q'),
    searchIn: (searchPlaces.includes(place) ? place : 'text') as SearchIn,
    error: text('error'),
    errorClass: exceptionClassNames.find((name) => name === search.get('class')) ?? '',
    startedBy: text('by'),
    parent: text('parent'),
    node: text('node'),
    as: standingAsNames.find((name) => name === search.get('as')) ?? '',
  };
}

export interface RunQuery {
  flowId?: string;
  version?: number;
  connection?: string;
  label?: string;
  status?: string;
  mode?: 'live' | 'test';
  businessKey?: string;
  businessKeyPrefix?: string;
  correlationId?: string;
  errorCode?: string;
  errorClass?: ExceptionClassName;
  startedBy?: string;
  parentRunId?: string;
  node?: string;
  as?: StandingAs;
  from?: number;
  to?: number;
  text?: string;
}

function startOf(filter: RunFilter, now: number): number | null {
  if (filter.range === 'custom') return epochOf(filter.from);
  if (filter.range === 'today') return new Date(now).setHours(0, 0, 0, 0);
  const ms = timeRanges.find((known) => known.value === filter.range)?.ms;
  return ms ? Math.floor((now - ms) / MINUTE_MS) * MINUTE_MS : null;
}

const searchMember = {
  text: 'text',
  key: 'businessKey',
  prefix: 'businessKeyPrefix',
  correlation: 'correlationId',
} as const satisfies Record<SearchIn, keyof RunQuery>;

/**
 * The filter as the server takes it. Pure.
 * @param now epoch ms; relative ranges begin at a whole minute, so that the same filter asks the same question for a while.
 * @param ownId of the reader, for runs "started by me".
 */
export function queryOf(filter: RunFilter, now: number, ownId: string): RunQuery {
  const search = filter.search.trim();
  const error = filter.error.trim().toUpperCase().replace(/\s+/g, '');
  const from = startOf(filter, now);
  const to = filter.range === 'custom' ? epochOf(filter.to) : null;
  return {
    ...(filter.flowId ? { flowId: filter.flowId } : {}),
    ...(filter.flowId && filter.version ? { version: Number(filter.version) } : {}),
    ...(filter.connection ? { connection: filter.connection } : {}),
    ...(filter.label ? { label: filter.label } : {}),
    ...(filter.statuses.length > 0 ? { status: filter.statuses.join(',') } : {}),
    ...(filter.mode ? { mode: filter.mode } : {}),
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
    ...(error ? { errorCode: error } : {}),
    ...(filter.errorClass ? { errorClass: filter.errorClass } : {}),
    ...(filter.startedBy ? { startedBy: filter.startedBy === 'me' ? ownId : filter.startedBy } : {}),
    ...(filter.parent ? { parentRunId: filter.parent } : {}),
    ...(filter.node ? { node: filter.node } : {}),
    ...(filter.node && filter.as ? { as: filter.as } : {}),
    ...(search ? { [searchMember[filter.searchIn]]: search } : {}),
  };
}

const epochOf = (local: string): number | null => {
  const at = Date.parse(local);
  return Number.isNaN(at) ? null : at;
};

/** The same question without the status: what counts and live news are asked for. Pure. */
export function withoutStatus(query: RunQuery): RunQuery {
  const { status: _status, ...rest } = query;
  return rest;
}

export const isFiltered = (filter: RunFilter): boolean =>
  Object.keys(queryOf(filter, 0, '-')).length > 0 || filter.range !== '';

/** How many of the less used filters are set. Pure. */
export const detailCount = (filter: RunFilter): number =>
  [
    filter.flowId && filter.version,
    filter.connection,
    filter.label,
    filter.error,
    filter.errorClass,
    filter.startedBy,
    filter.parent,
    filter.node,
  ].filter(Boolean).length;

/** Adds a status to the filter or takes it away. Pure. */
export const toggleStatus = (statuses: readonly RunStatus[], status: RunStatus): RunStatus[] =>
  statuses.includes(status) ? statuses.filter((other) => other !== status) : [...statuses, status];

/** A count as people read it; one that stopped early is rounded down to what is sure at a glance. Pure. */
export function countWords(count: number, isAtLeast: boolean): string {
  if (!isAtLeast) return count.toLocaleString();
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1);
  return `${(Math.floor(count / step) * step).toLocaleString()}+`;
}
