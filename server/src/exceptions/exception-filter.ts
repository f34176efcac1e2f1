import type { ExceptionFilterQuery } from '@waybill/api-contract';
import type { TaskListFilter } from '@waybill/store';
import type { Actor } from '../auth/actor.ts';
import { statusAsked } from '../tasks/status-asked.ts';
import { ageBands, soonMs } from './exception-lines.ts';

/** Groups a person is a member of: roles count as groups. */
export const groupsOfActor = (actor: Actor): string[] => [...actor.groups, ...actor.roles];
export const usersOfActor = (actor: Actor): string[] => [actor.id, ...(actor.email ? [actor.email] : [])];

export const seesAll = (actor: Actor): boolean =>
  actor.permissions.has('exceptions.all') || actor.permissions.has('tasks.all');

/** As the desk is asked for; `any` status is for one business object. */
export type ExceptionListQuery = Omit<Partial<ExceptionFilterQuery>, 'status'> & {
  status?: ExceptionFilterQuery['status'] | 'any' | undefined;
};

/**
 * What is on the desk of this person by this filter. List, groups and totals all read by it, so that they agree.
 * @throws {HttpProblem} REQUEST_INVALID for any status without a business key.
 */
export function exceptionFilter(query: ExceptionListQuery, actor: Actor, now: number): TaskListFilter {
  const { status = 'open', age, sla, owner, minValue, text, fingerprint, tag, flowId, businessKey } = query;
  const band = age && ageBands[age];
  return {
    status: statusAsked(status, businessKey),
    isException: true,
    flowId,
    businessKey,
    fingerprint,
    tag,
    text,
    ...(query.class ? { exceptionClasses: [query.class] } : {}),
    ...(owner ? { owner } : {}),
    ...(minValue === undefined ? {} : { minAmount: minValue }),
    ...(band ? { openedAfter: now - band.toMs, openedUntil: now - band.fromMs } : {}),
    ...(sla ? { due: dueRange(sla, now) } : {}),
    ...(seesAll(actor)
      ? {}
      : { visibleTo: { id: actor.id, users: usersOfActor(actor), groups: groupsOfActor(actor) } }),
  };
}

/** Where the moment due lies for a state of the clock; epoch ms, from exclusive to inclusive. */
function dueRange(sla: NonNullable<ExceptionFilterQuery['sla']>, now: number): NonNullable<TaskListFilter['due']> {
  switch (sla) {
    case 'none':
      return 'none';
    case 'overdue':
      return { after: Number.NEGATIVE_INFINITY, until: now };
    case 'soon':
      return { after: now, until: now + soonMs };
    case 'ok':
      return { after: now + soonMs, until: Number.POSITIVE_INFINITY };
    default:
      return sla satisfies never;
  }
}
