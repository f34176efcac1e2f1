import type { Clock } from '@waybill/engine/ports';
import type { EpochMs } from '@waybill/flow-model';
import type { TaskRecord, UserRecord } from '@waybill/store';
import { openStore } from '@waybill/store';
import { auditLog } from '../audit/audit-log.ts';
import type { Actor } from '../auth/actor.ts';
import { userActor } from '../auth/actor.ts';
import type { FlowDirectory } from '../flows/flow-directory.ts';
import { people } from './people.ts';
import { taskClock } from './task-clock.ts';
import { taskSettler } from './task-desk.ts';
import type { TaskNotice } from './task-notices.ts';
import { noticesOf, taskNotices } from './task-notices.ts';
import { nextActAfter } from './task-schedule.ts';
import { taskService } from './task-service.ts';

/** An open approval as it may come, asked for by Ben; for tests. */
export const aTask = (changes: Partial<TaskRecord> = {}, content: Partial<TaskRecord['content']> = {}): TaskRecord => ({
  id: 't',
  status: 'open',
  runId: 'rn_1',
  flowId: 'f',
  step: 's',
  businessKey: null,
  correlationId: 'c',
  users: ['anna@example.com'],
  groups: ['finance'],
  claimedBy: null,
  openedAt: 1,
  dueAt: null,
  expiresAt: null,
  closedAt: null,
  needed: 1,
  decisions: [],
  delegations: [],
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
  tags: [],
  ...changes,
  content: {
    kind: 'approval',
    title: 'Approve',
    description: '',
    requester: 'ben@example.com',
    selfApproval: false,
    facts: [],
    valueAtStake: null,
    form: { fields: [] },
    commentRequired: 'on-reject',
    outcomes: [
      { name: 'approved', label: 'Approve', tone: 'positive' },
      { name: 'rejected', label: 'Reject', tone: 'negative' },
    ],
    ...content,
  },
});

/** The inbox on a real store in memory, with a clock moved by hand and everything that leaves it written down. */
export async function anInbox() {
  const store = await openStore({ uri: 'sqlite::memory:' });
  const blobStore = new Map<string, Uint8Array>();
  const delivered: string[] = [];
  const told: TaskNotice[] = [];
  const fault = (error: unknown) => {
    throw error;
  };
  let at = 1_000_000;
  const clock: Clock = { now: () => at as EpochMs, wakeAt: () => () => undefined };
  const audit = auditLog(store, () => at);
  const notices = taskNotices(fault);
  notices.onWritten((task) => {
    const known = new Set(told.map((notice) => `${notice.task.id} ${notice.id}`));
    told.push(...noticesOf(task).filter((notice) => !known.has(`${task.id} ${notice.id}`)));
  });
  const settle = taskSettler({
    store,
    now: () => at,
    deliver: async (_runId, key) => {
      delivered.push(key);
      return 'accepted';
    },
    onChanged: () => undefined,
  });
  const directory = { names: async () => new Map<string, string>() } as unknown as FlowDirectory;
  const persons = people(store, () => at);
  const common = { store, audit, notices, settle, onChanged: () => undefined, onFault: fault };
  const service = taskService({
    ...common,
    people: persons,
    directory,
    now: () => at,
    blobs: {
      async put(bytes) {
        const key = String(blobStore.size);
        blobStore.set(key, bytes);
        return key;
      },
      get: async (key) => blobStore.get(key) ?? null,
    },
  });
  const ticker = taskClock({ ...common, clock });

  return {
    store,
    service,
    ticker,
    delivered,
    told,
    find: persons.find,
    now: () => at,
    /** Moves the time on and does what falls due. */
    async pass(ms: number) {
      at += ms;
      return ticker.tick();
    },
    open: async (changes: Partial<TaskRecord> = {}, content: Partial<TaskRecord['content']> = {}) => {
      const task = aTask({ openedAt: at, ...changes }, content);
      await store.tasks.open({ ...task, nextActAt: nextActAfter(task, at) });
      return task.id;
    },
    /** A signed-in person; by default one of finance. */
    async person(name: string, changes: Partial<UserRecord> = {}): Promise<Actor> {
      const user: UserRecord = {
        id: `us_${name.toLowerCase()}`,
        email: `${name.toLowerCase()}@example.com`,
        name,
        passwordHash: null,
        roles: ['finance'],
        groups: [],
        managerId: null,
        absence: null,
        disabled: false,
        createdAt: 1,
        lastSeenAt: null,
        ...changes,
      };
      await store.users.insert(user);
      return userActor(user, null);
    },
    /** Actions of the audit log on a task, oldest first. */
    async actions(taskId: string) {
      const page = await store.audit.list({ limit: 100, subject: `task:${taskId}` });
      return page.items.map((entry) => entry.action).reverse();
    },
    close: () => store.close(),
  };
}
