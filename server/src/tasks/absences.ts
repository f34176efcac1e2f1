import type { Repositories, UserRecord } from '@waybill/store';
import { HttpProblem } from '../problem.ts';

type Absence = NonNullable<UserRecord['absence']>;
const longestMs = 366 * 86_400_000;

/** Epoch ms of the return of somebody who is away; null if they are here. */
export const awayUntil = (absence: Pick<Absence, 'from' | 'until'> | null, now: number): number | null =>
  absence && absence.from <= now && now < absence.until ? absence.until : null;

const invalid = (path: string, what: string, fix: string) =>
  new HttpProblem('ABSENCE_INVALID', { detail: what, fix, problems: [{ path: `body.absence.${path}`, what, fix }] });

/** @throws {HttpProblem} ABSENCE_INVALID if the dates or the deputy make no sense. */
export async function checkAbsence(
  store: Pick<Repositories, 'users'>,
  userId: string,
  absence: Absence,
  now: number,
): Promise<void> {
  const { from, until, deputyId } = absence;
  if (until <= from) throw invalid('until', 'The absence ends before it begins.', 'Choose a later day of return.');
  if (until <= now) throw invalid('until', 'The absence is over already.', 'Choose a day of return to come.');
  if (until - from > longestMs)
    throw invalid('until', 'The absence is longer than a year.', 'Ask an administrator to change the groups instead.');
  if (deputyId === userId) throw invalid('deputyId', 'Nobody is their own deputy.', 'Choose a colleague.');
  const deputy = await store.users.byId(deputyId);
  if (!deputy || deputy.disabled)
    throw invalid('deputyId', 'The deputy has no account, or it is closed.', 'Choose a colleague of the list.');
  const away = deputy.absence;
  if (away && away.from < until && from < away.until)
    throw invalid(
      'deputyId',
      `${deputy.name} is away at that time too.`,
      'Choose somebody who is there; deputies do not pass tasks on.',
    );
}
