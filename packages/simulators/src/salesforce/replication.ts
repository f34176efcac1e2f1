/** `updated` and `deleted` between two moments. */
import type { JsonObject } from '../kernel/json.ts';
import type { RecordStore } from '../kernel/record-store.ts';
import { salesforceTime } from './change-feed.ts';
import { SalesforceError } from './errors.ts';
import type { SObject } from './schema.ts';

export function answerReplication(
  store: RecordStore,
  object: SObject,
  kind: 'updated' | 'deleted',
  query: URLSearchParams,
): JsonObject {
  const start = moment(query, 'start');
  const end = moment(query, 'end');
  const within = store
    .list(object.name, { includeDeleted: true })
    .filter(
      (record) => record.updatedAtMs >= start && record.updatedAtMs <= end && record.deleted === (kind === 'deleted'),
    );
  const latestDateCovered = salesforceTime(Math.min(end, store.clock()));
  if (kind === 'updated') return { ids: within.map(({ id }) => id), latestDateCovered };
  const deletedRecords = within.map(({ id, updatedAtMs }) => ({ id, deletedDate: salesforceTime(updatedAtMs) }));
  return { deletedRecords, earliestDateAvailable: salesforceTime(0), latestDateCovered };
}

function moment(query: URLSearchParams, name: string): number {
  // A plus sign of the zone arrives as a space when the client did not encode it.
  const atMs = Date.parse((query.get(name) ?? '').replace(' ', '+'));
  if (Number.isNaN(atMs)) throw new SalesforceError(400, 'INVALID_REPLICATION_DATE', `${name} is not a valid date`);
  return atMs;
}
