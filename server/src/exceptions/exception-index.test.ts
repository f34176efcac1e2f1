import type { ExceptionLine, TaskListener, TaskRecord } from '@waybill/store';
import { expect, it } from 'vitest';
import { exceptionIndex } from './exception-index.ts';
import { linePage } from './line-page.ts';

const aLine = (id: string, line: Partial<ExceptionLine> = {}): ExceptionLine => ({
  id,
  status: 'open',
  flowId: 'bill',
  businessKey: null,
  users: [],
  groups: ['billing'],
  claimedBy: null,
  delegates: [],
  decidedBy: [],
  openedAt: 0,
  dueAt: null,
  fingerprint: 'f1',
  tags: [],
  amount: null,
  currency: null,
  titleKey: '',
  revision: 0,
  exceptionClass: 'value',
  ...line,
});
const content = { title: 'Not billed' } as TaskRecord['content'];
const aTask = (id: string, change: Partial<TaskRecord> = {}) =>
  ({ ...aLine(id), decisions: [], delegations: [], businessKey: null, content, ...change }) as unknown as TaskRecord;

/** A store that gives these lines once it is let go. */
function storeWith(lines: ExceptionLine[]) {
  let tell: TaskListener = () => undefined;
  const gate = Promise.withResolvers<void>();
  const store = {
    tasks: {
      onWritten(listener: TaskListener) {
        tell = listener;
        return () => undefined;
      },
    },
    exceptions: { open: () => gate.promise.then(() => lines) },
  } as unknown as Parameters<typeof exceptionIndex>[0];
  return { index: exceptionIndex(store), tell: (...news: Parameters<TaskListener>) => tell(...news), gate };
}
const idsOf = (lines: ExceptionLine[]) => lines.map((line) => line.id).sort();

it('knows what was opened and closed while it was still reading the store', async () => {
  const { index, tell, gate } = storeWith([aLine('a'), aLine('b', { revision: 1 })]);
  const asked = index.lines({ status: 'open' });
  tell(aTask('c'), 0);
  tell(aTask('b', { status: 'decided' }), 2);
  gate.resolve();
  expect(idsOf(await asked)).toEqual(['a', 'c']);
});

it('keeps the newest state of each, in whatever order the news come', async () => {
  const { index, tell, gate } = storeWith([]);
  gate.resolve();
  tell(aTask('a', { status: 'decided' }), 3);
  tell(aTask('a'), 2);
  tell(aTask('b', { groups: ['hr'] }), 5);
  tell(aTask('b'), 4);
  tell(aTask('approval', { exceptionClass: null }), 0);
  expect(idsOf(await index.lines({ status: 'open' }))).toEqual(['b']);
  expect(idsOf(await index.lines({ owner: 'hr' }))).toEqual(['b']);
  tell(aTask('c', { businessKey: 'P-1042' }), 0);
  expect(idsOf(await index.lines({ status: 'open', businessKey: 'P-1042' }))).toEqual(['c']);
});

it('shows every line on exactly one page of an order, equals too', () => {
  const lines = Array.from({ length: 23 }, (_, at) => aLine(`x${at}`, { openedAt: at % 5, amount: at % 3 || null }));
  for (const order of ['newest', 'oldest', 'due', 'value'] as const) {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = linePage(lines, order, cursor, 4);
      expect(page.ids.length).toBeLessThanOrEqual(4);
      seen.push(...page.ids);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(23);
    expect(new Set(seen).size).toBe(23);
  }
  expect(linePage(lines, 'value', undefined, 1).ids[0]).toBe('x11');
  expect(() => linePage(lines, 'due', 'nonsense', 4)).toThrow('cursor');
});
