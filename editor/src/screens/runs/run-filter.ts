import type { RunSummaryView } from '@waybill/api-contract';
import { runStatusNames } from '@waybill/api-contract';

export type RunStatus = RunSummaryView['status'];
export type SearchIn = 'text' | 'key' | 'correlation';

/** What the address of the run list says. */
export interface RunFilter {
  flowId: string;
  statuses: readonly RunStatus[];
  mode: '' | 'live' | 'test';
  /** A name of `timeRanges`, `custom`, or empty for all time. */
  range: string;
  /** For `custom`: local date and time as the browser's control writes it. */
  from: string;
  to: string;
  search: string;
  searchIn: SearchIn;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const timeRanges: readonly { value: string; label: string; ms: number | null }[] = [
  { value: '', label: 'All time', ms: null },
  { value: '15m', label: 'Last 15 minutes', ms: 15 * MINUTE_MS },
  { value: '1h', label: 'Last hour', ms: HOUR_MS },
  { value: '24h', label: 'Last 24 hours', ms: 24 * HOUR_MS },
  { value: '7d', label: 'Last 7 days', ms: 7 * 24 * HOUR_MS },
  { value: '30d', label: 'Last 30 days', ms: 30 * 24 * HOUR_MS },
  { value: 'custom', label: 'From … to …', ms: null },
];

const isStatus = (name: string): name is RunStatus => (runStatusNames as readonly string[]).includes(name);
const searchPlaces: readonly string[] = ['text', 'key', 'correlation'];

/** Reads the address; what it does not know it leaves out. Pure. */
export function filterFromSearch(search: URLSearchParams): RunFilter {
  const mode = search.get('mode');
  const range = search.get('range') ?? '';
  const place = search.get('in') ?? 'text';
  return {
    flowId: search.get('flow') ?? '',
    statuses: (search.get('status') ?? '').split(',').filter(isStatus),
    mode: mode === 'live' || mode === 'test' ? mode : '',
    range: timeRanges.some((known) => known.value === range) ? range : '',
    from: search.get('from') ?? '',
    to: search.get('to') ?? '',
    search: search.get('q') ?? '',
    searchIn: (searchPlaces.includes(place) ? place : 'text') as SearchIn,
  };
}

export interface RunQuery {
  flowId?: string;
  status?: string;
  mode?: 'live' | 'test';
  businessKey?: string;
  correlationId?: string;
  from?: number;
  to?: number;
  text?: string;
}

/**
 * The filter as the server takes it. Pure.
 * @param now epoch ms; relative ranges begin at a whole minute, so that the same filter asks the same question for a while.
 */
export function queryOf(filter: RunFilter, now: number): RunQuery {
  const search = filter.search.trim();
  const range = timeRanges.find((known) => known.value === filter.range);
  const custom = filter.range === 'custom';
  const from = custom ? epochOf(filter.from) : range?.ms ? Math.floor((now - range.ms) / MINUTE_MS) * MINUTE_MS : null;
  const to = custom ? epochOf(filter.to) : null;
  return {
    ...(filter.flowId ? { flowId: filter.flowId } : {}),
    ...(filter.statuses.length > 0 ? { status: filter.statuses.join(',') } : {}),
    ...(filter.mode ? { mode: filter.mode } : {}),
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
    ...(search && filter.searchIn === 'text' ? { text: search } : {}),
    ...(search && filter.searchIn === 'key' ? { businessKey: search } : {}),
    ...(search && filter.searchIn === 'correlation' ? { correlationId: search } : {}),
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
  Object.keys(queryOf(filter, 0)).length > 0 || filter.range !== '';

/** Adds a status to the filter or takes it away. Pure. */
export const toggleStatus = (statuses: readonly RunStatus[], status: RunStatus): RunStatus[] =>
  statuses.includes(status) ? statuses.filter((other) => other !== status) : [...statuses, status];
