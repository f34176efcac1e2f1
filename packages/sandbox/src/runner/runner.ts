// What a runner process does with its messages: pick the isolate and context, make the trip, report the end.
import { availableParallelism } from 'node:os';
import type { HostCallKind } from '../guest/host-calls.ts';
import type { Outbox } from '../outbox.ts';
import type { FromRunner, RunnerSetup, ToRunner } from '../protocol.ts';
import { sandboxErrors } from '../sandbox-error.ts';
import { readManifests } from './bundles.ts';
import { codeSteps, endCode } from './code-steps.ts';
import type { Domain } from './domain.ts';
import { createExecution } from './execution.ts';
import type { GuestContext } from './guest-context.ts';
import { textPieces } from './guest-context.ts';
import type { Job } from './job.ts';
import { ENVELOPE_CHARS, homeOf, newJob, openJobs } from './job.ts';
import { jobEnds } from './job-ends.ts';
import type { Place } from './places.ts';
import { createPlaces } from './places.ts';
import { stageFunctions } from './stage-functions.ts';

/** Steps handed along may keep the result of the first one back for so long, ms. */
const FOLLOWING_MS = 250;
/** A trip that takes longer keeps the thread of its isolate from others, ms; with more isolates at work than cores, by as much later. */
const HELD_AFTER_MS = 40;
/** Isolates a step may leave because somebody kept their thread. */
const MOST_MOVES = 3;
const cores = availableParallelism();
/** More than the engine hands along is no honest report. */
const MAX_FOLLOWED = 64;

/** @param release takes the bytes of a chunk back once they were read. */
export function createRunner(setup: RunnerSetup, outbox: Outbox<FromRunner>, release: (chunk: Buffer) => void) {
  const send = outbox.push;
  let trips = 0;
  const jobs = openJobs();
  const places = createPlaces(setup, {
    entered: (execution) => ends.entered(execution),
    failed: (executions, thrown, domain) => ends.failed(executions, thrown, domain),
    heldAfterMs: () => HELD_AFTER_MS * Math.max(1, trips / cores),
    held,
    post,
    done,
    setOut() {
      trips += 1;
    },
    cameBack() {
      trips -= 1;
      if (trips === 0) outbox.release();
    },
  });
  const ends = jobEnds({ jobs, places, send });
  const { settle, fail, leave, retire, overdue } = ends;
  const runCode = codeSteps({
    places,
    limits: setup.limits,
    overdue,
    adopt: (execution, job) => jobs.byExecution.set(execution, job),
    deliver,
    fail,
    lost: (job) => settle(job, { t: 'lost', id: job.id, suspect: false }),
  });

  /** A chunk that waits for the one before it: another isolate would only take more memory. */
  const isBehindItsOwn = ({ message }: Job, { current }: Domain): boolean => {
    const first = current[0] && jobs.byExecution.get(current[0])?.message;
    return message.t === 'records' && first?.t === 'records' && first.runId === message.runId;
  };

  /**
   * Whoever waits behind an entry that keeps the thread goes to another isolate, a few times: on a busy machine everybody seems
   * to keep their thread, and moving about makes more contexts. What has begun is bound to this one; it is given back to be
   * done again, unless it may have had an effect.
   */
  function held(domain: Domain): void {
    for (const execution of [...domain.executions]) {
      const job = jobs.byExecution.get(execution);
      if (!job || execution.ended || isBehindItsOwn(job, domain)) continue;
      if (execution.begun) {
        if (!job.hasCalledOut && domain.withdraw(execution)) settle(job, { t: 'lost', id: job.id, suspect: false });
        continue;
      }
      if (execution === job.execution && job.moves >= MOST_MOVES) continue;
      domain.withdraw(execution);
      domain.executions.delete(execution);
      if (execution === job.execution) {
        job.moves += 1;
        if (job.place?.runId !== null) retire(job);
        leave(job, true);
        job.domain = null;
        job.place = null;
        void place(job);
      } else if (job.code?.execution === execution) {
        const { enter } = job.code;
        endCode(job.code);
        job.code = null;
        void enter();
      }
    }
  }

  // ---- calls out of isolates

  function done(key: number, isLast: boolean, json: string, step: string): void {
    const job = jobs.byKey.get(key);
    if (!job) return;
    if (typeof json !== 'string' || json.length > 3 * setup.limits.outputChars + ENVELOPE_CHARS) {
      fail(job, sandboxErrors.outputTooLarge(setup.limits.outputChars));
      return;
    }
    const now = performance.now();
    if (job.result === null) job.result = json;
    else if (json !== '') job.followed.push({ step: String(step).slice(0, 1_000), json, tookMs: now - job.endedAt });
    job.endedAt = now;
    if (isLast || job.followed.length > MAX_FOLLOWED) settle(job, { t: 'done', id: job.id, json: job.result });
  }

  function post(key: number, call: number, kind: HostCallKind, payload: string): void {
    const job = jobs.byKey.get(key);
    if (!job || job.execution.ended) return;
    if (payload.length > 2 * setup.limits.outputChars) {
      fail(job, sandboxErrors.outputTooLarge(setup.limits.outputChars));
      return;
    }
    job.execution.openCalls += 1;
    if (job.execution.openCalls > setup.limits.openHostCalls) {
      retire(job);
      fail(job, sandboxErrors.tooManyCalls(setup.limits.openHostCalls));
      return;
    }
    if (kind === 'code') void runCode(job, call, payload);
    else {
      job.hasCalledOut = true;
      send({ t: 'call', id: job.id, call, kind, payload });
    }
  }

  function deliver(job: Job, call: number, ok: boolean, head: string, body: string): void {
    const { domain, guest } = job;
    if (!domain || !guest || job.execution.ended) return;
    domain.enterGuest(job.execution, guest, { kind: 'deliver', key: job.execution.key, call, ok, head, body });
  }

  // ---- messages

  async function start(message: Job['message']): Promise<void> {
    const execution = createExecution(message.timeoutMs, overdue);
    const job = newJob(message, execution);
    jobs.byId.set(job.id, job);
    jobs.byKey.set(execution.key, job);
    jobs.byExecution.set(execution, job);
    await place(job);
  }

  async function place(job: Job): Promise<void> {
    const { execution, message } = job;
    let found: Place | null = null;
    const { bundle, runId } = homeOf(message);
    try {
      const entry = places.domainFor(bundle, message.memoryMb, runId);
      const domain = await entry.domain.finally(() => places.arrived(entry, runId));
      // Given back for its memory just now: the parent sends the step again.
      if (domain.isolate.isDisposed) {
        settle(job, { t: 'lost', id: job.id, suspect: false });
        return;
      }
      domain.executions.add(execution);
      domain.lastUsedAt = performance.now();
      job.domain = domain;
      found = places.occupy(entry, domain, bundle, runId, job);
      job.place = found;
      const guest = await found.guest;
      // It may have moved on to another isolate while this one was held.
      if (execution.ended || job.place !== found) return;
      job.guest = guest;
      if (message.t === 'records') {
        enterRecords(job, message, domain, guest);
        return;
      }
      const [kind, next] = message.t === 'step' ? (['run', message.next] as const) : (['evaluate', ''] as const);
      domain.enterGuest(execution, guest, { kind, key: execution.key, body: message.json, next });
    } catch (thrown) {
      // Where it is no more, nothing can happen to it.
      if (job.place !== found) return;
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      if (job.place) retire(job);
      if (job.domain?.isolate.isDisposed) settle(job, { t: 'lost', id: job.id, suspect: false });
      else fail(job, sandboxErrors.unloadable(bundle, why.slice(0, 500)));
    }
  }

  function enterRecords(
    job: Job,
    message: Extract<ToRunner, { t: 'records' }>,
    domain: Domain,
    guest: GuestContext,
  ): void {
    const { execution } = job;
    domain.enter(execution, async (leftMs) => {
      const functions = await stageFunctions(domain, guest, message.code, leftMs);
      if ('code' in functions) fail(job, functions);
      else {
        const bytes = Buffer.from(message.bytes.buffer as ArrayBuffer, 0, message.bytes.length);
        const text = textPieces(bytes.toString(message.charset), message.charset === 'latin1');
        release(bytes);
        await guest.enterRecords(execution.key, message.json, text, functions, leftMs);
      }
    });
  }

  function abort(job: Job): void {
    if (job.place?.runId !== null) retire(job);
    fail(job, sandboxErrors.cancelled());
  }

  async function inspect(message: Extract<ToRunner, { t: 'inspect' }>): Promise<void> {
    try {
      const json = await readManifests(setup.bundlesDir, message.source, message.timeoutMs, message.memoryMb);
      send({ t: 'done', id: message.id, json });
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      send({ t: 'failed', id: message.id, error: sandboxErrors.unloadable('', why.slice(0, 500)) });
    }
  }

  function receive(message: ToRunner): void {
    switch (message.t) {
      case 'step':
      case 'evaluate':
      case 'records':
        void start(message);
        return;
      case 'answer': {
        const job = jobs.byId.get(message.id);
        if (job) deliver(job, message.call, message.ok, message.head, message.body);
        return;
      }
      case 'abort': {
        const job = jobs.byId.get(message.id);
        if (job) abort(job);
        return;
      }
      case 'inspect':
        void inspect(message);
        return;
    }
  }

  return {
    receive,
    isTripUnderWay: () => trips > 0,
    /** To be called every quarter second. @returns ids whose clock has started and that were not named before. */
    watch(): number[] {
      ends.disposeStuck();
      places.dropWorn();
      if (process.memoryUsage.rss() > setup.softRssBytes) void places.dropIdleDomain();
      const found: number[] = [];
      const now = performance.now();
      for (const job of jobs.byId.values()) {
        if (job.result !== null && now > job.endedAt + FOLLOWING_MS) {
          settle(job, { t: 'done', id: job.id, json: job.result });
          continue;
        }
        if (job.isReported || !job.execution.begun) continue;
        job.isReported = true;
        found.push(job.id);
      }
      return found;
    },
  };
}
