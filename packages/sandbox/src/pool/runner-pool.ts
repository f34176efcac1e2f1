// Spreads tickets over runner processes, watches the processes and replaces the dead.
import type { FromRunner, RunnerSetup } from '../protocol.ts';
import { sandboxErrors } from '../sandbox-error.ts';
import type { RunnerEnd } from './crash-plan.ts';
import { crashPlan } from './crash-plan.ts';
import type { RunnerProcess } from './runner-process.ts';
import { startRunnerProcess } from './runner-process.ts';
import { createScriptHistory } from './script-history.ts';
import type { Ticket } from './ticket.ts';

const WATCH_EVERY_MS = 100;
/** Without a sign of life for this long a runner counts as stuck, ms. */
const STUCK_AFTER_MS = 8_000;
/** An unused process for suspects ends after this, ms. */
const WARD_IDLE_MS = 10_000;
/** Attempts before whoever waits for the start is told that it fails. */
const MAX_FAILED_STARTS = 3;
const MAX_RESTART_DELAY_MS = 5_000;

interface Slot {
  /** A ward takes one ticket at a time: those under suspicion. */
  readonly isWard: boolean;
  process: RunnerProcess | null;
  isReady: boolean;
  readonly tickets: Map<number, Ticket>;
  lastAliveAt: number;
  idleSince: number;
  rssBytes: number;
  /** Set when the pool itself ended the process. */
  end: RunnerEnd | null;
  /** Deaths in a row without an answer in between. */
  failures: number;
}

export interface PoolStats {
  runners: { pid: number; ready: boolean; steps: number; rssBytes: number }[];
  waiting: number;
  executed: number;
  /** Runner processes that died or had to be killed. */
  crashes: number;
  /** Tickets that were repeated because a runner died under them. */
  repeated: number;
  /** Crashes by script (node type, version and a hash of its params). */
  crashesByScript: Record<string, number>;
}

export interface PoolOptions {
  runners: number;
  setup: RunnerSetup;
  runnerRssMb: number;
  stepsPerRunner: number;
  graceMs: number;
}

export interface RunnerPool {
  submit(ticket: Ticket): void;
  /** It brought a runner down before and has not been cleared since. */
  isSuspect(script: () => string): boolean;
  /** Ends the work on a ticket that has ended already. */
  abort(ticket: Ticket): void;
  /** @throws Error with the last words of a runner that does not come up. */
  ready(): Promise<void>;
  stats(): PoolStats;
  stop(): Promise<void>;
}

export function createRunnerPool(options: PoolOptions): RunnerPool {
  const history = createScriptHistory();
  const waiting: Ticket[] = [];
  const suspects: Ticket[] = [];
  const counts = { executed: 0, crashes: 0, repeated: 0 };
  const awaitingReady: { resolve(): void; reject(reason: Error): void }[] = [];
  let stopping: (() => void) | null = null;

  const newSlot = (isWard: boolean): Slot => ({
    isWard,
    process: null,
    isReady: false,
    tickets: new Map(),
    lastAliveAt: performance.now(),
    idleSince: performance.now(),
    rssBytes: 0,
    end: null,
    failures: 0,
  });
  const ward = newSlot(true);
  const slots: Slot[] = Array.from({ length: Math.max(1, options.runners) }, () => newSlot(false));
  const all = [...slots, ward];

  // ---- processes

  function start(slot: Slot): void {
    slot.isReady = false;
    slot.end = null;
    slot.lastAliveAt = performance.now();
    slot.process = startRunnerProcess(options.setup, {
      message: (message) => receive(slot, message),
      exit: ({ signal, lastWords }) => exited(slot, slot.end ?? { why: 'exit', signal, lastWords }),
    });
  }

  function kill(slot: Slot, end: RunnerEnd): void {
    slot.end ??= end;
    slot.process?.kill();
  }

  function exited(slot: Slot, end: RunnerEnd): void {
    slot.process = null;
    slot.isReady = false;
    const tickets = [...slot.tickets.values()];
    slot.tickets.clear();
    if (slot.failures >= MAX_FAILED_STARTS && end.why === 'exit')
      for (const one of awaitingReady.splice(0))
        one.reject(new Error(`A runner process cannot be started: ${end.lastWords || (end.signal ?? 'it ended')}`));
    if (stopping) {
      for (const ticket of tickets) ticket.end({ kind: 'failed', error: sandboxErrors.stopped(), crashed: false });
      if (all.every((one) => one.process === null)) stopping();
      return;
    }
    if (!slot.isWard || tickets.length > 0) counts.crashes += 1;
    const plan = crashPlan(end, tickets);
    for (const ticket of tickets) {
      const fate = plan.get(ticket.id);
      if (ticket.ended || !fate) continue;
      if (fate.do === 'repeat') {
        ticket.alone ||= fate.alone;
        if (fate.solo) ticket.leads = false;
        repeat(ticket);
        continue;
      }
      if (fate.do === 'blame') history.crashed(ticket.script());
      finish(ticket, { kind: 'failed', error: fate.error, crashed: true });
    }
    if (!slot.isWard) restart(slot);
    else if (suspects.length > 0) restart(slot);
    dispatch();
  }

  function restart(slot: Slot): void {
    const delayMs = slot.failures === 0 ? 0 : Math.min(MAX_RESTART_DELAY_MS, 50 * 2 ** slot.failures);
    slot.failures += 1;
    if (delayMs === 0) start(slot);
    else setTimeout(() => !stopping && !slot.process && start(slot), delayMs);
  }

  // ---- tickets

  function finish(ticket: Ticket, how: Parameters<Ticket['end']>[0]): void {
    counts.executed += 1;
    ticket.end(how);
  }

  function repeat(ticket: Ticket): void {
    counts.repeated += 1;
    ticket.begunAt = null;
    (ticket.alone ? suspects : waiting).unshift(ticket);
  }

  function receive(slot: Slot, message: FromRunner): void {
    switch (message.t) {
      case 'ready':
        slot.isReady = true;
        slot.lastAliveAt = performance.now();
        if (slots.every((one) => one.isReady)) for (const one of awaitingReady.splice(0)) one.resolve();
        dispatch();
        return;
      case 'alive':
        slot.lastAliveAt = performance.now();
        slot.rssBytes = message.rssBytes;
        for (const id of message.begun) {
          const ticket = slot.tickets.get(id);
          if (ticket) ticket.begunAt = slot.lastAliveAt;
        }
        return;
      case 'call': {
        const ticket = slot.tickets.get(message.id);
        if (!ticket || ticket.ended) return;
        ticket.hostCalls += 1;
        const process = slot.process;
        void ticket.answer(message).then((answer) => {
          if (!ticket.ended && slot.process === process) process?.send(answer);
        });
        return;
      }
      default:
        returned(slot, message);
    }
  }

  function returned(slot: Slot, message: Extract<FromRunner, { t: 'done' | 'failed' | 'lost' }>): void {
    const ticket = slot.tickets.get(message.id);
    if (!ticket) return;
    slot.tickets.delete(message.id);
    slot.failures = 0;
    slot.idleSince = performance.now();
    if (slot.isWard) history.cleared(ticket.script());
    if (!ticket.ended) {
      if (message.t === 'done') finish(ticket, { kind: 'done', json: message.json, followed: message.followed ?? [] });
      else if (message.t === 'failed') finish(ticket, { kind: 'failed', error: message.error, crashed: false });
      else if (ticket.hostCalls > 0 || ticket.trips > 3)
        finish(ticket, { kind: 'failed', error: sandboxErrors.lost(), crashed: true });
      else {
        ticket.alone ||= message.suspect;
        repeat(ticket);
      }
    }
    dispatch();
  }

  function dispatch(): void {
    while (waiting.length > 0) {
      const ticket = waiting[0]!;
      if (ticket.ended) {
        waiting.shift();
        continue;
      }
      const slot = slotFor(ticket);
      if (!slot) break;
      waiting.shift();
      send(slot, ticket);
    }
    while (suspects[0]?.ended) suspects.shift();
    if (suspects.length === 0 || ward.tickets.size > 0) return;
    if (!ward.process) start(ward);
    else if (ward.isReady) send(ward, suspects.shift()!);
  }

  /** The steps of a run prefer one runner, where its contexts are; a busy one passes them on. */
  function slotFor(ticket: Ticket): Slot | undefined {
    const free = slots.filter((slot) => slot.isReady && slot.tickets.size < options.stepsPerRunner);
    if (free.length <= 1) return free[0];
    const least = free.reduce((a, b) => (b.tickets.size < a.tickets.size ? b : a));
    if (ticket.work.t === 'records') return slotForRecords(free, ticket.work.runId);
    if (ticket.work.t !== 'step') return least;
    const home = slots[hashOf(ticket.work.runId) % slots.length]!;
    return free.includes(home) && home.tickets.size <= least.tickets.size + 4 ? home : least;
  }

  /** One runner serves record streams as long as one stream is there: the isolates of a second one would be memory for nothing. */
  function slotForRecords(free: readonly Slot[], runId: string): Slot | undefined {
    const streamsOf = ({ tickets }: Slot): string[] =>
      [...tickets.values()].flatMap(({ work }) => (work.t === 'records' ? [work.runId] : []));
    const own = free.find((slot) => streamsOf(slot).includes(runId));
    return own ?? free.find((slot) => streamsOf(slot).length === 0) ?? free[0];
  }

  function send(slot: Slot, ticket: Ticket): void {
    ticket.trips += 1;
    ticket.begunAt = null;
    slot.tickets.set(ticket.id, ticket);
    const { id, work } = ticket;
    slot.process?.send(work.t === 'step' && !ticket.leads ? { ...work, id, next: '' } : { ...work, id });
  }

  // ---- watch

  function watch(): void {
    const now = performance.now();
    for (const slot of all) {
      if (!slot.process) continue;
      slot.rssBytes = slot.process.residentBytes() ?? slot.rssBytes;
      if (slot.rssBytes > options.runnerRssMb * 1_048_576) kill(slot, { why: 'memory' });
      if (slot.tickets.size === 0) {
        if (slot.isWard && slot.isReady && now - slot.idleSince > WARD_IDLE_MS) slot.process.kill();
        continue;
      }
      for (const ticket of slot.tickets.values())
        if (ticket.begunAt !== null && now > ticket.begunAt + ticket.timeoutMs + options.graceMs)
          kill(slot, { why: 'timeout', guilty: ticket.id });
      if (now - slot.lastAliveAt > STUCK_AFTER_MS) kill(slot, { why: 'timeout', guilty: null });
    }
  }
  const watcher = setInterval(watch, WATCH_EVERY_MS);
  watcher.unref();
  for (const slot of slots) start(slot);

  return {
    submit(ticket) {
      if (stopping) {
        ticket.end({ kind: 'failed', error: sandboxErrors.stopped(), crashed: false });
        return;
      }
      ticket.alone ||= history.isSuspect(ticket.script);
      (ticket.alone ? suspects : waiting).push(ticket);
      dispatch();
    },
    isSuspect: history.isSuspect,
    abort(ticket) {
      for (const slot of all) if (slot.tickets.has(ticket.id)) slot.process?.send({ t: 'abort', id: ticket.id });
    },
    ready: () =>
      slots.every((slot) => slot.isReady)
        ? Promise.resolve()
        : new Promise((resolve, reject) => awaitingReady.push({ resolve, reject })),
    stats: () => ({
      ...counts,
      runners: all.flatMap(({ process, isReady, tickets, rssBytes }) =>
        process ? [{ pid: process.pid, ready: isReady, steps: tickets.size, rssBytes }] : [],
      ),
      waiting: waiting.length + suspects.length,
      crashesByScript: history.counts(),
    }),
    stop: () =>
      new Promise((resolve) => {
        clearInterval(watcher);
        stopping = resolve;
        for (const ticket of [...waiting.splice(0), ...suspects.splice(0)])
          ticket.end({ kind: 'failed', error: sandboxErrors.stopped(), crashed: false });
        for (const slot of all) slot.process?.kill();
        if (all.every((slot) => slot.process === null)) resolve();
      }),
  };
}

function hashOf(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash >>> 0;
}
