/** What the records of a run ask of the outside once they are durable: tasks shown and taken away, flows called. */
import type { EpochMs, JsonValue, TaskId } from '@waybill/flow-model';
import type { TaskOutcome } from '@waybill/node-sdk';
import { effectKeyFor } from './decide.ts';
import type { JournalRecord, StepKey, StoredValue, Wait } from './journal-record.ts';
import type { OpenTask } from './ports/index.ts';
import { RunLog } from './run-log.ts';
import type { LocatedStep, StepState } from './run-state.ts';
import { locate } from './run-state.ts';
import { scopeInput, sourcesOf, sourceValue, storedIn } from './step-input.ts';
import type { TaskEnd } from './task-end.ts';

export abstract class RunAnnouncer extends RunLog {
  protected override closeTask(taskId: TaskId, how: TaskEnd, outcome: string | null): void {
    const close = () => this.ctx.tasks.close(taskId, how, outcome ?? undefined);
    this.afterDurableDo(() => this.call('close task', taskId, close));
  }

  /** Applies a record and arranges what it asks of the outside once it is durable. */
  protected applyAndAnnounce(record: JournalRecord, isWrite = false): void {
    this.apply(record);
    if (isWrite) this.barrierSeq = this.state.seq;
    if (isWrite || record.type === 'wait-opened' || record.type === 'response' || record.type === 'run-finished') {
      this.mustCommit = true;
    }
    if (record.type !== 'wait-opened') return;
    const step = locate(this.compiled, this.state, record.step)?.step;
    if (step) this.announceWait(record.step, step, record.wait);
  }

  protected announceWait(key: StepKey, step: StepState, wait: Wait): void {
    if (wait.kind === 'child') this.afterDurableOrNow(() => this.ctx.startChild(this, key, wait));
    if (wait.kind !== 'task' && wait.kind !== 'in-doubt') return;
    const openedAt = this.ctx.clock.now();
    const open = () => this.openTask(key, step, wait, openedAt);
    this.afterDurableOrNow(() => this.call('open task', wait.taskId, open));
  }

  protected call(what: string, subject: string, make: () => Promise<void>): void {
    this.ctx.calls.make({ what, runId: this.state.runId, subject, make });
  }

  protected afterDurableOrNow(act: () => void): void {
    if (this.durableSeq >= this.state.seq) act();
    else this.afterDurableDo(act);
  }

  protected async openTask(
    key: StepKey,
    step: StepState,
    wait: Extract<Wait, { kind: 'task' | 'in-doubt' }>,
    openedAt: EpochMs,
  ): Promise<void> {
    const at = locate(this.compiled, this.state, key);
    if (!at || at.step !== step || step.wait !== wait) return;
    const { start } = this.state;
    const body: OpenTask['body'] =
      wait.kind === 'task'
        ? { kind: 'request', request: wait.task, backTo: this.titleOfBackTo(wait.task.outcomes) }
        : {
            kind: 'in-doubt',
            nodeTitle: at.node.title,
            effectKey: effectKeyFor(this.state, key),
            input: await this.inputOf(at),
            ...(wait.error ? { error: wait.error } : {}),
          };
    await this.ctx.tasks.open({
      taskId: wait.taskId,
      round: (wait.kind === 'task' ? wait.round : undefined) ?? 0,
      runId: this.state.runId,
      flowId: start.flowId,
      step: key,
      openedAt: step.waitingSince ?? openedAt,
      until: (wait.kind === 'task' ? wait.until : undefined) ?? null,
      correlationId: start.correlationId,
      businessKey: start.businessKey ?? null,
      body,
    });
  }

  private titleOfBackTo(outcomes: readonly TaskOutcome[]): string | null {
    const to = outcomes.find(({ backTo }) => backTo !== undefined)?.backTo;
    return (to !== undefined && this.compiled.nodes.get(to)?.title) || null;
  }

  protected async inputOf(at: LocatedStep): Promise<JsonValue> {
    const source = scopeInput(at.node, sourcesOf(this.compiled, this.state, at.scope, at.node));
    const read = new Map<StoredValue, JsonValue>();
    for (const stored of storedIn(source)) read.set(stored, await this.reader.read(stored));
    return sourceValue(source, (stored) => read.get(stored));
  }
}
