import type { ErrorRecord } from '@waybill/flow-model';
import { sandboxErrors } from '../sandbox-error.ts';

/** Why a runner is gone. */
export type RunnerEnd =
  | { why: 'memory' }
  | { why: 'timeout'; guilty: number | null }
  | { why: 'exit'; signal: string | null; lastWords: string };

/** What is known of a ticket that was in the runner. */
export interface Bystander {
  id: number;
  hostCalls: number;
  trips: number;
  timeoutMs: number;
  memoryMb: number;
  /** Other steps were handed along with it. */
  leads: boolean;
  /** It had the process to itself from the start. */
  alone: boolean;
}

export type Fate =
  /** It brought the runner down. */
  | { do: 'blame'; error: ErrorRecord }
  /** Repeat it, by itself if it may be the guilty one. */
  | {
      do: 'repeat';
      alone: boolean /** Without the steps handed along: one of them may be the guilty one. */;
      solo?: true;
    }
  /** It may have caused effects, so it is not repeated here. */
  | { do: 'give-up'; error: ErrorRecord };

/** Trips after which even an innocent is given up, so that nothing circles for ever. */
const MAX_TRIPS = 4;

const mayRepeat = ({ hostCalls, trips }: Bystander): boolean => hostCalls === 0 && trips < MAX_TRIPS;

/**
 * Who is to blame for the end of a runner and what becomes of the others. A ticket by itself is guilty, but memory may be
 * that of a step before it whose thread could not be stopped; among several, and there, each that has not called out yet is
 * repeated alone, where guilt shows.
 */
export function crashPlan(end: RunnerEnd, tickets: readonly Bystander[]): Map<number, Fate> {
  const named = end.why === 'timeout' ? end.guilty : null;
  const [only] = tickets;
  const isJudged = only !== undefined && (end.why !== 'memory' || only.alone || !mayRepeat(only));
  const guilty = tickets.length === 1 && isJudged ? only.id : named;
  const fates = new Map<number, Fate>();
  for (const ticket of tickets) {
    if (ticket.id === guilty && ticket.leads && mayRepeat(ticket))
      fates.set(ticket.id, { do: 'repeat', alone: true, solo: true });
    else if (ticket.id === guilty) fates.set(ticket.id, { do: 'blame', error: blame(end, ticket) });
    else if (!mayRepeat(ticket)) fates.set(ticket.id, { do: 'give-up', error: sandboxErrors.lost() });
    else fates.set(ticket.id, { do: 'repeat', alone: guilty === null });
  }
  return fates;
}

function blame(end: RunnerEnd, ticket: Bystander): ErrorRecord {
  if (end.why === 'memory') return sandboxErrors.memory(ticket.memoryMb);
  if (end.why === 'timeout') return sandboxErrors.timeout(ticket.timeoutMs);
  const detail = [end.signal, fatalLine(end.lastWords)].filter(Boolean).join(': ');
  if (/out of memory|heap limit|invalid (array|table|string|size)|allocation failed/i.test(end.lastWords))
    return { ...sandboxErrors.memory(ticket.memoryMb), detail };
  return sandboxErrors.crashed(detail);
}

/** The line in which V8 says why it gave up. */
const fatalLine = (lastWords: string): string =>
  lastWords
    .split('\n')
    .find((line) => /fatal|error/i.test(line))
    ?.replaceAll('#', '')
    .trim()
    .slice(0, 300) ?? '';
