import { randomBytes } from 'node:crypto';
import type { RunFilter, RunSummary, StandingAs } from '@waybill/engine/ports';
import { finalRunStatuses, standingAs, standingAsNames } from '@waybill/engine/ports';
import type { RunId } from '@waybill/flow-model';
import { literalPattern } from '../repositories/page.ts';
import type { RunDoc } from './collections.ts';

/** A run that is over is looked for again at the next start only where it keeps others waiting. */
const isOpen = ({ status, holdsKey }: RunSummary): boolean => !finalRunStatuses.includes(status) || holdsKey;

export const dedupeOf = ({ runId, flowId, dedupeKey }: RunSummary): string =>
  dedupeKey === null ? `\n${runId}` : `${flowId}\n${dedupeKey}`;

/** Where it stands, with what documents of earlier versions do not have. */
export const withPlace = <T extends Pick<RunSummary, 'note' | 'currentNode' | 'currentWaits' | 'alsoAt'>>(
  summary: T,
): T => ({
  ...summary,
  note: summary.note ?? null,
  currentNode: summary.currentNode ?? null,
  currentWaits: summary.currentWaits ?? 0,
  alsoAt: summary.alsoAt ?? [],
});

/** With what documents of earlier versions do not have. */
export const complete = (summary: RunSummary): RunSummary => ({
  ...withPlace(summary),
  replayRoot: summary.replayRoot ?? null,
  errorClass: summary.errorClass ?? null,
});

export function summaryOfDoc(doc: RunDoc): RunSummary {
  const {
    _id,
    dedupe: _dedupe,
    order: _order,
    isOpen: _open,
    alsoAs: _also,
    first: _first,
    firstTo: _to,
    firstEffects: _effects,
    ...summary
  } = doc;
  return complete({ runId: _id as RunId, ...summary });
}

let lastMs = 0;
let counter = 0;

/** Sorts by acceptance within a process, and by its clock between processes. */
export function nextOrder(): string {
  const now = Math.max(Date.now(), lastMs);
  counter = now === lastMs ? counter + 1 : 0;
  lastMs = now;
  return `${now.toString(16).padStart(12, '0')}${counter.toString(16).padStart(6, '0')}${randomBytes(4).toString('hex')}`;
}

const placeKey = (as: StandingAs, node: string): string => `${as} ${node}`;

/** What of a document is told from its summary. */
export const toldOf = (summary: RunSummary): Pick<RunDoc, 'isOpen' | 'alsoAs'> => ({
  isOpen: isOpen(summary),
  alsoAs: summary.alsoAt.map((place) => placeKey(standingAs(place) ?? 'waiting', place.node)),
});

/** What `standingAs` says of a summary. */
const standing: Record<StandingAs, object> = {
  running: { status: 'running' },
  waiting: { $or: [{ status: 'paused' }, { status: 'waiting', note: { $ne: 'parked' } }] },
  parked: { status: 'waiting', note: 'parked' },
  'in-doubt': { status: 'in-doubt' },
  failed: { status: { $in: ['failed', 'quarantined'] } },
};

const standsAt = ({ node, as }: NonNullable<RunFilter['standsAt']>): object => ({
  $or: [
    { currentNode: node, ...(as === undefined ? {} : standing[as]) },
    { alsoAs: { $in: (as === undefined ? standingAsNames : [as]).map((name) => placeKey(name, node)) } },
  ],
});

/** The query behind lists; the status is left to the caller. */
export function filterQuery(filter: RunFilter): object[] {
  const { flowId, flowIds, versionIds, businessKey, businessKeyPrefix, correlationId, parentRunId, mode } = filter;
  const { errorCodes, errorClasses, startedBy, acceptedFrom, acceptedTo, text } = filter;
  const begins = (prefix: string) => ({ $regex: `^${literalPattern(prefix)}` });
  const given = <T>(value: T | undefined, condition: (known: T) => object): object[] =>
    value === undefined ? [] : [condition(value)];
  return [
    ...given(flowId, (id) => ({ flowId: id })),
    ...given(flowIds, (ids) => ({ flowId: { $in: ids } })),
    ...given(versionIds, (ids) => ({ versionId: { $in: ids } })),
    ...given(businessKey, (key) => ({ businessKey: key })),
    ...given(businessKeyPrefix || undefined, (prefix) => ({ businessKey: begins(prefix) })),
    ...given(correlationId, (id) => ({ correlationId: id })),
    ...given(parentRunId, (id) => ({ parentRunId: id })),
    ...given(filter.replayRoot, (id) => ({ replayRoot: id })),
    ...given(filter.standsAt, standsAt),
    ...given(mode, (only) => ({ mode: only })),
    ...given(errorCodes, (codes) => ({ errorCode: { $in: codes } })),
    ...given(errorClasses, (names) => ({ errorClass: { $in: names } })),
    ...given(startedBy, (starter) => ({ startedBy: starter })),
    ...given(acceptedFrom, (from) => ({ acceptedAt: { $gte: from } })),
    ...given(filter.updatedFrom, (from) => ({ updatedAt: { $gte: from } })),
    ...given(acceptedTo, (to) => ({ acceptedAt: { $lte: to } })),
    ...given(text || undefined, (prefix) => ({
      $or: [{ _id: begins(prefix) }, { businessKey: begins(prefix) }, { correlationId: begins(prefix) }],
    })),
  ];
}

/** Null for a cursor none of our pages gave out: the list then starts at its beginning. */
export function behindCursor(cursor: string | undefined): object[] {
  const split = cursor?.indexOf(':') ?? -1;
  const acceptedAt = Number(cursor?.slice(0, split));
  if (cursor === undefined || split <= 0 || !Number.isFinite(acceptedAt)) return [];
  return [{ $or: [{ acceptedAt: { $lt: acceptedAt } }, { acceptedAt, _id: { $lt: cursor.slice(split + 1) } }] }];
}
