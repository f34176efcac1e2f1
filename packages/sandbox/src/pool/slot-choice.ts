// Which runner gets a piece of work. Pure.
import type { Ticket, Work } from './ticket.ts';

/** Steps at work in a runner before the next one gets some. */
const GATHERED_STEPS = 64;
/** One that has steps at work and was not heard for so long is busy with them, ms. */
const BUSY_AFTER_MS = 20;

/** What a runner has to do, and how it gets on with it. */
export interface Busyness {
  readonly tickets: ReadonlyMap<number, Pick<Ticket, 'work'>>;
  /** How many of them wait for an answer from here. */
  calling: number;
  /** When it last said anything, or got work after having none, ms. */
  heardAt: number;
}

/**
 * Steps gather in one runner while it keeps up, since those that come together share messages and trips. Beyond that, the
 * steps of a run prefer one runner, where its contexts are; a busy one passes them on.
 * @param free those of `all` that have room.
 */
export function slotFor<S extends Busyness>(
  work: Pick<Work, 't'> & { runId?: string },
  free: readonly S[],
  all: readonly S[],
  nowMs: number,
): S | undefined {
  if (free.length <= 1) return free[0];
  const least = free.reduce((a, b) => (b.tickets.size < a.tickets.size ? b : a));
  const { t, runId } = work;
  if (runId === undefined) return least;
  if (t === 'records') return slotForRecords(free, runId);
  const gathering = free.find((slot) => takesMore(slot, nowMs));
  if (gathering) return gathering;
  const home = all[hashOf(runId) % all.length];
  return home && free.includes(home) && home.tickets.size <= least.tickets.size + 4 ? home : least;
}

function takesMore({ tickets, calling, heardAt }: Busyness, nowMs: number): boolean {
  const atWork = tickets.size - calling;
  return atWork === 0 || (atWork < GATHERED_STEPS && nowMs - heardAt < BUSY_AFTER_MS);
}

/** One runner serves record streams as long as one stream is there: the isolates of a second one would be memory for nothing. */
function slotForRecords<S extends Busyness>(free: readonly S[], runId: string): S | undefined {
  const streamsOf = ({ tickets }: S): string[] =>
    [...tickets.values()].flatMap(({ work }) => (work.t === 'records' ? [work.runId] : []));
  const own = free.find((slot) => streamsOf(slot).includes(runId));
  return own ?? free.find((slot) => streamsOf(slot).length === 0) ?? free[0];
}

function hashOf(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash >>> 0;
}
