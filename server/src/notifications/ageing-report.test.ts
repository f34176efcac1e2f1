import { expect, it } from 'vitest';
import { aTask } from '../tasks/testing.ts';
import { ageingLines } from './ageing-report.ts';

const dayMs = 86_400_000;
const now = 100 * dayMs;
const opened = (days: number, changes: Parameters<typeof aTask>[0] = {}, title = `Task ${days}`) =>
  aTask({ openedAt: now - days * dayMs, ...changes }, { title });

it('counts what is open by age, with the value at stake and how much is overdue, the oldest by name', () => {
  const tasks = [
    opened(40, { amount: 1_000, currency: 'EUR', dueAt: now - 1 }),
    opened(8, { amount: 500, currency: 'USD', dueAt: now + 1 }),
    opened(7, { amount: 20_000, currency: 'EUR' }),
    opened(0),
  ];
  expect(ageingLines(tasks, now, false)).toEqual([
    '4 open, 1 overdue, EUR 21,000 + USD 500 at stake',
    'Older than 30 days: 1, EUR 1,000 at stake',
    'Older than a week: 2, EUR 20,000 + USD 500 at stake',
    'Younger than a day: 1',
    '40 days: Task 40',
    '8 days: Task 8',
    '7 days: Task 7',
    'today: Task 0',
  ]);
});

it('says that nothing is open, and that there is more than was read', () => {
  expect(ageingLines([], now, false)).toEqual(['Nothing is open.']);
  expect(ageingLines([opened(1)], now, true)[0]).toBe('More than 1 open, 0 overdue');
});

it('hides masked values in titles', () => {
  const masked = { facts: [{ label: 'Salary', value: '184,500' }], maskedFacts: ['Salary'] };
  const task = aTask({ openedAt: now }, { title: 'Raise 184,500 for Ada', ...masked });
  expect(ageingLines([task], now, false).join()).not.toContain('184,500');
});
