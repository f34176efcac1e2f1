/**
 * Does something to a task and tells of it; as a process of its own it kills itself at the asked point.
 * Arguments: address of the store, SMTP port, kill point.
 */
import { systemClock } from '@waybill/engine';
import type { Store } from '@waybill/store';
import { openStore } from '@waybill/store';
import { auditLog } from '../src/audit/audit-log.ts';
import { createSealer } from '../src/connections/sealing.ts';
import { notificationDesk } from '../src/notifications/notification-desk.ts';
import { people } from '../src/tasks/people.ts';
import { openedNotice } from '../src/tasks/task-desk.ts';
import { aTask } from '../src/tasks/testing.ts';

/** SIGKILL: nothing of this process runs any more, not even what was about to be written. */
const die = async () => {
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => undefined);
};

/** The store, whose named function is the last thing that happens, or the first that does not. */
function dyingStore(store: Store, killPoint: string): Store {
  const [when, repository, name] = killPoint.split(' ') as ['before' | 'after', 'tasks' | 'notifications', string];
  if (repository !== 'tasks' && repository !== 'notifications') return store;
  const members = store[repository] as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>;
  const dying = async (...given: unknown[]) => {
    if (when === 'before') await die();
    const answer = await members[name]?.(...given);
    await die();
    return answer;
  };
  return { ...store, [repository]: { ...members, [name]: dying } } as Store;
}

/** Opens the store, tells of a task, also of what an earlier process left, and closes it. */
export async function tell({ uri, port, killPoint }: { uri: string; port: number; killPoint: string }) {
  const opened = await openStore({ uri });
  const store = dyingStore(opened, killPoint);
  const clock = systemClock();
  const now = () => clock.now();
  const desk = notificationDesk({
    store,
    people: people(store, now),
    sealer: createSealer([Buffer.alloc(32, 7)]),
    audit: auditLog(store, now),
    outbound: { send: () => Promise.reject(new Error('nothing is posted here')) },
    caFile: null,
    clock,
    baseUrl: 'https://flows.example',
    isBaseUrlSet: true,
    standings: () => [],
    onFault(error) {
      throw error;
    },
  });
  const { revision } = await desk.settings();
  if (revision === 0) {
    const mail = {
      ...{ host: '127.0.0.1', port, security: 'none' as const },
      ...{ user: '', from: 'flows@example.com', fromName: 'Waybill' },
    };
    const actor = { kind: 'key', id: 'key:1', name: 'Test' } as never;
    await desk.setDelivery({ mail, chat: [], revision }, actor);
  }
  const task = aTask({ id: 'told', users: ['anna@example.com'], groups: [], openedAt: now() });
  await store.tasks.open({ ...task, ...openedNotice(task, now()) });
  await desk.run();
  await desk.close();
  await opened.close();
}

const [uri, port, killPoint] = process.argv.slice(2);
if (process.argv[1] === import.meta.filename && uri && killPoint) await tell({ uri, port: Number(port), killPoint });
