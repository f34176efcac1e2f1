import type { Flow } from '@waybill/flow-model';
import { emptyFlow, flowIdSchema } from '@waybill/flow-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionPolicy, FlowRecord, LineFilter, NotificationRecord, Store, TaskRecord } from '../src/index.ts';
import { exceptionLineOf, lineTest, openPolicy, untried } from '../src/index.ts';

const aFlow = (id: string): Flow => ({
  ...emptyFlow(flowIdSchema.parse(id), `Flow ${id}`),
  // Keys and values that a database must not take for operators or paths.
  edges: { 'a.out>b.in': { from: { node: 'a', port: 'out' }, to: { node: 'b', port: 'in' } } },
  settings: { businessKey: { $: 'input.id' } },
});

const aFlowRecord = (id: string, updatedAt: number): FlowRecord => ({
  id,
  name: `Flow ${id}`,
  description: null,
  state: 'draft',
  revision: 1,
  publishedVersion: null,
  publishedHash: null,
  draftHash: 'h',
  nodeCount: 0,
  triggers: [],
  connections: ['crm'],
  labels: [],
  updatedAt,
  updatedBy: 'u',
  updatedByName: 'Anna',
  draft: aFlow(id),
});

const aTask = (id: string, openedAt: number): TaskRecord => ({
  id,
  status: 'open',
  runId: 'run1',
  flowId: 'f',
  step: 'approve',
  businessKey: 'P-1',
  correlationId: 'c',
  users: ['anna@example.com'],
  groups: ['finance', 'leads'],
  claimedBy: null,
  openedAt,
  dueAt: null,
  expiresAt: null,
  closedAt: null,
  needed: 2,
  decisions: [],
  delegations: [],
  tags: [],
  priority: 'normal',
  followUpAt: null,
  watchers: [],
  nextActAt: null,
  escalated: 0,
  notes: [],
  attachments: [],
  exceptionClass: null,
  fingerprint: null,
  amount: null,
  currency: null,
  origin: 'run',
  content: {
    kind: 'approval',
    title: `Approve ${id}`,
    description: '',
    requester: null,
    selfApproval: false,
    facts: [],
    valueAtStake: null,
    form: { fields: [] },
    commentRequired: 'never',
    outcomes: [{ name: 'approved', label: 'Approve', tone: 'positive' }],
  },
});

const aDecision = (by: string) => ({ by, byName: by, outcome: 'approved', comment: null, form: {}, at: 1 });

/** Something to tell a person by mail. */
const item = (id: string, changes: Partial<NotificationRecord> = {}): NotificationRecord => ({
  id,
  medium: 'mail',
  reader: 'u1',
  readerName: 'Anna',
  batch: 'b1',
  kind: 'opened',
  taskId: 't1',
  link: '/inbox/t1',
  title: 'Approve',
  lines: ['Due tomorrow'],
  fingerprint: null,
  comment: null,
  createdAt: 10,
  dueAt: 20,
  ...untried,
  ...changes,
});

/**
 * What every store promises, whatever it is built on. `open` gives an empty one.
 * @param races false for servers whose conditional updates are known not to be atomic: the contenders then go one by one.
 */
export function repositoryContract(name: string, open: () => Promise<Store>, { races = true } = {}): void {
  async function contend<T>(contenders: (() => Promise<T>)[]): Promise<T[]> {
    if (races) return Promise.all(contenders.map((contender) => contender()));
    const results: T[] = [];
    for (const contender of contenders) results.push(await contender());
    return results;
  }

  describe(name, () => {
    let store: Store;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());

    it('gives a document back exactly as it was saved', async () => {
      const record = aFlowRecord('exact', 5);
      expect(await store.flows.insert(record)).toBe(true);
      expect(await store.flows.insert(record)).toBe(false);
      expect(await store.flows.get('exact')).toEqual(record);
    });

    it('lets one of two tabs save and tells the other', async () => {
      const { draft, ...facts } = aFlowRecord('tabs', 1);
      await store.flows.insert({ draft, ...facts });
      const save = (title: string) => store.flows.saveDraft('tabs', 1, { ...facts, draft: { ...draft, name: title } });
      const saved = await contend(['one', 'two', 'three'].map((title) => () => save(title)));
      expect(saved.filter((record) => record !== null)).toHaveLength(1);
      expect((await store.flows.get('tabs'))?.revision).toBe(2);
    });

    it('pages through flows, newest first, without losing or repeating one', async () => {
      for (let at = 0; at < 7; at += 1) await store.flows.insert(aFlowRecord(`page${at}`, 100 + (at >> 1)));
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.flows.list({ limit: 3, text: 'PAGE', cursor });
        seen.push(...page.items.map((flow) => flow.id));
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      expect(seen).toEqual(['page6', 'page5', 'page4', 'page3', 'page2', 'page1', 'page0']);
    });

    it('keeps files apart by folder, finds them by a part of their name, and forgets none that was not announced', async () => {
      const aFile = (n: number, folder: string) => ({
        id: `f_${n}`,
        folder,
        name: `Hours ${n}.csv`,
        path: `uploads/f_${n}/Hours ${n}.csv`,
        sizeBytes: n,
        mediaType: 'text/csv',
        sha256: `sha${n}`,
        by: 'u',
        byName: 'Anna',
        came: 'upload' as const,
        arrivedAt: 100 + (n >> 1),
        announcedAt: null,
        removedAt: null,
      });
      for (let n = 0; n < 5; n += 1) expect(await store.files.insert(aFile(n, n < 3 ? 'hours' : 'cards'))).toBe(true);
      expect(await store.files.insert({ ...aFile(0, 'other'), name: 'else' })).toBe(false);
      expect(await store.files.get('f_0')).toEqual(aFile(0, 'hours'));
      const first = await store.files.list({ limit: 2, text: 'HOURS' });
      const second = await store.files.list({ limit: 3, text: 'HOURS', cursor: first.nextCursor ?? undefined });
      expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(['f_4', 'f_3', 'f_2', 'f_1', 'f_0']);
      expect((await store.files.list({ limit: 9, folder: 'cards' })).items.map(({ id }) => id)).toEqual(['f_4', 'f_3']);
      await store.files.announced('f_1', 200);
      expect((await store.files.unannounced(9)).map(({ id }) => id)).toEqual(['f_0', 'f_2', 'f_3', 'f_4']);
      expect((await store.files.removed('f_2', 300))?.removedAt).toBe(300);
      expect(await store.files.removed('f_2', 301)).toBeNull();
      expect(await store.files.present(['f_1', 'f_2', 'f_9'])).toEqual(new Set(['f_1']));
      expect(await store.files.folders()).toEqual(['cards', 'hours']);
      expect((await store.files.arrivedBefore(102, undefined, 9)).items.map(({ id }) => id)).toEqual([
        'f_0',
        'f_1',
        'f_3',
      ]);
    });

    it('remembers once which run has to do with which file, and which file started it', async () => {
      await store.fileUses.note({ fileId: 'f_a', runId: 'r1', how: 'started', at: 1 });
      await store.fileUses.note({ fileId: 'f_a', runId: 'r1', how: 'read', at: 2 });
      await store.fileUses.note({ fileId: 'f_a', runId: 'r2', how: 'given', at: 3 });
      expect(await store.fileUses.ofFile('f_a', 9)).toEqual([
        { fileId: 'f_a', runId: 'r2', how: 'given', at: 3 },
        { fileId: 'f_a', runId: 'r1', how: 'started', at: 1 },
      ]);
      expect(await store.fileUses.counts(['f_a', 'f_b'])).toEqual(
        new Map([
          ['f_a', 2],
          ['f_b', 0],
        ]),
      );
      expect(await store.fileUses.starterOf('r1')).toBe('f_a');
      expect(await store.fileUses.starterOf('r2')).toBeNull();
    });

    it('refuses a cursor it did not give out', async () => {
      await expect(store.flows.list({ limit: 3, cursor: 'nonsense' })).rejects.toThrow(/CURSOR_INVALID/);
    });

    it('finds the flows that use a connection and deletes only what was never published', async () => {
      expect((await store.flows.using('crm')).map((flow) => flow.id)).toContain('exact');
      await store.flows.insert(aFlowRecord('live', 1));
      await store.flows.setPublished('live', 1, 1, 'h');
      expect(await store.flows.removeDraft('live')).toBe(false);
      expect(await store.flows.removeDraft('exact')).toBe(true);
    });

    it('never changes a version once it is written', async () => {
      const version = {
        id: 'f:v1',
        flowId: 'f',
        number: 1,
        note: 'a',
        flow: aFlow('f'),
        hash: 'h',
        publishedAt: 1,
        publishedBy: 'x',
      };
      expect(await store.flowVersions.insert(version)).toBe(true);
      expect(await store.flowVersions.insert({ ...version, note: 'b' })).toBe(false);
      await store.flowVersions.insert({ ...version, id: 'f:tabc', number: 0 });
      expect(await store.flowVersions.byNumber('f', 1)).toEqual(version);
      expect((await store.flowVersions.list('f')).map((one) => one.number)).toEqual([1]);
    });

    it('knows an address in any spelling as one account', async () => {
      const user = {
        id: 'u1',
        email: 'Anna@Example.com',
        name: 'Anna',
        passwordHash: null,
        roles: ['admin'],
        groups: [],
        managerId: null,
        absence: null,
        disabled: false,
        createdAt: 1,
        lastSeenAt: null,
      };
      expect(await store.users.any()).toBe(false);
      expect(await store.users.insert(user)).toBe(true);
      expect(await store.users.insert({ ...user, id: 'u2', email: 'anna@example.COM' })).toBe(false);
      expect(await store.users.byEmail(' ANNA@example.com ')).toEqual(user);
      expect(await store.users.withRole('admin', 5)).toHaveLength(1);
      expect((await store.users.update('u1', { disabled: true }))?.disabled).toBe(true);
      expect(await store.users.withRole('admin', 5)).toHaveLength(0);
    });

    it('lets a one-time link in once, and not too late', async () => {
      await store.oneTimeLinks.insert({ tokenHash: 'a', userId: 'u1', expiresAt: 100 });
      const used = await Promise.all([store.oneTimeLinks.consume('a', 50), store.oneTimeLinks.consume('a', 50)]);
      expect(used.filter(Boolean)).toEqual(['u1']);
      await store.oneTimeLinks.insert({ tokenHash: 'b', userId: 'u1', expiresAt: 100 });
      expect(await store.oneTimeLinks.consume('b', 100)).toBeNull();
    });

    it('ends sessions in time and all others of a person on request', async () => {
      const session = { userId: 'u1', csrfToken: 'c', createdAt: 1, expiresAt: 100 };
      for (const tokenHash of ['s1', 's2', 's3']) await store.sessions.insert({ tokenHash, ...session });
      expect(await store.sessions.find('s1', 100)).toBeNull();
      await store.sessions.removeOfUser('u1', 's2');
      expect(await store.sessions.find('s1', 1)).toBeNull();
      expect(await store.sessions.find('s2', 1)).toEqual({ tokenHash: 's2', ...session });
    });

    it('opens a task once, finds it by person and group, and counts', async () => {
      expect(await store.tasks.open(aTask('t1', 1))).toBe(true);
      expect(await store.tasks.open({ ...aTask('t1', 2), runId: 'other' })).toBe(false);
      await store.tasks.open({ ...aTask('t2', 2), users: [], groups: ['delivery'] });
      const ids = async (filter: object) =>
        (await store.tasks.list({ status: 'open', limit: 10, ...filter })).items.map((task) => task.id);
      expect(await ids({ users: ['anna@example.com'] })).toEqual(['t1']);
      expect(await ids({ groups: ['leads', 'delivery'] })).toEqual(['t2', 't1']);
      expect(await ids({ visibleTo: { id: 'nobody', users: ['nobody'], groups: ['delivery'] } })).toEqual(['t2']);
      expect(await ids({ text: 'APPROVE T1' })).toEqual(['t1']);
      expect(await store.tasks.count({ status: 'open' })).toBe(2);
      expect((await store.tasks.openOfRun('run1')).map((task) => task.id).sort()).toEqual(['t1', 't2']);
    });

    it('takes each decision once, in order, and closes a task once', async () => {
      await store.tasks.open(aTask('d', 1));
      const first = await contend(['x', 'y'].map((by) => () => store.tasks.decide('d', 0, aDecision(by))));
      expect(first.filter(Boolean)).toHaveLength(1);
      expect((await store.tasks.decide('d', 1, aDecision('z')))?.decisions).toHaveLength(2);
      expect((await store.tasks.close('d', 'decided', 9))?.closedAt).toBe(9);
      expect(await store.tasks.close('d', 'cancelled', 10)).toBeNull();
      expect(await store.tasks.decide('d', 2, aDecision('w'))).toBeNull();
    });

    it('lets one of many claim a task and loses none of their notes', async () => {
      await store.tasks.open(aTask('c', 1));
      const claim = (by: string) => () =>
        store.tasks.amend('c', (task) => (task.claimedBy === null ? { claimedBy: by } : null));
      const claims = await contend(['u1', 'u2', 'u3'].map(claim));
      expect(claims.filter(Boolean)).toHaveLength(1);
      const notes = ['a', 'b', 'c', 'd'].map((id) => ({ id, at: 1, by: 'u1', byName: 'U', kind: 'comment', text: id }));
      await contend(notes.map((note) => () => store.tasks.note('c', note)));
      const after = await store.tasks.get('c');
      expect(after?.notes.map((note) => note.id).sort()).toEqual(['a', 'b', 'c', 'd']);
      expect(after?.claimedBy).toBe(claims.find(Boolean)?.claimedBy);
      expect(await store.tasks.amend('unknown', () => ({ priority: 'high' }))).toBeNull();
    });

    it('finds tasks by what they are about, whose they are and who put them aside', async () => {
      const mark = (id: string, at: number, changes: Partial<TaskRecord> = {}) =>
        store.tasks.open({ ...aTask(id, at), flowId: 'found', users: [], groups: [], ...changes });
      const failed = { ...aTask('x', 1).content, kind: 'exception' as const };
      await mark('f1', 1, { claimedBy: 'u1', followUpAt: 500, watchers: ['u7'] });
      await mark('f2', 2, { users: ['u1'], dueAt: 90, businessKey: 'P-77' });
      await mark('f3', 3, { users: ['u1'], claimedBy: 'u2' });
      await mark('f4', 4, {
        content: failed,
        exceptionClass: 'duplicate',
        fingerprint: 'same',
        origin: 'failure',
        delegations: [{ from: { id: 'u5', name: 'E' }, to: { id: 'u1', name: 'A' }, at: 1 }],
      });
      const ids = async (filter: object) =>
        (await store.tasks.list({ flowId: 'found', limit: 10, order: 'oldest', ...filter })).items.map((one) => one.id);
      const desk = { onDeskOf: { id: 'u1', users: ['u1', 'a@example.com'] } };
      expect(await ids(desk)).toEqual(['f1', 'f2', 'f4']);
      expect(await ids({ ...desk, putAside: { by: 'u1', now: 499, show: 'no' } })).toEqual(['f2', 'f4']);
      expect(await ids({ ...desk, putAside: { by: 'u1', now: 499, show: 'only' } })).toEqual(['f1']);
      expect(await ids({ ...desk, putAside: { by: 'u1', now: 500, show: 'no' } })).toEqual(['f1', 'f2', 'f4']);
      expect(await ids({ kinds: ['exception', 'in-doubt'] })).toEqual(['f4']);
      expect(await ids({ fingerprint: 'same', exceptionClasses: ['duplicate'], origin: 'failure' })).toEqual(['f4']);
      expect(await ids({ dueBefore: 91 })).toEqual(['f2']);
      expect(await ids({ businessKey: 'P-77' })).toEqual(['f2']);
      await mark('f5', 5, { businessKey: 'P-77', status: 'expired', closedAt: 6 });
      expect(await ids({ businessKey: 'P-77', order: 'newest' }), 'in any state').toEqual(['f5', 'f2']);
      expect(await ids({ watchedBy: 'u7' })).toEqual(['f1']);
      expect(await ids({ visibleTo: { id: 'u2', users: ['u2'], groups: [] } })).toEqual(['f3']);
      await store.tasks.decide('f4', 0, { ...aDecision('u9'), for: { id: 'u5', name: 'E' } });
      expect(await ids({ decidedBy: 'u9' })).toEqual(['f4']);
      expect(await ids({ decidedBy: 'u5' })).toEqual(['f4']);
      expect(await store.tasks.count({ flowId: 'found', ...desk })).toBe(3);
    });

    it('pages through tasks by due date, pressure and value without losing or repeating one', async () => {
      const priorities = ['low', 'urgent', 'normal', 'high', 'normal'] as const;
      for (const [n, priority] of priorities.entries())
        await store.tasks.open({
          ...aTask(`o${n}`, n),
          flowId: 'ordered',
          priority,
          dueAt: n === 2 ? null : 100 - n,
          amount: n === 1 ? null : n * 10,
        });
      const inOrder = async (order: 'due' | 'priority' | 'value' | 'oldest' | 'newest') => {
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await store.tasks.list({ flowId: 'ordered', limit: 2, order, cursor });
          seen.push(...page.items.map((one) => one.id));
          cursor = page.nextCursor ?? undefined;
        } while (cursor);
        return seen.join(' ');
      };
      expect(await inOrder('due')).toBe('o4 o3 o1 o0 o2');
      expect(await inOrder('priority')).toBe('o1 o3 o4 o2 o0');
      expect(await inOrder('value')).toBe('o4 o3 o2 o0 o1');
      expect(await inOrder('oldest')).toBe('o0 o1 o2 o3 o4');
      await store.tasks.amend('o0', () => ({ priority: 'urgent', dueAt: 1, amount: 99 }));
      expect(await inOrder('due')).toBe('o0 o4 o3 o1 o2');
      expect(await inOrder('priority')).toBe('o0 o1 o3 o4 o2');
      expect(await inOrder('value')).toBe('o0 o4 o3 o2 o1');
    });

    it('finds exceptions by what they have to do with, and sums up no other task', async () => {
      const anException = (id: string, openedAt: number, change: Partial<TaskRecord> = {}) =>
        store.tasks.open({
          ...aTask(id, openedAt),
          flowId: 'exceptional',
          exceptionClass: 'value',
          fingerprint: 'f1',
          tags: ['table:entities', 'app:NetSuite'],
          groups: ['billing'],
          amount: 10,
          currency: 'EUR',
          ...change,
        });
      await store.tasks.open({ ...aTask('x0', 1), flowId: 'exceptional' });
      await anException('x1', 10, { dueAt: 100 });
      await anException('x2', 20, { amount: null, currency: null, tags: [], dueAt: 200 });
      await anException('x3', 30, { groups: ['hr'], users: ['anna'] });
      const found = async (filter: Parameters<typeof store.exceptions.lines>[0]) =>
        (await store.exceptions.lines({ status: 'open', flowId: 'exceptional', ...filter }, 10)).map((one) => one.id);
      expect(await found({})).toEqual(['x1', 'x2', 'x3']);
      expect(await found({ tag: 'table:entities' })).toEqual(['x1', 'x3']);
      expect(await found({ owner: 'anna' })).toEqual(['x3']);
      expect(await found({ minAmount: 10 })).toEqual(['x1', 'x3']);
      expect(await found({ openedAfter: 10, openedUntil: 20 })).toEqual(['x2']);
      expect(await found({ openedAfter: Number.NEGATIVE_INFINITY, openedUntil: 19 })).toEqual(['x1']);
      expect(await found({ due: { after: 100, until: Number.POSITIVE_INFINITY } })).toEqual(['x2']);
      expect(await found({ due: 'none' })).toEqual(['x3']);
      const all = await store.exceptions.lines({ flowId: 'exceptional' }, 10);
      const readers = ['anna', 'nobody'].map((id) => ({ visibleTo: { id, users: [id], groups: ['billing'] } }));
      const filters: LineFilter[] = [
        { tag: 'table:entities' },
        { owner: 'anna' },
        { minAmount: 10 },
        { openedAfter: 10, openedUntil: 20 },
        { due: { after: 100, until: Number.POSITIVE_INFINITY } },
        { due: 'none' },
        { exceptionClasses: ['duplicate'] },
        { fingerprint: 'f1', status: 'open' },
        { text: 'X1' },
        ...readers,
      ];
      for (const filter of filters)
        expect(all.filter(lineTest(filter)).map((one) => one.id)).toEqual(await found(filter));
      expect((await store.exceptions.open('x1', 2)).map((one) => one.id)).toEqual(['x2', 'x3']);
      const heard: unknown[] = [];
      const stop = store.tasks.onWritten((task, revision) => heard.push(exceptionLineOf(task, revision)));
      await store.tasks.amend('x2', () => ({ claimedBy: 'ben' }));
      stop();
      expect(heard).toEqual(
        await store.exceptions.lines({ flowId: 'exceptional', due: { after: 150, until: 250 } }, 2),
      );
      const [line] = await store.exceptions.lines({ flowId: 'exceptional' }, 1);
      expect(line).toMatchObject({
        id: 'x1',
        titleKey: expect.stringContaining(aTask('x1', 1).content.title.toLowerCase()),
        exceptionClass: 'value',
        amount: 10,
      });
      const listed = await store.tasks.list({ isException: true, flowId: 'exceptional', order: 'oldest', limit: 10 });
      expect(listed.items.map((one) => one.id)).toEqual(['x1', 'x2', 'x3']);
      await store.tasks.amend('x1', () => ({ tags: [], fingerprint: 'f2' }));
      expect(await found({ tag: 'table:entities' })).toEqual(['x3']);
    });

    it('hands out what is due on tasks, earliest first, as long as they are open', async () => {
      for (const [id, nextActAt] of [
        ['n1', 30],
        ['n2', 10],
        ['n3', null],
        ['n4', 20],
      ] as const)
        await store.tasks.open({ ...aTask(id, 1), nextActAt });
      await store.tasks.close('n4', 'cancelled', 2);
      expect((await store.tasks.dueActs(29, 5)).map((one) => one.id)).toEqual(['n2']);
      expect((await store.tasks.dueActs(30, 5)).map((one) => one.id)).toEqual(['n2', 'n1']);
    });

    it('finds groups by a part of their name, each once', async () => {
      const member = (id: string, groups: string[]) =>
        store.users.insert({
          id,
          email: `${id}@groups.example`,
          name: id,
          passwordHash: null,
          roles: [],
          groups,
          managerId: null,
          absence: null,
          disabled: false,
          createdAt: 1,
          lastSeenAt: null,
        });
      await member('g1', ['pay-desk', 'night-shift']);
      await member('g2', ['pay-desk', 'day-shift']);
      expect(await store.users.groups('Shift', 5)).toEqual(['day-shift', 'night-shift']);
      expect(await store.users.groups('pay', 5)).toEqual(['pay-desk']);
      expect(await store.users.groups('shift', 1)).toEqual(['day-shift']);
    });

    it('knows who stands in for whom, and for how long', async () => {
      const person = (id: string, absence: { from: number; until: number; deputyId: string } | null) =>
        store.users.insert({
          id,
          email: `${id}@example.com`,
          name: `Person ${id}`,
          passwordHash: null,
          roles: [],
          groups: [],
          managerId: null,
          absence,
          disabled: false,
          createdAt: 1,
          lastSeenAt: null,
        });
      await person('deputy', null);
      await person('away', { from: 10, until: 20, deputyId: 'deputy' });
      const represented = async (now: number) =>
        (await store.users.representedBy('deputy', now)).map((user) => user.id);
      expect(await represented(9)).toEqual([]);
      expect(await represented(10)).toEqual(['away']);
      expect(await represented(20)).toEqual([]);
      expect((await store.users.update('away', { absence: null, managerId: 'deputy' }))?.managerId).toBe('deputy');
      expect(await represented(15)).toEqual([]);
      expect((await store.users.list({ limit: 5, text: 'person AW' })).items.map((user) => user.id)).toEqual(['away']);
      await store.users.update('away', { groups: ['leads'] });
      const memberOf = { users: ['DEPUTY@example.com'], groups: ['leads'] };
      const members = await store.users.list({ limit: 5, memberOf });
      expect(members.items.map((user) => user.id)).toEqual(['away', 'deputy']);
    });

    it('links records once, from either side, and refuses contradictions', async () => {
      const [crm, erp, psa] = [
        { system: 'crm', id: '006' },
        { system: 'erp', id: '107' },
        { system: 'psa', id: '9' },
      ];
      expect(await store.crosswalk.link('customer', crm, erp, 1)).toBe('created');
      expect(await store.crosswalk.link('customer', erp, crm, 2)).toBe('same');
      expect(await store.crosswalk.link('customer', psa, crm, 3)).toBe('created');
      expect(await store.crosswalk.find('customer', psa, 'erp')).toBe('107');
      expect(await store.crosswalk.find('project', psa, 'erp')).toBeNull();
      await expect(store.crosswalk.link('customer', crm, { system: 'erp', id: '108' }, 4)).rejects.toThrow(
        /CROSSWALK_CONFLICT/,
      );
      const page = await store.crosswalk.list({ limit: 10, text: '10' });
      expect(page.items).toEqual([{ entity: 'customer', createdAt: 1, ids: { crm: '006', erp: '107', psa: '9' } }]);
      expect((await store.crosswalk.list({ limit: 10, id: '9' })).items).toEqual(page.items);
      expect((await store.crosswalk.list({ limit: 10, id: '10' })).items, 'the beginning is not the whole').toEqual([]);
    });

    it('finds the counterparts of many records at once, in the order asked for', async () => {
      const ids = Array.from({ length: 1_200 }, (_, row) => `E-${row}`);
      for (const id of ['E-3', 'E-700', 'E-1199'])
        await store.crosswalk.link('employee', { system: 'hr', id }, { system: 'psa', id: `p-${id}` }, 1);
      await store.crosswalk.link('employee', { system: 'hr', id: 'E-4' }, { system: 'erp', id: '4' }, 1);
      const found = await store.crosswalk.findMany('employee', 'hr', ids, 'psa');
      expect(found).toHaveLength(1_200);
      expect(found.flatMap((id, row) => (id === null ? [] : [[row, id]]))).toEqual([
        [3, 'p-E-3'],
        [700, 'p-E-700'],
        [1_199, 'p-E-1199'],
      ]);
      expect(await store.crosswalk.findMany('employee', 'hr', [], 'psa')).toEqual([]);
    });

    it('takes back exactly what one step linked', async () => {
      const [crm, erp, psa, hr] = ['crm', 'erp', 'psa', 'hr'].map((system) => ({ system, id: `undo-${system}` }));
      await store.crosswalk.link('employee', crm!, erp!, 1, 'run a');
      await store.crosswalk.link('employee', crm!, psa!, 2, 'run b');
      await store.crosswalk.link('employee', psa!, crm!, 3, 'run c');
      expect(await store.crosswalk.unlink('employee', crm!, psa!, 'run c'), 'was linked before').toBe(false);
      await store.crosswalk.link('employee', psa!, hr!, 4, 'run d');
      await expect(store.crosswalk.unlink('employee', crm!, psa!, 'run b')).rejects.toThrow('CROSSWALK_LINK_USED');
      expect(await store.crosswalk.unlink('employee', psa!, hr!, 'run d')).toBe(true);
      expect(await store.crosswalk.unlink('employee', crm!, psa!, 'run b')).toBe(true);
      expect(await store.crosswalk.unlink('employee', crm!, psa!, 'run b'), 'gone already').toBe(false);
      expect(await store.crosswalk.find('employee', crm!, 'erp')).toBe('undo-erp');
      expect(await store.crosswalk.unlink('employee', erp!, crm!, 'run a')).toBe(true);
      expect(await store.crosswalk.find('employee', crm!, 'erp')).toBeNull();
      expect(await store.crosswalk.link('employee', crm!, { system: 'erp', id: 'other' }, 5), 'free again').toBe(
        'created',
      );
    });
    it('links the same pair once when it is asked to many times at once', async () => {
      const pair = [
        { system: 'crm', id: 'x' },
        { system: 'erp', id: 'y' },
      ] as const;
      const done = await Promise.all(Array.from({ length: 8 }, () => store.crosswalk.link('project', ...pair, 1)));
      expect(done.filter((how) => how === 'created').length).toBeLessThanOrEqual(1);
      expect(await store.crosswalk.find('project', pair[1], 'crm')).toBe('x');
    });

    it('chains audit entries without gaps when many are written at once', async () => {
      const event = (n: number) => ({
        at: n,
        actor: 'u1',
        actorName: 'Anna',
        action: 'flow.changed',
        subject: `flow:${n % 2}`,
        details: { n },
      });
      await Promise.all(Array.from({ length: 20 }, (_, n) => store.audit.append(event(n))));
      expect(await store.audit.verify()).toEqual({ ok: true, entries: 20, brokenAt: null });
      const page = await store.audit.list({ limit: 4, subject: 'flow:1' });
      expect(page.items).toHaveLength(4);
      const next = await store.audit.list({ limit: 100, subject: 'flow:1', cursor: page.nextCursor ?? undefined });
      expect(next.items).toHaveLength(6);
    });

    it('replaces a table only at the revision the change was made on', async () => {
      const table = {
        name: 'rates',
        title: 'Rates',
        keyColumns: ['role'],
        columns: ['role', 'rate'],
        rows: [{ validFrom: null, validTo: null, values: { role: 'dev', rate: 90 } }],
        updatedAt: 1,
        updatedBy: 'x',
      };
      expect(await store.lookupTables.put(table, 0)).toBe(true);
      expect(await store.lookupTables.put(table, 0)).toBe(false);
      expect(await store.lookupTables.put({ ...table, rows: [] }, 1)).toBe(true);
      expect(await store.lookupTables.get('rates')).toMatchObject({ revision: 2, rowCount: 0, rows: [] });
    });

    it('keeps connections, bindings, keys, triggers and settings', async () => {
      const connection = {
        id: 'cn_1',
        name: 'CRM',
        type: 'salesforce',
        fields: { url: 'https://x' },
        secretsSet: ['secret'],
        sealed: 's',
        allowPrivateAddresses: false,
        lastTest: null,
        policy: openPolicy,
        updatedAt: 1,
        updatedBy: 'x',
      };
      await store.connections.insert(connection);
      expect(await store.connections.update('cn_1', { lastTest: { at: 1, ok: true, what: 'w', fix: null } })).toEqual({
        ...connection,
        lastTest: { at: 1, ok: true, what: 'w', fix: null },
      });
      const policy: ConnectionPolicy = {
        limits: { concurrency: 4, rates: [{ count: 100, perMs: 10_000 }], breaker: null },
        maintenance: [
          { kind: 'weekly', days: [7], from: '22:00', to: '02:00', zone: 'Europe/Berlin' },
          { kind: 'once', from: 1, to: 2, reason: 'Release', by: 'Anna' },
        ],
        liftedUntil: 5,
        paused: { at: 1, by: 'Anna', reason: 'Double bookings' },
      };
      await store.connections.update('cn_1', { policy });
      expect((await store.connections.get('cn_1'))?.policy).toEqual(policy);
      await store.roleBindings.put({ environment: 'dev', role: 'crm', connectionId: 'cn_1', updatedAt: 1 });
      await store.roleBindings.put({ environment: 'dev', role: 'crm', connectionId: 'cn_1', updatedAt: 2 });
      expect((await store.roleBindings.boundTo('cn_1')).map((binding) => binding.updatedAt)).toEqual([2]);
      const key = {
        id: 'k',
        name: 'CI',
        secretHash: 'h',
        prefix: 'wb_',
        roles: ['viewer'],
        createdAt: 1,
        createdBy: 'x',
        lastUsedAt: null,
        expiresAt: null,
      };
      await store.apiKeys.insert(key);
      expect(await store.apiKeys.byHash('h')).toEqual(key);
      expect(await store.apiKeys.remove('k')).toEqual(key);
      const trigger = {
        flowId: 'f',
        nodeId: 'n',
        versionId: 'f:v1',
        how: 'webhook' as const,
        nodeType: 'core.webhook',
        nodeVersion: 1,
        title: 'T',
        params: { 'a.b': { $: 1 } },
        connections: {},
      };
      await store.armedTriggers.replace('f', [trigger, { ...trigger, nodeId: 'm' }]);
      await store.armedTriggers.replace('f', [trigger]);
      expect(await store.armedTriggers.all(null, 10)).toEqual({ items: [trigger], lastKey: 'f/n' });
      await store.triggerState.put('f', 'n', { lastAt: 4 });
      expect(await store.triggerState.get('f', 'n')).toEqual({ lastAt: 4 });
      await store.settings.put('x', ['y']);
      expect(await store.settings.get('x')).toEqual(['y']);
    });

    it('keeps what is to be told until it was, under one message id, and once however often it is added', async () => {
      const { notifications } = store;
      await notifications.add([item('n1'), item('n2', { createdAt: 11 }), item('n3', { batch: 'b2', dueAt: 90 })]);
      await notifications.add([item('n1', { title: 'again' })]);
      await notifications.bind(19, 10, (batch) => `m-${batch}`);
      expect(await notifications.dueMessages('mail', 19, 10)).toEqual([]);
      await notifications.bind(20, 10, (batch) => `m-${batch}`);
      expect(await notifications.dueMessages('mail', 20, 10)).toEqual(['m-b1']);
      const { items, total } = await notifications.ofMessage('m-b1', 1);
      expect([total, items]).toEqual([2, [item('n1', { messageId: 'm-b1', since: 20 })]]);

      await notifications.start('m-b1', 20);
      expect((await notifications.get('n1'))?.startedAt).toBe(20);
      await notifications.settle('m-b1', { state: 'waiting', at: 21, dueAt: 50, error: 'busy' });
      expect(await notifications.dueMessages('mail', 49, 10)).toEqual([]);
      // Joins late: it is bound to a message of its own, as the first one may be with its reader already.
      await notifications.add([item('n4', { createdAt: 12 })]);
      await notifications.bind(50, 10, (batch) => `m2-${batch}`);
      expect(await notifications.dueMessages('mail', 50, 10)).toEqual(['m2-b1', 'm-b1']);
      expect(await notifications.health({ medium: 'mail' })).toEqual({
        lastSentAt: null,
        lastProblem: { at: 21, what: 'busy' },
        waiting: 4,
        waitingSince: 10,
        failed: 0,
      });
      await notifications.start('m-b1', 50);
      await notifications.settle('m-b1', { state: 'sent', at: 51, dueAt: 50, error: null });
      expect((await notifications.list({ limit: 5, state: 'sent' })).items).toMatchObject([
        { id: 'n2', attempts: 2, since: 20, settledAt: 51, startedAt: null },
        { id: 'n1', attempts: 2, since: 20, settledAt: 51 },
      ]);
      expect((await notifications.list({ limit: 5, reader: 'u2' })).items).toEqual([]);
      await notifications.giveUp(49, 52, 'too late');
      expect((await notifications.list({ limit: 5, state: 'failed' })).items).toEqual([]);
      await notifications.giveUp(50, 52, 'too late');
      expect((await notifications.list({ limit: 5, state: 'failed' })).items).toMatchObject([
        { id: 'n4', error: 'too late' },
      ]);
      expect(await notifications.health({ medium: 'mail' })).toMatchObject({
        lastSentAt: 51,
        lastProblem: { at: 52, what: 'too late' },
        waiting: 1,
        failed: 1,
      });
      expect(await notifications.health({ medium: 'chat', reader: 'c1' })).toMatchObject({
        lastSentAt: null,
        failed: 0,
      });
      expect(await notifications.again({ messageId: 'm-b1' }, 53)).toBe(0);
      expect(await notifications.again('all', 53)).toBe(1);
      expect(await notifications.dueMessages('mail', 53, 10)).toEqual(['m2-b1']);
      expect(await notifications.get('n4')).toMatchObject({ state: 'waiting', since: 53, settledAt: null });
      await notifications.forget(52);
      expect((await notifications.list({ limit: 5 })).items.map((one) => one.id).toSorted()).toEqual(['n3', 'n4']);
    });

    it('drops the words of a note that was removed, sent or not, and nothing else', async () => {
      const { notifications } = store;
      const of = (id: string, comment: string | null, changes: Partial<NotificationRecord> = {}) =>
        item(id, { taskId: 'told', reader: 'u9', lines: ['the salary'], comment, ...changes });
      await notifications.add([
        of('w1', 'c1'),
        of('w2', 'c1', { state: 'sent', settledAt: 30 }),
        of('w3', 'c1', { state: 'failed', settledAt: 30 }),
        of('w4', 'c2'),
        of('w5', null),
        of('w6', 'c1', { taskId: 'another' }),
      ]);
      await notifications.unsay({ taskId: 'told', comment: 'c1' }, 'Removed.');
      const { items } = await notifications.list({ limit: 10, reader: 'u9' });
      expect(Object.fromEntries(items.map(({ id, lines }) => [id, lines]))).toEqual({
        ...{ w1: ['Removed.'], w2: [], w3: ['Removed.'] },
        ...{ w4: ['the salary'], w5: ['the salary'], w6: ['the salary'] },
      });
    });

    it('keeps what is to be told with what happened, until it is taken off', async () => {
      const notice = { kind: 'opened', by: null, to: { users: ['u1'], groups: [] }, text: null };
      const untold = (id: string, at: number) => [{ ...notice, id, at }];
      await store.tasks.open({ ...aTask('told-late', 1), untold: untold('n1', 30) });
      await store.tasks.open({ ...aTask('told-early', 1), untold: untold('n1', 20) });
      await store.tasks.open(aTask('told', 1));
      expect((await store.tasks.withUntold(5)).map((task) => task.id)).toEqual(['told-early', 'told-late']);
      await store.tasks.amend('told-early', () => ({ untold: [] }));
      await store.tasks.close('told', 'expired', 40, (task) => ({ untold: untold(task.status, 40) }));
      const left = await store.tasks.withUntold(5);
      expect(left.map((task) => [task.id, task.untold])).toEqual([
        ['told-late', untold('n1', 30)],
        ['told', untold('expired', 40)],
      ]);
      for (const { id } of left) await store.tasks.amend(id, () => ({ untold: [] }));
    });

    it('knows how people want to be told, and forgets mute rules that ran out', async () => {
      const { notificationWishes: wishes } = store;
      await wishes.putPreferences('u1', { digest: 'hourly' }, 0);
      await wishes.putPreferences('u1', { digest: 'daily', 'a.b': { $x: 1 } }, 30);
      await wishes.putPreferences('u3', {}, 20);
      expect((await wishes.dueReports(29, 5)).map((one) => one.userId)).toEqual(['u3']);
      await wishes.moveReport('u3', 19, 90);
      await wishes.moveReport('u3', 20, 40);
      expect((await wishes.dueReports(40, 5)).map(({ userId, reportAt }) => [userId, reportAt])).toEqual([
        ['u1', 30],
        ['u3', 40],
      ]);
      expect(await wishes.preferences(['u1', 'u2'])).toEqual(new Map([['u1', { digest: 'daily', 'a.b': { $x: 1 } }]]));
      const mute = { userId: 'u1', subject: 'flow' as const, value: 'f', label: 'Flow f', createdAt: 1 };
      await wishes.addMute({ ...mute, id: 'forever', until: null });
      await wishes.addMute({ ...mute, id: 'short', until: 10 });
      expect((await wishes.mutes(['u1'], 9)).map((one) => one.id)).toEqual(['forever', 'short']);
      expect(await wishes.mutes(['u1'], 10)).toEqual([{ ...mute, id: 'forever', until: null }]);
      expect(await wishes.removeMute('u2', 'forever')).toBeNull();
      expect(await wishes.removeMute('u1', 'forever')).toMatchObject({ id: 'forever' });
      expect(await wishes.mutes(['u1'], 9)).toHaveLength(1);
    });
  });
}
