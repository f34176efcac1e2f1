import { sandboxErrors } from '../sandbox-error.ts';
import type { RunnerPool } from './runner-pool.ts';
import type { Ticket, TicketEnd, Work } from './ticket.ts';

/** Sends a piece of work through the pool; never rejects. `answer` makes what its calls out are answered by. */
export type Perform = (
  work: Work,
  signal: AbortSignal | undefined,
  script: () => string,
  answer: (stop: () => AbortSignal) => Ticket['answer'],
) => Promise<TicketEnd>;

export function createTickets(pool: Pick<RunnerPool, 'submit' | 'abort'>): Perform {
  let lastId = 0;
  return (work, signal, script, answer) =>
    new Promise((resolve) => {
      lastId += 1;
      // Made on the first call out: most steps make none.
      let stop: AbortController | undefined;
      const ticket: Ticket = {
        id: lastId,
        work,
        script,
        timeoutMs: work.timeoutMs,
        memoryMb: work.memoryMb,
        hostCalls: 0,
        openCalls: 0,
        alone: false,
        leads: work.t === 'step' && work.next !== '',
        trips: 0,
        begunAt: null,
        ended: false,
        answer: answer(() => {
          stop ??= new AbortController();
          // Asked for by a call that is still on its way out when its step is over.
          if (ticket.ended) stop.abort();
          return stop.signal;
        }),
        end(how) {
          if (ticket.ended) return;
          ticket.ended = true;
          signal?.removeEventListener('abort', aborted);
          stop?.abort();
          resolve(how);
        },
      };
      const aborted = () => {
        ticket.end({ kind: 'failed', error: sandboxErrors.cancelled(), crashed: false });
        pool.abort(ticket);
      };
      if (signal?.aborted) {
        ticket.end({ kind: 'failed', error: sandboxErrors.cancelled(), crashed: false });
        return;
      }
      signal?.addEventListener('abort', aborted);
      pool.submit(ticket);
    });
}
