import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../auth/actor.ts';
import { outboxItem } from '../notifications/outbox-item.ts';
import { managersAdded } from './managers.ts';
import { taskRecordOf } from './task-desk.ts';
import { anInbox } from './testing.ts';

const hour = 3_600_000;
const approve = { outcome: 'approved', form: {} };

let inbox: Awaited<ReturnType<typeof anInbox>>;
let anna: Actor;
let ben: Actor;
let carla: Actor;
let admin: Actor;
beforeEach(async () => {
  inbox = await anInbox();
  anna = await inbox.person('Anna');
  ben = await inbox.person('Ben', { groups: ['approvers'] });
  carla = await inbox.person('Carla', { groups: ['approvers'] });
  admin = await inbox.person('Root', { roles: ['admin'] });
});
afterEach(() => inbox.close());

const idsOf = async (view: Parameters<typeof inbox.service.list>[0]['view'], actor: Actor) =>
  (await inbox.service.list({ view, status: 'open', order: 'oldest', limit: 50 }, actor)).items.map((task) => task.id);
const openFor = (id: string, groups: string[], users: string[] = [], content = {}) =>
  inbox.open({ id, groups, users }, { requester: null, ...content });

describe('views', () => {
  it('show what is meant for somebody, and count what they show', async () => {
    await openFor('t1', [], ['anna@example.com']);
    await openFor('t2', ['approvers']);
    await openFor('t3', ['approvers'], ['us_anna']);
    await inbox.service.claim('t2', true, ben);
    await inbox.service.watch('t3', true, ben);
    expect(await idsOf('mine', anna)).toEqual(['t1', 't3']);
    expect(await idsOf('mine', ben)).toEqual(['t2']);
    expect(await idsOf('groups', carla)).toEqual(['t2', 't3']);
    expect(await idsOf('unassigned', carla)).toEqual(['t3']);
    expect(await idsOf('watching', ben)).toEqual(['t3']);
    expect(await idsOf('all', admin)).toEqual(['t1', 't2', 't3']);
    expect(await idsOf('all', anna)).toEqual(['t1', 't3']);
    for (const actor of [anna, ben, carla, admin]) {
      const counts = await inbox.service.counts(actor);
      for (const view of ['mine', 'groups', 'unassigned', 'watching', 'later', 'all'] as const)
        expect([view, counts[view]]).toEqual([view, (await idsOf(view, actor)).length]);
      const mineOrGroups = new Set([...(await idsOf('mine', actor)), ...(await idsOf('groups', actor))]);
      expect(counts.waiting).toBe(mineOrGroups.size);
    }
  });

  it('tell what one may see about a business object, whatever became of it, and not the whole past', async () => {
    await inbox.open({ id: 't1', groups: ['approvers'], users: [], businessKey: 'P-1042' }, { requester: null });
    await inbox.open({ id: 't2', groups: ['approvers'], users: [], businessKey: 'P-1042' }, { requester: null });
    await inbox.open({ id: 't3', groups: ['approvers'], users: [], businessKey: 'P-7' }, { requester: null });
    await inbox.service.decide('t1', { outcome: 'approved', form: {} }, ben);
    const about = async (status: 'open' | 'any', actor: Actor) => {
      const asked = { view: 'all', status, order: 'oldest', businessKey: 'P-1042', limit: 50 } as const;
      return (await inbox.service.list(asked, actor)).items.map((task) => task.id);
    };
    expect(await about('any', carla)).toEqual(['t1', 't2']);
    expect(await about('open', carla)).toEqual(['t2']);
    expect(await about('any', anna), 'of other people').toEqual([]);
    const past = inbox.service.list({ view: 'all', status: 'any', order: 'oldest', limit: 50 }, admin);
    await expect(past).rejects.toThrow(/for one business key only/);
  });

  it('put a task aside until its day for whoever has it, and for nobody else', async () => {
    await openFor('t1', ['approvers']);
    await inbox.service.followUp('t1', inbox.now() + hour, ben);
    expect(await idsOf('mine', ben)).toEqual([]);
    expect(await idsOf('groups', ben)).toEqual([]);
    expect(await idsOf('later', ben)).toEqual(['t1']);
    expect(await idsOf('groups', carla)).toEqual(['t1']);
    await inbox.pass(hour);
    expect(await idsOf('mine', ben)).toEqual(['t1']);
    expect(await idsOf('later', ben)).toEqual([]);
    await expect(inbox.service.followUp('t1', inbox.now() - 1, ben)).rejects.toThrow(/passed already/);
  });

  it('keep what somebody decided where they find it again', async () => {
    await openFor('t1', ['approvers']);
    await inbox.service.decide('t1', approve, ben);
    expect(await idsOf('done', ben)).toEqual(['t1']);
    expect(await idsOf('done', carla)).toEqual([]);
  });
});

describe('acts', () => {
  it('leave who, what and when in the history and in the audit log, once each', async () => {
    const id = await openFor('t1', ['approvers']);
    for (let twice = 0; twice < 2; twice += 1) {
      await inbox.service.claim(id, true, ben);
      await inbox.service.prioritise(id, { priority: 'urgent', reason: 'month end' }, ben);
      await inbox.service.setDue(id, { dueAt: 5_000_000, reason: 'closing' }, ben);
      await inbox.service.comment(id, { id: 'comment-1', text: 'Who has the rate card?' }, ben);
      await inbox.service.assign(id, { userId: carla.id }, ben);
      if (twice === 0) expect((await inbox.service.get(id, ben)).notes).toHaveLength(5);
      await inbox.service.assign(id, { userId: ben.id }, carla);
    }
    const { notes } = await inbox.service.get(id, ben);
    expect(notes.map((note) => note.kind)).toEqual([
      ...['claimed', 'priority', 'due', 'comment', 'assigned', 'assigned'],
      ...['assigned', 'assigned'],
    ]);
    expect(notes[1]).toMatchObject({ byName: 'Ben', text: 'normal → urgent: month end' });
    expect((await inbox.actions(id)).filter((action) => action === 'task.commented')).toHaveLength(1);
    expect(inbox.told.map((notice) => notice.kind)).toContain('assigned');
  });

  it('tell whom a comment names, the others that there is one, and nobody words that were removed', async () => {
    const id = await openFor('t1', ['approvers']);
    const say = (mentions: string[]) =>
      inbox.service.comment(id, { id: `c${mentions.length}`, text: 'see page 3', mentions }, ben);
    await expect(say(['nobody'])).rejects.toThrow(/no such person/);
    await expect(say([anna.id])).rejects.toThrow(/cannot open this task/);
    await say([admin.id]);
    const told = () => inbox.told.map(({ kind, to, text }) => [kind, to.users, to.groups, text]);
    expect(told()).toEqual([
      ['mentioned', [admin.id], [], 'see page 3'],
      ['commented', [ben.id], ['approvers'], 'see page 3'],
    ]);
    await inbox.service.removeComment(id, 'c1', ben);
    expect((await inbox.store.tasks.get(id))?.untold).toBeUndefined();
  });

  it('tell those who have or follow a task of every change, and the one before of a new holder', async () => {
    const id = await openFor('t1', ['approvers']);
    await inbox.service.watch(id, true, admin);
    await inbox.service.claim(id, true, ben);
    await inbox.service.prioritise(id, { priority: 'urgent', reason: 'month end' }, ben);
    await inbox.service.claim(id, false, ben);
    expect(inbox.told.map(({ kind, to, text }) => [kind, to.users, text])).toEqual([
      ['changed', [admin.id, ben.id], 'Ben has it now.'],
      ['changed', [ben.id, admin.id], 'Priority: urgent, was normal. month end'],
      ['changed', [ben.id, admin.id], 'It was given back.'],
    ]);
  });

  it('give a task only to people who may decide it, unless an administrator says why', async () => {
    const id = await openFor('t1', ['approvers'], [], { requester: 'carla@example.com' });
    await expect(inbox.service.assign(id, { userId: anna.id }, ben)).rejects.toThrow(/other people/);
    await expect(inbox.service.assign(id, { userId: carla.id }, ben)).rejects.toThrow(/own request/);
    await expect(inbox.service.assign(id, { userId: 'nobody' }, ben)).rejects.toThrow(/no such person/);
    await expect(inbox.service.assign(id, { userId: ben.id }, anna)).rejects.toThrow(/does not exist/);
    await expect(inbox.service.assign(id, { userId: anna.id }, admin)).rejects.toThrow(/say why/);
    await inbox.service.assign(id, { userId: anna.id, reason: 'Ben is ill' }, admin);
    expect((await inbox.service.decide(id, approve, anna)).status).toBe('decided');
    const choices = await inbox.service.peopleFor(await openFor('t2', ['approvers']), { to: 'assign' }, ben);
    expect(choices.items.map((one) => [one.name, one.whyNot])).toEqual([
      ['Ben', null],
      ['Carla', null],
    ]);
  });

  it('claim several tasks and say of each whether it was to be had', async () => {
    await openFor('t1', ['approvers']);
    await openFor('t2', ['approvers']);
    await inbox.service.claim('t2', true, carla);
    const { items } = await inbox.service.claimMany({ taskIds: ['t1', 't2', 'gone'] }, ben);
    expect(items.map((item) => [item.taskId, item.done])).toEqual([
      ['t1', true],
      ['t2', false],
      ['gone', false],
    ]);
    expect(items[1]?.whyNot).toMatch(/Somebody else has claimed/);
  });

  it('take the words of an own comment away, never those of others', async () => {
    const id = await openFor('t1', ['approvers']);
    await inbox.service.comment(id, { id: 'comment-1', text: 'salary is 90k' }, ben);
    const told = { news: 'n', medium: 'mail', reader: carla.id, readerName: 'Carla', kind: 'commented' } as const;
    const words = { title: 'Approve', lines: ['Ben: salary is 90k'], link: '/inbox/t1', fingerprint: null };
    const item = outboxItem({ ...told, ...words, taskId: id, comment: 'comment-1', batch: null, at: 1, dueAt: 1 });
    await inbox.store.notifications.add([item, { ...item, id: 'nt_sent', state: 'sent', settledAt: 2 }]);
    await expect(inbox.service.removeComment(id, 'comment-1', carla)).rejects.toThrow(/own comments/);
    const after = await inbox.service.removeComment(id, 'comment-1', ben);
    expect(after.notes).toMatchObject([{ kind: 'comment-removed', text: null, byName: 'Ben' }]);
    expect(JSON.stringify(await inbox.store.tasks.get(id))).not.toContain('90k');
    const { items } = await inbox.store.notifications.list({ limit: 10 });
    expect(Object.fromEntries(items.map(({ state, lines }) => [state, lines]))).toEqual({
      waiting: ['The comment was removed.'],
      sent: [],
    });
  });

  it('keep files with their real type and refuse programs and empty ones', async () => {
    const id = await openFor('t1', ['approvers']);
    const html = new TextEncoder().encode('<script>alert(1)</script>');
    const named = { id: 'file-0001', name: '../../plan.png' };
    for (let twice = 0; twice < 2; twice += 1) await inbox.service.attach(id, { ...named, bytes: html }, ben);
    const [file, ...others] = (await inbox.service.get(id, carla)).attachments;
    expect(others).toEqual([]);
    expect(file).toMatchObject({ name: 'plan.png', mediaType: 'text/plain', sizeBytes: html.length });
    expect(new TextDecoder().decode((await inbox.service.file(id, 'file-0001', carla)).bytes)).toContain('alert');
    await expect(inbox.service.file(id, 'file-0001', anna)).rejects.toThrow(/does not exist/);
    await expect(inbox.service.attach(id, { ...named, id: 'f2', bytes: html.subarray(0, 0) }, ben)).rejects.toThrow(
      /empty/,
    );
    const program = Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 1]);
    await expect(inbox.service.attach(id, { ...named, id: 'f3', bytes: program }, ben)).rejects.toThrow(/program/);
    await expect(inbox.service.detach(id, 'file-0001', carla)).rejects.toThrow(/own files/);
    expect((await inbox.service.detach(id, 'file-0001', ben)).attachments).toEqual([]);
  });
});

describe('decisions', () => {
  it('need n distinct people, and leave the task to the others after each', async () => {
    const id = await inbox.open(
      { id: 't1', groups: ['approvers'], users: ['us_anna'], needed: 2 },
      { requester: null },
    );
    await inbox.service.claim(id, true, ben);
    const first = await inbox.service.decide(id, approve, ben);
    expect(first).toMatchObject({ status: 'open', assignee: null });
    await inbox.service.decide(id, approve, ben);
    expect(inbox.delivered).toEqual([]);
    const last = await inbox.service.decide(id, approve, carla);
    expect(last).toMatchObject({ status: 'decided', decisions: [{ byName: 'Ben' }, { byName: 'Carla' }] });
    expect(inbox.delivered).toEqual(['task:t1']);
    await expect(inbox.service.decide(id, approve, anna)).rejects.toThrow(/Carla has decided/);
  });

  it('show with the task what was filled in, but no hidden value, and not in lists', async () => {
    const fields = [
      { name: 'reason', label: 'Reason', kind: 'text' as const },
      { name: 'rate', label: 'Day rate', kind: 'number' as const },
      { name: 'note', label: 'Note', kind: 'text' as const },
    ];
    const content = { requester: null, form: { fields }, maskedNames: ['rate'] };
    const id = await inbox.open({ id: 't1', groups: ['approvers'] }, content);
    const form = { reason: 'Volume', rate: 1480 };
    const { decisions } = await inbox.service.decide(id, { ...approve, form }, ben);
    expect(decisions[0]?.answers).toEqual([
      { label: 'Reason', value: 'Volume' },
      { label: 'Day rate', value: expect.not.stringContaining('1480') as string },
    ]);
    const listed = await inbox.service.list({ view: 'all', status: 'decided', order: 'newest', limit: 10 }, ben);
    expect(listed.items[0]?.decisions[0]).not.toHaveProperty('answers');
  });

  it('can be handed to a colleague and taken back until they have used it', async () => {
    const id = await openFor('t1', [], ['us_anna']);
    await inbox.service.delegate(id, { userId: ben.id, reason: 'on a plane' }, anna);
    expect(await idsOf('mine', ben)).toEqual(['t1']);
    await expect(inbox.service.decide(id, approve, anna)).rejects.toThrow(/handed this decision to Ben/);
    await inbox.service.delegate(id, { userId: null }, anna);
    await expect(inbox.service.decide(id, approve, ben)).rejects.toThrow(/does not exist/);
    await inbox.service.delegate(id, { userId: ben.id }, anna);
    await expect(inbox.service.delegate(id, { userId: carla.id }, ben)).rejects.toThrow(/for Anna/);
    const decided = await inbox.service.decide(id, approve, ben);
    expect(decided.decisions).toMatchObject([{ byName: 'Ben', for: { name: 'Anna' } }]);
    expect(await inbox.actions(id)).toContain('task.delegated');
  });

  it('fall to the deputy while somebody is away, and say so', async () => {
    const id = await openFor('t1', [], ['us_anna']);
    const second = await openFor('t2', [], ['us_anna'], { requester: 'us_carla' });
    await inbox.store.users.update(anna.id, { absence: { from: 0, until: inbox.now() + hour, deputyId: carla.id } });
    expect(await idsOf('mine', carla)).toEqual(['t1', 't2']);
    expect((await inbox.service.get(id, carla)).decidesFor).toEqual({ id: 'us_anna', name: 'Anna' });
    await expect(inbox.service.decide(second, approve, carla)).rejects.toThrow(/own request/);
    const decided = await inbox.service.decide(id, approve, carla);
    expect(decided.decisions[0]).toMatchObject({ byName: 'Carla', for: { id: 'us_anna' } });
    await inbox.pass(hour);
    expect(await idsOf('mine', carla)).toEqual([]);
  });

  it('are made by people: an API key decides nothing', async () => {
    const id = await openFor('t1', ['approvers']);
    const key: Actor = { ...admin, kind: 'key', id: 'key:1', user: null };
    await expect(inbox.service.decide(id, approve, key)).rejects.toThrow(/no person/);
    await expect(inbox.service.claim(id, true, key)).rejects.toThrow(/no person/);
  });

  it('are carried out later when the process ended before the run was told', async () => {
    const id = await openFor('t1', ['approvers']);
    const made = { by: 'us_ben', byName: 'Ben', outcome: 'approved', comment: null, form: {}, at: inbox.now() };
    await inbox.store.tasks.decide(id, 0, made, () => ({ nextActAt: inbox.now() }));
    await inbox.pass(1);
    expect(inbox.delivered).toEqual(['task:t1']);
    expect((await inbox.store.tasks.get(id))?.status).toBe('decided');
  });

  it('are refused where a run failed: it is repaired at the exception desk', async () => {
    const id = await inbox.open({ id: 't1', groups: ['approvers'], users: [], origin: 'failure' }, { requester: null });
    await expect(inbox.service.decide(id, approve, ben)).rejects.toThrow(/repaired/);
    expect(inbox.delivered).toEqual([]);
    expect((await inbox.store.tasks.get(id))?.status).toBe('open');
  });
});

describe('time', () => {
  it('reminds every so often, once for all that was missed, and stops when it is decided', async () => {
    const id = await openFor('t1', ['approvers'], [], { remindEveryMs: hour });
    const reminders = () => inbox.told.filter((notice) => notice.kind === 'reminded').length;
    await inbox.pass(hour - 1);
    expect(reminders()).toBe(0);
    await inbox.pass(1);
    await inbox.ticker.tick();
    expect(reminders()).toBe(1);
    await inbox.pass(5 * hour);
    expect(reminders()).toBe(2);
    await inbox.service.decide(id, approve, ben);
    await inbox.pass(5 * hour);
    expect(reminders()).toBe(2);
  });

  it('climbs the ladder: more people, more priority, and the task is free again', async () => {
    const escalation = [
      { afterMs: 4 * hour, to: { users: [], groups: ['leads'] } },
      { afterMs: 24 * hour, to: { users: ['us_anna'], groups: [] } },
    ];
    const id = await openFor('t1', ['approvers'], [], { escalation });
    await inbox.service.claim(id, true, ben);
    await inbox.pass(4 * hour);
    expect(await inbox.store.tasks.get(id)).toMatchObject({
      groups: ['approvers', 'leads'],
      priority: 'high',
      escalated: 1,
      claimedBy: null,
    });
    expect(await idsOf('mine', anna)).toEqual([]);
    // Two looks at once do it once.
    await Promise.all([inbox.pass(20 * hour), inbox.ticker.tick()]);
    expect(await idsOf('mine', anna)).toEqual(['t1']);
    const { notes, priority } = await inbox.service.get(id, anna);
    expect(priority).toBe('urgent');
    expect(notes.filter((note) => note.kind === 'escalated').map((note) => note.text)).toEqual(['leads', 'us_anna']);
    expect((await inbox.actions(id)).filter((action) => action === 'task.escalated')).toHaveLength(2);
  });

  it('tells before something is due and when it is, also after the date was moved', async () => {
    const id = await inbox.open(
      { id: 't1', groups: ['approvers'], users: [], dueAt: inbox.now() + 10 * hour },
      { requester: null },
    );
    const kinds = () => inbox.told.map((notice) => notice.kind).filter((kind) => /due/.test(kind));
    await inbox.pass(6 * hour);
    expect(kinds()).toEqual(['due-soon']);
    await inbox.service.setDue(id, { dueAt: inbox.now() + 24 * hour, reason: 'waiting for the client' }, ben);
    await inbox.pass(12 * hour);
    expect(kinds()).toEqual(['due-soon']);
    await inbox.pass(12 * hour);
    expect(kinds()).toEqual(['due-soon', 'overdue']);
    const late = await inbox.service.list({ view: 'all', status: 'open', overdue: true, order: 'due', limit: 5 }, ben);
    expect(late.items).toHaveLength(0);
    await inbox.pass(1);
    const later = await inbox.service.list({ view: 'all', status: 'open', overdue: true, order: 'due', limit: 5 }, ben);
    expect(later.items.map((task) => task.id)).toEqual(['t1']);
  });
});

describe('masked facts', () => {
  const facts = [
    { label: 'Salary', value: 90_000 },
    { label: 'Role', value: 'Developer' },
  ];

  it('have no value until somebody who may reveals them with a reason, which is written down', async () => {
    const id = await openFor('t1', ['approvers'], [], { facts, maskedFacts: ['Salary'] });
    const seen = await inbox.service.get(id, ben);
    expect(seen.facts).toEqual([
      { label: 'Salary', value: null, masked: true },
      { label: 'Role', value: 'Developer', masked: false },
    ]);
    expect(
      JSON.stringify(await inbox.service.list({ view: 'groups', status: 'open', order: 'newest', limit: 5 }, ben)),
    ).not.toContain('90000');
    expect(await inbox.service.reveal(id, 'checking the offer', ben)).toEqual({
      form: {},
      facts: [facts[0]],
    });
    expect((await inbox.service.get(id, carla)).notes).toMatchObject([
      { kind: 'revealed', text: 'checking the offer' },
    ]);
    expect(await inbox.actions(id)).toEqual(['task.revealed']);
  });
});

it('asks the manager of somebody, the one above for their own request, and administrators where nobody is known', async () => {
  await inbox.store.users.update(anna.id, { managerId: ben.id });
  await inbox.store.users.update(ben.id, { managerId: carla.id });
  const asked = async (managersOf: string[], requester?: string) => {
    const request = {
      kind: 'approval' as const,
      title: 'Leave',
      description: '',
      assignees: { users: [], groups: [], managersOf },
      needed: 1,
      selfApproval: false,
      ...(requester ? { requester } : {}),
      facts: [],
      form: { fields: [] },
      commentRequired: 'never' as const,
      outcomes: [],
    };
    const open = {
      taskId: 'tk' as never,
      runId: 'r' as never,
      flowId: 'f' as never,
      step: 's',
      openedAt: 1,
      until: null,
      correlationId: 'c',
      businessKey: null,
      body: { kind: 'request' as const, request },
    } as unknown as Parameters<typeof taskRecordOf>[0];
    return managersAdded(inbox.find)(taskRecordOf(open), open);
  };
  expect(await asked(['ANNA@example.com'])).toMatchObject({ users: ['us_ben'], groups: [] });
  expect(await asked(['us_anna'], 'Ben')).toMatchObject({ users: ['us_carla'] });
  const unknown = await asked(['carla@example.com', 'us_anna']);
  expect(unknown).toMatchObject({ users: ['us_ben'], groups: ['admin'] });
  expect(unknown.notes).toMatchObject([{ kind: 'no-manager', text: 'carla@example.com' }]);
});
