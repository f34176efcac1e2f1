import type { ErrorRecord } from '@waybill/flow-model';
import type { Followed, FromRunner, ToRunner } from '../protocol.ts';

type Unnumbered<M> = M extends { id: number } ? Omit<M, 'id'> : never;
/** Work for a runner, before it has a number. */
export type Work = Unnumbered<Extract<ToRunner, { t: 'step' | 'evaluate' | 'inspect' | 'records' }>>;

export type TicketEnd =
  | { kind: 'done'; json: string; followed: Followed[] }
  | { kind: 'failed'; error: ErrorRecord /** A runner went down with it. */; crashed: boolean };

/** A piece of work on its way through the pool. */
export interface Ticket {
  readonly id: number;
  readonly work: Work;
  /** Names the script for the crash history. */
  readonly script: () => string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** Calls made for it; from the first on it is not repeated by the pool. */
  hostCalls: number;
  /** Runs by itself in a process of its own: it, or something next to it, brought a runner down. */
  alone: boolean;
  /** Other steps are handed along with it. */
  leads: boolean;
  /** Trips begun so far. */
  trips: number;
  /** When the runner reported its clock as started, ms of `performance.now`. */
  begunAt: number | null;
  ended: boolean;
  answer(call: Extract<FromRunner, { t: 'call' }>): Promise<Extract<ToRunner, { t: 'answer' }>>;
  end(how: TicketEnd): void;
}
