import { literalPattern } from './page.ts';
import type { TaskContent, TaskRecord, TaskStatus } from './task-record.ts';

/** Somebody as tasks may name them: ids and addresses, groups and roles. */
export interface TaskReader {
  /** Of the person alone. */
  id: string;
  /** Names of the person, and of those they stand in for. */
  users: string[];
  groups: string[];
}

/** All conditions hold together; what is left out does not restrict. */
export interface TaskListFilter {
  status?: TaskStatus | undefined;
  /** Addressed by name, or by group; given both, either will do. */
  users?: string[] | undefined;
  groups?: string[] | undefined;
  unclaimed?: boolean | undefined;
  /** What this person has to do: theirs by claim, by name or by delegation, unless somebody else took it. */
  onDeskOf?: Pick<TaskReader, 'id' | 'users'> | undefined;
  watchedBy?: string | undefined;
  decidedBy?: string | undefined;
  /** Theirs by name, group, claim or delegation, whoever has it. */
  addressedTo?: TaskReader | undefined;
  /** Restricts to what this person may see at all. */
  visibleTo?: TaskReader | undefined;
  /** Tasks this person has put aside until later than `now`: left out, or nothing but these. */
  putAside?: { by: string; now: number; show: 'no' | 'only' } | undefined;
  kinds?: TaskContent['kind'][] | undefined;
  exceptionClasses?: string[] | undefined;
  fingerprint?: string | undefined;
  flowId?: string | undefined;
  runId?: string | undefined;
  businessKey?: string | undefined;
  origin?: TaskRecord['origin'] | undefined;
  /** Due before this moment, epoch ms. */
  dueBefore?: number | undefined;
  text?: string | undefined;
  /** Nothing but business problems, whoever raised them. */
  isException?: boolean | undefined;
  /** Addressed to this group or person. */
  owner?: string | undefined;
  tag?: string | undefined;
  minAmount?: number | undefined;
  /** Opened after this moment (exclusive) and until that one (inclusive), epoch ms. */
  openedAfter?: number | undefined;
  openedUntil?: number | undefined;
  /** Due between these moments, the first exclusive; `none`: never due. */
  due?: { after: number; until: number } | 'none' | undefined;
}

/** Open ends of a range restrict nothing. */
const between = (field: string, after: number | undefined, until: number | undefined): object[] => [
  ...(after !== undefined && Number.isFinite(after) ? [{ [field]: { $gt: after } }] : []),
  ...(until !== undefined && Number.isFinite(until) ? [{ [field]: { $lte: until } }] : []),
];

const addressedTo = (who: { users?: string[] | undefined; groups?: string[] | undefined }): object[] => [
  ...(who.users ? [{ users: { $in: who.users } }] : []),
  ...(who.groups ? [{ groups: { $in: who.groups } }] : []),
];

const onDeskOf = ({ id, users }: Pick<TaskReader, 'id' | 'users'>): object => ({
  $or: [
    // Whoever stands in for somebody also does what that person had claimed.
    { claimedBy: { $in: users } },
    { claimedBy: null, users: { $in: users } },
    { claimedBy: null, delegates: id },
  ],
});

const theirs = ({ id, users, groups }: TaskReader): object[] => [
  { users: { $in: users } },
  { groups: { $in: groups } },
  { claimedBy: { $in: users } },
  { delegates: id },
];

const visibleTo = (reader: TaskReader): object => ({
  $or: [...theirs(reader), { decidedBy: reader.id }],
});

const putAside = ({ by, now, show }: NonNullable<TaskListFilter['putAside']>): object =>
  show === 'only'
    ? { claimedBy: by, followUpAt: { $gt: now } }
    : { $or: [{ claimedBy: { $ne: by } }, { followUpAt: null }, { followUpAt: { $lte: now } }] };

export function taskConditions(filter: TaskListFilter): object[] {
  const addressed = addressedTo(filter);
  const exact = Object.entries({
    status: filter.status,
    fingerprint: filter.fingerprint,
    flowId: filter.flowId,
    runId: filter.runId,
    businessKey: filter.businessKey,
    origin: filter.origin,
    watchers: filter.watchedBy,
    decidedBy: filter.decidedBy,
  }).filter(([, value]) => value !== undefined);
  return [
    Object.fromEntries(exact),
    ...(addressed.length > 0 ? [{ $or: addressed }] : []),
    ...(filter.unclaimed ? [{ claimedBy: null }] : []),
    ...(filter.onDeskOf ? [onDeskOf(filter.onDeskOf)] : []),
    ...(filter.addressedTo ? [{ $or: theirs(filter.addressedTo) }] : []),
    ...(filter.visibleTo ? [visibleTo(filter.visibleTo)] : []),
    ...(filter.putAside ? [putAside(filter.putAside)] : []),
    ...(filter.kinds ? [{ kind: { $in: filter.kinds } }] : []),
    ...(filter.exceptionClasses ? [{ exceptionClass: { $in: filter.exceptionClasses } }] : []),
    ...(filter.dueBefore === undefined ? [] : [{ dueKey: { $lt: filter.dueBefore } }]),
    ...(filter.isException ? [{ exceptionClass: { $ne: null } }] : []),
    ...(filter.owner === undefined ? [] : [{ $or: [{ groups: filter.owner }, { users: filter.owner }] }]),
    ...(filter.tag === undefined ? [] : [{ tags: filter.tag }]),
    ...(filter.minAmount === undefined ? [] : [{ amountKey: { $gte: filter.minAmount } }]),
    ...between('openedAt', filter.openedAfter, filter.openedUntil),
    ...(filter.due === undefined
      ? []
      : filter.due === 'none'
        ? [{ dueAt: null }]
        : [{ dueAt: { $ne: null } }, ...between('dueAt', filter.due.after, filter.due.until)]),
    ...(filter.text ? [{ titleKey: { $regex: literalPattern(filter.text.toLowerCase()) } }] : []),
  ];
}
