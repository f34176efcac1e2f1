import { expect, it } from 'vitest';
import { historyOf } from './history-words.ts';

const note = (kind: string, text: string | null, at: number) => ({
  id: `n${at}`,
  at,
  by: 'u',
  byName: 'Ben',
  kind,
  text,
});

it('tells what happened in order, decisions among the rest, with the reasons people gave', () => {
  const lines = historyOf({
    openedAt: 1,
    status: 'open',
    closedAt: null,
    outcomes: [{ name: 'approved', label: 'Approve', tone: 'positive' }],
    decisions: [
      { by: 'c', byName: 'Carla', for: { id: 'a', name: 'Anna' }, outcome: 'approved', comment: 'fine', at: 3 },
    ],
    notes: [
      note('assigned', 'Carla: Ben is ill', 2),
      note('priority', 'normal → urgent', 4),
      note('comment', 'Note: 10:30 is fine', 5),
      note('due', '2026-05-04T09:00:00.000Z: month end', 6),
    ],
  });
  expect(lines.map(({ who, what, said }) => `${who} ${what} | ${said}`)).toEqual([
    'Waybill asked for a decision | null',
    'Ben assigned it to Carla | Ben is ill',
    'Carla chose Approve for Anna | “fine”',
    'Ben changed the priority: normal → urgent | null',
    'Ben  | Note: 10:30 is fine',
    expect.stringMatching(/^Ben made it due .*2026.* \| month end$/),
  ]);
});

it('tells what somebody filled in with their decision', () => {
  const answers = [
    { label: 'Reason', value: 'Volume' },
    { label: 'Client was told', value: true },
  ];
  const decision = { by: 'c', byName: 'Carla', for: null, outcome: 'approved', comment: null, at: 2, answers };
  const lines = historyOf({
    ...{ openedAt: 1, status: 'decided', closedAt: 2, notes: [], decisions: [decision] },
    outcomes: [{ name: 'approved', label: 'Approve', tone: 'positive' }],
  });
  expect(lines.at(-1)?.given).toEqual(['Reason: Volume', 'Client was told: Yes']);
});

it('ends with how a task was closed that nobody decided', () => {
  const undecided = { openedAt: 1, outcomes: [], decisions: [], notes: [note('comment', 'Who knows?', 2)] };
  const last = (status: 'open' | 'expired' | 'cancelled', closedAt: number | null) =>
    historyOf({ ...undecided, status, closedAt }).at(-1);
  expect(last('expired', 3)).toMatchObject({ at: 3, what: 'went on without a decision: time was up' });
  expect(last('cancelled', 3)).toMatchObject({ at: 3, what: 'closed it: the run ended' });
  expect(last('open', null)).toMatchObject({ said: 'Who knows?' });
});
