import type { NotificationKind } from '@waybill/api-contract';
import { describe, expect, it } from 'vitest';
import type { TaskNotice } from '../tasks/task-notices.ts';
import { aTask } from '../tasks/testing.ts';
import type { Reader, RoutingCase } from './routing.ts';
import { routed } from './routing.ts';
import { usualPreferences } from './wishes.ts';

const aNotice = (changes: Partial<TaskNotice> = {}): TaskNotice => ({
  id: 'n1',
  kind: 'opened',
  task: aTask({ flowId: 'f', businessKey: 'P-1' }),
  at: 1_000,
  by: null,
  to: { users: ['u1'], groups: [] },
  text: null,
  ...changes,
});
const aReader = (id: string, changes: Partial<Reader> = {}): Reader => ({
  id,
  name: id.toUpperCase(),
  names: [id],
  groups: ['finance'],
  preferences: usualPreferences,
  mutes: [],
  ...changes,
});
const aCase = (changes: Partial<RoutingCase> = {}): RoutingCase => ({
  notice: aNotice(),
  readers: [aReader('u1')],
  channels: [],
  isMailSet: true,
  siblings: 0,
  ...changes,
});
const prefers = (kind: NotificationKind, medium: 'mail' | 'chat' | 'none') => ({
  preferences: { ...usualPreferences, media: { ...usualPreferences.media, [kind]: medium } },
});
const told = (given: RoutingCase) => routed(given).map((item) => `${item.medium} ${item.reader} ${item.kind}`);
const anException = (fingerprint: string | null) =>
  aTask({
    ...{ exceptionClass: 'value', fingerprint, origin: 'failure', flowId: 'f', businessKey: 'P-1' },
    tags: ['code:REFUSED', 'connection:cn_erp'],
  });

describe.each([
  'assigned',
  'delegated',
  'opened',
  'reminded',
  'due-soon',
  'overdue',
  'escalated',
  'commented',
  'mentioned',
  'changed',
  'failed-again',
  'decided',
] as const)('a task that was %s', (kind) => {
  it('is told by mail unless the reader chose otherwise', () => {
    expect(told(aCase({ notice: aNotice({ kind }) }))).toEqual([`mail u1 ${kind}`]);
    const silent = aReader('u1', prefers(kind, 'none'));
    expect(told(aCase({ notice: aNotice({ kind }), readers: [silent] }))).toEqual([]);
  });
});

it('does not tell people what they did themselves', () => {
  const notice = aNotice({ kind: 'commented', by: { id: 'u1', name: 'U1' }, text: 'Fine' });
  expect(told(aCase({ notice, readers: [aReader('u1'), aReader('u2')] }))).toEqual(['mail u2 commented']);
});

it('words problems as problems: new, again with one cause, resolved', () => {
  const notice = aNotice({ task: anException('x') });
  expect(told(aCase({ notice }))).toEqual(['mail u1 exception-opened']);
  expect(told(aCase({ notice, siblings: 4 }))).toEqual(['mail u1 exception-grown']);
  expect(told(aCase({ notice: { ...notice, kind: 'decided' } }))).toEqual(['mail u1 exception-resolved']);
});

it('puts problems with one cause into one message of each reader', () => {
  const batches = (at: number, fingerprint: string) =>
    routed(
      aCase({ notice: aNotice({ at, task: anException(fingerprint) }), readers: [aReader('u1'), aReader('u2')] }),
    ).map((item) => item.batch);
  expect(batches(1_000, 'x')).toEqual(batches(59_000, 'x'));
  expect(new Set([...batches(1_000, 'x'), ...batches(1_000, 'y')]).size).toBe(4);
  expect(batches(61_000, 'x')).not.toEqual(batches(1_000, 'x'));
});

describe.each([
  ['flow', 'f'],
  ['fingerprint', 'x'],
  ['class', 'value'],
  ['business-key', 'P-1'],
  ['connection', 'cn_erp'],
] as const)('a muted %s', (subject, value) => {
  it('is not told until the rule runs out', () => {
    const notice = aNotice({ task: anException('x') });
    const muted = (mute: Reader['mutes'][number]) =>
      told(aCase({ notice, readers: [aReader('u1', { mutes: [mute] })] }));
    expect(muted({ subject, value, until: null })).toEqual([]);
    expect(muted({ subject, value, until: 1_001 })).toEqual([]);
    expect(muted({ subject, value, until: 1_000 })).toHaveLength(1);
    expect(muted({ subject, value: 'other', until: null })).toHaveLength(1);
  });
});

it('tells somebody who muted a group only what they are asked by name', () => {
  const readers = [aReader('u1', { mutes: [{ subject: 'group', value: 'finance', until: null }] })];
  const to = (users: string[]) => aNotice({ to: { users, groups: ['finance'] } });
  expect(told(aCase({ notice: to([]), readers }))).toEqual([]);
  expect(told(aCase({ notice: to(['U1']), readers }))).toEqual(['mail u1 opened']);
});

it('posts to the channels of the groups that are asked, once', () => {
  const channels = [
    { id: 'all', name: 'All', groups: [] },
    { id: 'fin', name: 'Finance', groups: ['finance'] },
    { id: 'ops', name: 'Ops', groups: ['operator'] },
  ];
  const notice = aNotice({ to: { users: [], groups: ['finance'] } });
  const readers = [aReader('u1', prefers('opened', 'chat')), aReader('u2', prefers('opened', 'chat'))];
  expect(told(aCase({ notice, channels, readers }))).toEqual(['chat all opened', 'chat fin opened']);
  expect(told(aCase({ channels, readers: [aReader('u1')] }))).toEqual(['mail u1 opened']);
  expect(told(aCase({ channels, readers }))).toEqual(['chat all opened', 'chat fin opened']);
});

it('keeps masked facts out of mail and every fact out of chat', () => {
  const content = {
    title: 'Raise 184,500 for Ada',
    facts: [
      { label: 'Salary', value: '184,500' },
      { label: 'Project', value: 'P-1' },
    ],
    maskedFacts: ['Salary'],
  };
  const notice = aNotice({
    kind: 'commented',
    task: aTask({ groups: ['finance'] }, content),
    text: 'I find 184,500 too much',
    to: { users: ['u1'], groups: ['finance'] },
  });
  const channels = [{ id: 'fin', name: 'Finance', groups: ['finance'] }];
  const items = routed(aCase({ notice, channels }));
  expect(items.map((item) => item.medium)).toEqual(['mail', 'chat']);
  expect(JSON.stringify(items)).not.toContain('184,500');
  expect(items[0]?.lines).toEqual(expect.arrayContaining(['Salary: hidden', 'Project: P-1']));
  expect(items[1]?.lines).toEqual([]);
});

it('mails nothing while there is no mail server', () => {
  expect(told(aCase({ isMailSet: false }))).toEqual([]);
});

it('names the same news for the same reader alike, so that it is kept once', () => {
  const [first] = routed(aCase());
  expect(routed(aCase())[0]?.id).toBe(first?.id);
  expect(routed(aCase({ notice: aNotice({ id: 'n2' }) }))[0]?.id).not.toBe(first?.id);
});
