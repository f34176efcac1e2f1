// How jobs end: with a result, at a limit, or lost with their isolate.
import type { ErrorRecord } from '@waybill/flow-model';
import type { FromRunner } from '../protocol.ts';
import { sandboxErrors } from '../sandbox-error.ts';
import { endCode } from './code-steps.ts';
import type { Domain } from './domain.ts';
import type { Execution } from './execution.ts';
import type { Job, OpenJobs } from './job.ts';
import { doneOf } from './job.ts';
import type { createPlaces } from './places.ts';
import { leavePlace, retirePlace } from './places.ts';

/** How long an entry may stay past its limit before its isolate is disposed, ms. */
const STUCK_GRACE_MS = 250;

interface EndsOptions {
  jobs: OpenJobs;
  places: Pick<ReturnType<typeof createPlaces>, 'drop' | 'forEachDomain'>;
  send(message: FromRunner): void;
}

export function jobEnds({ jobs, places, send }: EndsOptions) {
  function settle(job: Job, message: FromRunner): void {
    if (!job.execution.end()) return;
    jobs.byId.delete(job.id);
    jobs.byKey.delete(job.execution.key);
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
    const job = jobs.byExecution.get(execution);
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
      const job = jobs.byExecution.get(execution);
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
    const job = jobs.byExecution.get(execution) ?? null;
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
      const job = jobs.byExecution.get(execution);
      if (!job) continue;
      if (domain.isolate.isDisposed) job.place = null;
      else retire(job);
      settle(job, { t: 'lost', id: job.id, suspect: true });
    }
    if (domain.isolate.isDisposed) dropDomain(domain, null, sandboxErrors.lost());
  }

  /** The isolate is idle again and nothing it could wait for is under way. */
  function entered(execution: Execution): void {
    const job = jobs.byExecution.get(execution);
    if (!job || execution.ended || execution.openCalls > 0) return;
    if (job.place?.runId !== null) retire(job);
    fail(job, sandboxErrors.neverSettles());
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
      const job = domain.current[0] ? jobs.byExecution.get(domain.current[0]) : undefined;
      dropDomain(domain, job ?? null, sandboxErrors.timeout(job?.execution.timeoutMs ?? 0));
    });
  }

  return { settle, fail, leave, retire, overdue, entered, failed, disposeStuck };
}
