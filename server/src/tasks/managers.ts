import type { OpenTask } from '@waybill/engine/ports';
import type { TaskRecord, UserRecord } from '@waybill/store';
import { systemActor } from '../audit/audit-log.ts';
import { isMeant } from './task-rules.ts';

/** Asked where nobody is known to lead a person, so that no task is left without anybody. */
const managerlessGroup = 'admin';
const levels = 10;

type FindUser = (idOrEmail: string) => Promise<UserRecord | null>;

/**
 * Who leads a person. Where that would be somebody who must not decide, whoever leads them is taken instead.
 * @param keepOut id, address or name of whoever must not decide.
 */
async function managerOf(person: string, keepOut: string | null, find: FindUser): Promise<UserRecord | null> {
  let led = await find(person);
  for (let level = 0; led !== null && led.managerId !== null && level < levels; level += 1) {
    const next = await find(led.managerId);
    const mayDecide = next && !next.disabled && !(keepOut !== null && isMeant(keepOut, next));
    if (mayDecide) return next;
    led = next;
  }
  return null;
}

/** Adds those who lead the people a task names; where nobody is known, administrators are asked, and the task says so. */
export function managersAdded(find: FindUser) {
  return async (record: TaskRecord, { body }: OpenTask): Promise<TaskRecord> => {
    const people = body.kind === 'request' ? (body.request.assignees.managersOf ?? []) : [];
    if (people.length === 0) return record;
    const { requester, selfApproval } = record.content;
    const found = await Promise.all(
      people.map(async (person) => ({
        person,
        manager: await managerOf(person, selfApproval ? null : requester, find),
      })),
    );
    const managers = found.flatMap(({ manager }) => (manager ? [manager.id] : []));
    const leaderless = found.filter(({ manager }) => !manager).map(({ person }) => person);
    return {
      ...record,
      users: [...new Set([...record.users, ...managers])],
      groups: leaderless.length > 0 ? [...new Set([...record.groups, managerlessGroup])] : record.groups,
      notes: [
        ...record.notes,
        ...leaderless.map((person, index) => ({
          id: `${record.id}-manager-${index}`,
          at: record.openedAt,
          by: 'engine',
          byName: systemActor.name,
          kind: 'no-manager',
          text: person,
        })),
      ],
    };
  };
}
