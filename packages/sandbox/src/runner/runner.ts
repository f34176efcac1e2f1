// What a runner process does with its messages: pick the isolate and context, make the trip, report the end.
import type { ErrorRecord } from '@waybill/flow-model';
import type { HostCallKind } from '../guest/host-calls.ts';
import type { Outbox } from '../outbox.ts';
import type { FromRunner, RunnerSetup, ToRunner } from '../protocol.ts';
import { sandboxErrors } from '../sandbox-error.ts';
import { readManifests } from './bundles.ts';
import { codeSteps, endCode } from './code-steps.ts';
import type { Domain } from './domain.ts';
import type { Execution } from './execution.ts';
import { createExecution } from './execution.ts';
import type { GuestContext } from './guest-context.ts';
import { textPieces } from './guest-context.ts';
import type { Job } from './job.ts';
import { doneOf, ENVELOPE_CHARS, homeOf, newJob } from './job.ts';
import type { Place } from './places.ts';
import { createPlaces, leavePlace, retirePlace } from './places.ts';
import { stageFunctions } from './stage-functions.ts';

/** How long an entry may stay past its limit before its isolate is disposed, ms. */
const STUCK_GRACE_MS = 250;
/** Steps handed along may keep the result of the first one back for so long, ms. */
const FOLLOWING_MS = 250;
/** More than the engine hands along is no honest report. */
const MAX_FOLLOWED = 64;
/** @param release takes the bytes of a chunk back once they were read. */
export function createRunner(setup: RunnerSetup, outbox: Outbox<FromRunner>, release: (chunk: Buffer) => void) {
  const send = outbox.push;
  let trips = 0;
  const places = createPlaces(setup, {
    entered,
    held,
    failed,
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
  const jobs = new Map<number, Job>();
  /** What isolates name executions by. */
  const byKey = new Map<number, Job>();
  const jobOf = new WeakMap<Execution, Job>();
  const runCode = codeSteps({
    places,
    limits: setup.limits,
    overdue,
    adopt: (execution, job) => jobOf.set(execution, job),
    deliver,
    fail: (job, error) => fail(job, error),
    lost: (job) => settle(job, { t: 'lost', id: job.id, suspect: false }),
  });

  // ---- ends

  function settle(job: Job, message: FromRunner): void {
    if (!job.execution.end()) return;
    jobs.delete(job.id);
    byKey.delete(job.execution.key);
    job.domain?.executions.delete(job.execution);
    // Others on the same trip want it to come to its end.
    const current = job.domain?.current;
    if (message.t !== 'done' && current?.length === 1 && current[0] === job.execution) job.domain?.hurry();
    if (job.code) endCode(job.code);
    leave(job, message.t === 'done');
    // A limit that a step hits which was handed along is not that of the first: it is sent again by itself.
    send(job.result === null ? message : doneOf(job, job.result));
  }
  const fail = (job: Job, error: ErrorRecord) => settle(job, { t: 'failed', id: job.id, error });

  /** After an orderly end the context waits for the next step of its run; after any other it is given up. */
  function leave(job: Job, isDone: boolean): void {
    const place = job.place;
    if (!place) return;
    leavePlace(place, job);
    // What reported its end has forgotten itself.
    if (!isDone && !place.retired && place.runId === null)
      void place.guest.then((guest) => guest.forget(job.execution.key));
  }
  function retire(job: Job): void {
    if (job.place) retirePlace(job.place);
  }

  const domainOf = (job: Job, execution: Execution): Domain | null =>
    execution === job.execution ? job.domain : (job.code?.domain ?? null);

  function overdue(execution: Execution): void {
    const job = jobOf.get(execution);
    if (!job || job.execution.ended) return;
    // On the thread, its own limit stops it, or else the watch over stuck isolates.
    if (domainOf(job, execution)?.current.includes(execution)) return;
    if (job.place?.runId !== null) retire(job);
    fail(job, sandboxErrors.timeout(execution.timeoutMs));
  }

  /** The isolate is gone or must go: the guilty job fails, the others are reported lost. */
  function dropDomain(domain: Domain, guilty: Job | null, error: ErrorRecord): void {
    places.drop(domain);
    if (guilty) {
      if (guilty.domain === domain) guilty.place = null;
      fail(guilty, error);
    }
    for (const execution of [...domain.executions]) {
      const job = jobOf.get(execution);
      if (!job || job === guilty) continue;
      if (job.domain === domain) job.place = null;
      settle(job, { t: 'lost', id: job.id, suspect: false });
    }
  }

  function failed(executions: readonly Execution[], thrown: unknown, domain: Domain): void {
    const [execution] = executions;
    if (!execution) return;
    if (executions.length > 1) {
      failedTogether(executions, domain);
      return;
    }
    const job = jobOf.get(execution) ?? null;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    if (domain.isolate.isDisposed) {
      dropDomain(domain, job, sandboxErrors.memory(domain.memoryMb));
      return;
    }
    if (!job) return;
    if (execution === job.execution) retire(job);
    const isLate = /timed out/i.test(message);
    fail(job, isLate ? sandboxErrors.timeout(execution.timeoutMs) : sandboxErrors.crashed(message.slice(0, 500)));
  }

  /** One of several on a trip hit a limit: each is tried again by itself, where it shows which. */
  function failedTogether(executions: readonly Execution[], domain: Domain): void {
    if (domain.isolate.isDisposed) places.drop(domain);
    for (const execution of executions) {
      const job = jobOf.get(execution);
      if (!job) continue;
      if (domain.isolate.isDisposed) job.place = null;
      else retire(job);
      settle(job, { t: 'lost', id: job.id, suspect: true });
    }
    if (domain.isolate.isDisposed) dropDomain(domain, null, sandboxErrors.lost());
  }

  /** The isolate is idle again and nothing it could wait for is under way. */
  function entered(execution: Execution): void {
    const job = jobOf.get(execution);
    if (!job || execution.ended || execution.openCalls > 0) return;
    if (job.place?.runId !== null) retire(job);
    fail(job, sandboxErrors.neverSettles());
  }

  /** A chunk that waits for the one before it: another isolate would only take more memory. */
  const isBehindItsOwn = ({ message }: Job, { current }: Domain): boolean => {
    const first = current[0] && jobOf.get(current[0])?.message;
    return message.t === 'records' && first?.t === 'records' && first.runId === message.runId;
  };

  /**
   * Whoever waits behind an entry that keeps the thread goes to another isolate. What has begun is bound to this one; it
   * is given back to be done again, unless it may have had an effect.
   */
  function held(domain: Domain): void {
    for (const execution of [...domain.executions]) {
      const job = jobOf.get(execution);
      if (!job || execution.ended || isBehindItsOwn(job, domain)) continue;
      if (execution.begun) {
        if (!job.hasCalledOut && domain.withdraw(execution)) settle(job, { t: 'lost', id: job.id, suspect: false });
        continue;
      }
      domain.withdraw(execution);
      domain.executions.delete(execution);
      if (execution === job.execution) {
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
    const job = byKey.get(key);
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
    const job = byKey.get(key);
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
    jobs.set(job.id, job);
    byKey.set(execution.key, job);
    jobOf.set(execution, job);
    await place(job);
  }

  async function place(job: Job): Promise<void> {
    const { execution, message } = job;
    let found: Place | null = null;
    const { bundle, runId } = homeOf(message);
    try {
      const entry = places.domainFor(bundle, message.memoryMb, runId);
      const domain = await entry.domain;
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
        const job = jobs.get(message.id);
        if (job) deliver(job, message.call, message.ok, message.head, message.body);
        return;
      }
      case 'abort': {
        const job = jobs.get(message.id);
        if (job) abort(job);
        return;
      }
      case 'inspect':
        void inspect(message);
        return;
    }
  }

  /** Isolates whose thread does not come back, whatever the reason: one instruction may take minutes. */
  function disposeStuck(): void {
    const now = performance.now();
    places.forEachDomain((domain) => {
      if (domain.lateMs(now) < STUCK_GRACE_MS) return;
      if (domain.current.length > 1) {
        domain.dispose();
        failedTogether(domain.current, domain);
        return;
      }
      const job = domain.current[0] ? jobOf.get(domain.current[0]) : undefined;
      dropDomain(domain, job ?? null, sandboxErrors.timeout(job?.execution.timeoutMs ?? 0));
    });
  }

  return {
    receive,
    isTripUnderWay: () => trips > 0,
    /** To be called every quarter second. @returns ids whose clock has started and that were not named before. */
    watch(): number[] {
      disposeStuck();
      places.dropWorn();
      if (process.memoryUsage.rss() > setup.softRssBytes) void places.dropIdleDomain();
      const found: number[] = [];
      const now = performance.now();
      for (const job of jobs.values()) {
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
