/** Where a business object stands. Pure. */
import type { Exception, RunSummaryView, Task } from '@waybill/api-contract';
import type { Tone } from '../../ui/Badge.tsx';
import { askedWords } from '../inbox/task-words.ts';
import { standsAt } from '../runs/run-words.ts';

/** What is known of it; null where the reader may not see it, or it could not be read. */
export interface Known {
  /** Newest first. */
  runs: readonly RunSummaryView[] | null;
  runCount: number | null;
  unknownWrites: number | null;
  openTasks: readonly Task[] | null;
  openExceptions: readonly Exception[] | null;
}

export interface Standing {
  tone: Tone;
  words: string;
  /** When that came to be, epoch ms. */
  at: number | null;
}

const isTrouble = ({ status }: RunSummaryView): boolean =>
  status === 'failed' || status === 'quarantined' || status === 'in-doubt';

const unended = (text: string): string => text.replace(/[.\s]+$/, '');

function underWay(runs: readonly RunSummaryView[]): Standing | null {
  const open = runs.filter((run) => run.finishedAt === null);
  const [newest] = open;
  if (!newest) return null;
  if (open.length > 1) return { tone: 'running', words: `${open.length} runs are not over yet`, at: newest.updatedAt };
  const isRunning = newest.status === 'running';
  return {
    tone: isRunning ? 'running' : 'waiting',
    words: unended(standsAt(newest)).replace(/^At /, isRunning ? 'Under way at ' : 'Waits at '),
    at: newest.updatedAt,
  };
}

/** The one sentence: what needs somebody first, then what is going on, then how it ended. Null when nothing is known. */
export function standingOf(known: Known): Standing | null {
  const { runs, runCount, unknownWrites, openTasks, openExceptions } = known;
  if (unknownWrites)
    return {
      tone: 'doubt',
      words: `Nobody knows whether ${unknownWrites === 1 ? 'one write' : `${unknownWrites} writes`} took effect: somebody has to look`,
      at: null,
    };
  const [exception] = openExceptions ?? [];
  if (exception)
    return {
      tone: 'failed',
      words:
        openExceptions?.length === 1
          ? `An exception is open: ${unended(exception.title)}`
          : `${openExceptions?.length} exceptions are open, the newest: ${unended(exception.title)}`,
      at: exception.openedAt,
    };
  // One that had nothing to do says nothing of how things stand.
  const latest = runs?.find(({ status }) => status !== 'ignored') ?? runs?.[0];
  if (latest && isTrouble(latest))
    return {
      tone: 'failed',
      words: `The last run did not come to its end: ${unended(standsAt(latest))}`,
      at: latest.finishedAt ?? latest.updatedAt,
    };
  const [task] = openTasks ?? [];
  if (task)
    return {
      tone: 'waiting',
      words: `Waits for ${askedWords(task)}: ${unended(task.title)}`,
      at: task.openedAt,
    };
  const going = underWay(runs ?? []);
  if (going) return going;
  if (latest) {
    const which = runCount !== null && runCount > 1 ? `The last of ${runCount.toLocaleString()} runs` : 'Its run';
    const how = { succeeded: 'came to its end', cancelled: 'was ended by a person', ignored: 'had nothing to do' };
    const words = how[latest.status as keyof typeof how] ?? 'is over';
    return {
      tone: latest.status === 'succeeded' ? 'done' : 'skipped',
      words: `${which} ${words}`,
      at: latest.finishedAt,
    };
  }
  return openTasks && openExceptions ? { tone: 'skipped', words: 'Nothing about it waits for you', at: null } : null;
}
