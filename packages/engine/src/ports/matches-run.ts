import { standingAs } from './group-standing.ts';
import type { RunSummary } from './journal.ts';
import type { RunFilter } from './run-filter.ts';

const is = <T>(wanted: T | undefined, value: T): boolean => wanted === undefined || wanted === value;
const among = <T>(wanted: readonly T[] | undefined, value: T): boolean =>
  wanted === undefined || wanted.includes(value);
/** Nothing typed yet is no condition. */
const begins = (prefix: string | undefined, ...values: (string | null)[]): boolean =>
  !prefix || values.some((value) => value?.startsWith(prefix) === true);

function standsAt(run: RunSummary, { node, as }: NonNullable<RunFilter['standsAt']>): boolean {
  const places = [{ node: run.currentNode, status: run.status, note: run.note }, ...run.alsoAt];
  return places.some((place) => place.node === node && (as === undefined || standingAs(place) === as));
}

/** Whether a run is on the list with this filter; the meaning that every journal's query must have. */
export function matchesRun(run: RunSummary, filter: RunFilter): boolean {
  return (
    is(filter.flowId, run.flowId) &&
    among(filter.flowIds, run.flowId) &&
    among(filter.versionIds, run.versionId) &&
    among(filter.statuses, run.status) &&
    is(filter.businessKey, run.businessKey) &&
    begins(filter.businessKeyPrefix, run.businessKey) &&
    is(filter.correlationId, run.correlationId) &&
    is(filter.parentRunId, run.parentRunId) &&
    is(filter.replayRoot, run.replayRoot) &&
    (filter.standsAt === undefined || standsAt(run, filter.standsAt)) &&
    is(filter.mode, run.mode) &&
    (filter.errorClasses === undefined || (run.errorClass !== null && filter.errorClasses.includes(run.errorClass))) &&
    (filter.errorCodes === undefined || (run.errorCode !== null && filter.errorCodes.includes(run.errorCode))) &&
    is(filter.startedBy, run.startedBy) &&
    (filter.acceptedFrom === undefined || run.acceptedAt >= filter.acceptedFrom) &&
    (filter.acceptedTo === undefined || run.acceptedAt <= filter.acceptedTo) &&
    (filter.updatedFrom === undefined || run.updatedAt >= filter.updatedFrom) &&
    begins(filter.text, run.runId, run.businessKey, run.correlationId)
  );
}
