/**
 * Steps that carry a record stream to a sink. What the run keeps of them is a checkpoint: after a crash, a pause or a failed
 * attempt the next one goes on from the last that is durable. The chunk after a checkpoint may be under way while the
 * checkpoint is written; the end waits for the last one.
 */

import type { JsonValue } from '@waybill/flow-model';
import type { Directive } from '@waybill/node-sdk';
import type { Attempt } from './attempt-runner.ts';
import { engineError, toErrorRecord } from './engine-error.ts';
import { sourceConnections } from './handed-streams.ts';
import type { JournalRecord, StepKey } from './journal-record.ts';
import type { Detail } from './outcome-runner.ts';
import type { RecordsEnd, RecordsPass, RecordsProgress, StepCall } from './ports/index.ts';
import type { WrittenBatch } from './replay-batches.ts';
import type { Located } from './run-log.ts';
import { StepRunner } from './step-runner.ts';
import { storeValue } from './stored-value.ts';

type ProcessRecords = Extract<Directive, { do: 'process-records' }>;

export abstract class RecordsRunner extends StepRunner {
  protected async processRecords(
    attempt: Attempt,
    at: Located,
    call: StepCall,
    directive: ProcessRecords,
    detail: Detail,
  ): Promise<void> {
    const streams = this.ctx.records;
    if (!streams) {
      this.onFailure(attempt, engineError('RECORDS_UNSUPPORTED', 'This engine carries no record streams.'), detail);
      return;
    }
    const signal = attempt.controller?.signal ?? new AbortController().signal;
    let pass: RecordsPass | null = null;
    try {
      const from = at.step.checkpoint ? await this.reader.read(at.step.checkpoint) : null;
      pass = await streams.open(this.recordsJob(attempt, call, directive), from, signal);
      await this.carry(attempt, pass, directive, detail);
    } catch (error) {
      const record = toErrorRecord(error);
      // What a person has to correct first begins anew after that.
      if (record.engine === 'stop') await pass?.discard().catch(() => {});
      this.onFailure(attempt, record, detail);
    } finally {
      // Nothing depends on it: what counts was synced with the checkpoint.
      await pass?.close().catch((error: unknown) => this.ctx.onPortFailure('close records', this.state.runId, error));
    }
  }

  /** Takes chunk after chunk until the end, or until the run no longer wants it. */
  private async carry(attempt: Attempt, pass: RecordsPass, directive: ProcessRecords, detail: Detail): Promise<void> {
    let writing: Promise<boolean> | null = null;
    for (;;) {
      if (!this.mayGoOn(attempt)) {
        this.dropped(attempt);
        return;
      }
      const chunk = await pass.next();
      if (!chunk.ok) {
        if (chunk.crashed) this.onCrash(attempt, chunk.error);
        else this.onFailure(attempt, chunk.error, detail);
        return;
      }
      const { progress, isLast, tooMany } = chunk;
      if (tooMany) {
        await writing;
        await this.keep(attempt, await pass.checkpoint(), progress);
        throw tooMany;
      }
      if (!isLast && (writing !== null || !chunk.isWorthKeeping)) continue;
      const kept = await this.keep(attempt, await pass.checkpoint(), progress);
      if (!kept) {
        this.dropped(attempt);
        return;
      }
      writing = kept.durable.finally(() => {
        writing = null;
      });
      if (!isLast) continue;
      if (await writing) this.conclude(attempt, await pass.finish(), directive, detail);
      else this.dropped(attempt);
      return;
    }
  }

  private mayGoOn(attempt: Attempt): boolean {
    const { paused, cancelling, quarantined } = this.state;
    return !paused && !cancelling && !quarantined && !this.ctx.isStopping() && this.current(attempt) !== null;
  }

  /** Records a checkpoint; `durable` tells whether it got to disk. Null when the step is gone. */
  private async keep(
    attempt: Attempt,
    state: JsonValue,
    progress: RecordsProgress,
  ): Promise<{ durable: Promise<boolean> } | null> {
    const stored = await storeValue(this.ctx.blobs, state);
    if (!this.current(attempt)) return null;
    this.apply({
      at: this.ctx.clock.now(),
      type: 'records-checkpoint',
      step: attempt.key,
      attempt: attempt.number,
      startedAt: attempt.startedAt,
      state: stored,
      progress,
    });
    return { durable: this.durable() };
  }

  private conclude(attempt: Attempt, end: RecordsEnd, directive: ProcessRecords, detail: Detail): void {
    if (end.is === 'value') {
      this.emit(attempt, directive.port, end.value, detail);
      return;
    }
    const at = this.current(attempt);
    if (at && !at.node.body) {
      const what = `${at.node.title} is no container and cannot run a body.`;
      this.onFailure(attempt, engineError('DIRECTIVE_MISPLACED', what), detail);
      return;
    }
    const { parts, concurrency, onItemError } = end;
    this.record(attempt, detail, [], (facts): JournalRecord[] => [
      {
        at: this.ctx.clock.now(),
        type: 'container-entered',
        step: facts.step,
        items: { v: [] },
        parts,
        ...this.retakenIn(facts.step),
        count: parts.length,
        concurrency,
        onItemError,
        startedAt: facts.startedAt,
        ...(facts.params ? { params: facts.params } : {}),
      },
    ]);
  }

  private writtenBefore(step: StepKey): WrittenBatch[] {
    return this.replayPlan?.batchesOf(step) ?? [];
  }

  /** Batches of earlier runs come first. */
  private retakenIn(step: StepKey): { retaken?: Record<number, number[]> } {
    const found = [...this.writtenBefore(step).entries()].filter(([, { retaken }]) => retaken.length > 0);
    return found.length > 0
      ? { retaken: Object.fromEntries(found.map(([index, { retaken }]) => [index, retaken])) }
      : {};
  }

  private recordsJob(attempt: Attempt, call: StepCall, { stream, sink, limits }: ProcessRecords) {
    const { runId, nodeType, connections, effectKey, now, timeoutMs, memoryMb } = call;
    return {
      runId,
      step: attempt.key,
      nodeType,
      stream,
      sink,
      limits,
      connections,
      connectionsOf: (origin: string) => sourceConnections(this.compiled, this.state.start, origin),
      written: sink.into === 'batches' ? this.writtenBefore(attempt.key).map(({ part }) => part) : [],
      effectKey,
      correlationId: call.scope.run.correlationId,
      attempt: attempt.number,
      now,
      timeoutMs,
      memoryMb,
    };
  }
}
