import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { flowError } from '@waybill/flow-model';
import type { mongo } from 'mongoose';
import { isDuplicateKey } from '../repositories/collection.ts';
import { openCollections } from './collections.ts';

interface LeaseDoc {
  _id: string;
  /** `<host>/<pid>` */
  holder: string;
  until: number;
}

export interface Lease {
  release(): Promise<void>;
}

const termMs = 20_000;
const renewEveryMs = 5_000;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Whether a holder is certainly gone: a process of this machine that ended, or one whose number we now have. */
export function isGone(holder: string, self: { host: string; pid: number }, alive: (pid: number) => boolean): boolean {
  const [host, pid] = holder.split('/');
  return host === self.host && (Number(pid) === self.pid || !alive(Number(pid)));
}

async function take(leases: mongo.Collection<LeaseDoc>, holder: string): Promise<LeaseDoc | null> {
  const until = Date.now() + termMs;
  try {
    await leases.insertOne({ _id: 'engine', holder, until });
    return null;
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
  const current = await leases.findOne({ _id: 'engine' });
  if (!current) return take(leases, holder);
  const self = { host: hostname(), pid: process.pid };
  if (current.until > Date.now() && !isGone(current.holder, self, isAlive)) return current;
  const { holder: before, until: ended } = current;
  const taken = await leases.updateOne({ _id: 'engine', holder: before, until: ended }, { $set: { holder, until } });
  return taken.matchedCount === 1 ? null : current;
}

/**
 * Makes sure that one process at a time drives the runs of a database. Waits out the term of a holder that may have crashed.
 * @param onLost the lease was taken by another process, which only happens after this one stood still for its whole term.
 * @throws {FlowError} DATA_FOLDER_IN_USE naming the holder.
 */
export async function holdLease({ uri, onLost }: { uri: string; onLost(): void }): Promise<Lease> {
  const { client, db } = await openCollections(uri);
  const leases = db.collection<LeaseDoc>('leases');
  const holder = `${hostname()}/${process.pid}`;
  const giveUpAt = Date.now() + termMs + 1_000;
  let seenUntil = 0;
  for (let other = await take(leases, holder); other; other = await take(leases, holder)) {
    // A term that is renewed while we wait belongs to a process that lives.
    const renewed = seenUntil !== 0 && other.until !== seenUntil;
    seenUntil = other.until;
    if (renewed || Date.now() > giveUpAt) {
      await client.close();
      throw flowError('DATA_FOLDER_IN_USE', {
        what: `The database is in use by another Waybill process (${other.holder}).`,
        fix: 'Stop that process first, or give this one a database of its own.',
        owner: 'user',
        engine: 'stop',
      });
    }
    await delay(500);
  }
  const timer = setInterval(() => {
    leases.updateOne({ _id: 'engine', holder }, { $set: { until: Date.now() + termMs } }).then(
      (renewed) => {
        if (renewed.matchedCount === 0) onLost();
      },
      // The next renewal tries again; four may fail before the term is over.
      () => undefined,
    );
  }, renewEveryMs);
  timer.unref();
  return {
    async release() {
      clearInterval(timer);
      await leases.deleteOne({ _id: 'engine', holder });
      await client.close();
    },
  };
}
