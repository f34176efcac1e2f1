/** What is open and how old it is, in lines for one reader. Pure. */
import type { TaskRecord } from '@waybill/store';
import { titleOf } from './notice-words.ts';

const dayMs = 86_400_000;
const bands = [
  { words: 'Younger than a day', olderThanMs: 0 },
  { words: 'Older than a day', olderThanMs: dayMs },
  { words: 'Older than a week', olderThanMs: 7 * dayMs },
  { words: 'Older than 30 days', olderThanMs: 30 * dayMs },
] as const;
const oldestShown = 5;

const moneyWords = (tasks: readonly TaskRecord[]): string => {
  const sums = new Map<string, number>();
  for (const { amount, currency } of tasks)
    if (amount !== null && currency !== null) sums.set(currency, (sums.get(currency) ?? 0) + amount);
  return [...sums]
    .toSorted(([, a], [, b]) => b - a)
    .map(([currency, sum]) => `${currency} ${Math.round(sum).toLocaleString('en-GB')}`)
    .join(' + ');
};
const withMoney = (words: string, tasks: readonly TaskRecord[]): string => {
  const money = moneyWords(tasks);
  return money === '' ? words : `${words}, ${money} at stake`;
};

function ageWords(ageMs: number): string {
  const days = Math.floor(ageMs / dayMs);
  return days === 0 ? 'today' : days === 1 ? '1 day' : `${days} days`;
}

/**
 * @param tasks all open ones that are the reader's business, oldest first.
 * @param isMore there are more than these.
 */
export function ageingLines(tasks: readonly TaskRecord[], now: number, isMore: boolean): string[] {
  if (tasks.length === 0) return ['Nothing is open.'];
  const overdue = tasks.filter(({ dueAt }) => dueAt !== null && dueAt <= now);
  const perBand = bands.flatMap(({ words, olderThanMs }, index) => {
    const limit = bands[index + 1]?.olderThanMs ?? Number.POSITIVE_INFINITY;
    const members = tasks.filter(({ openedAt }) => now - openedAt >= olderThanMs && now - openedAt < limit);
    return members.length === 0 ? [] : [withMoney(`${words}: ${members.length}`, members)];
  });
  return [
    withMoney(`${isMore ? 'More than ' : ''}${tasks.length} open, ${overdue.length} overdue`, tasks),
    ...perBand.toReversed(),
    ...tasks.slice(0, oldestShown).map((task) => `${ageWords(now - task.openedAt)}: ${titleOf(task)}`),
  ];
}
