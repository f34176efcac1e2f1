/** Plans from the journal what is taken back of a run, and asks people about it. */
import type { EpochMs, TaskId } from '@waybill/flow-model';
import type { TaskRequest } from '@waybill/node-sdk';
import { planKey } from './decide-undo.ts';
import { DirectiveRunner } from './directive-runner.ts';
import { undoTaskIdOf } from './effect-key.ts';
import type { JournalRecord, StepKey } from './journal-record.ts';
import { PastEffects } from './past-effects.ts';
import { nodeIdOf } from './run-state.ts';
import type { StepWords, UndoPreview } from './undo-plan.ts';
import { planUndo, previewOf } from './undo-plan.ts';
import type { UndoEffect, UndoState } from './undo-state.ts';
import { activeUndos, failedRunPolicy, undoOfTask, undoPolicy, WHOLE_RUN } from './undo-state.ts';
import { approvalRequest, failedUndoRequest } from './undo-tasks.ts';

const JOURNAL_PAGE = 1_000;
const READ_AGAIN_MS = 5_000;

export abstract class UndoPlanner extends DirectiveRunner {
  /** Read once per life of the driver, when something is to be taken back. */
  #past: Promise<PastEffects> | null = null;

  // --- planning ------------------------------------------------------------------------------

  protected planUndo(scope: StepKey): boolean {
    if (this.ctx.isStopping() || this.isStalled) return false;
    const key = planKey(scope);
    const marker = { startedAt: 0, controller: new AbortController(), inSlot: false };
    this.underWay.set(key, marker);
    this.#plan(scope)
      .then(
        (record) => record && this.#announcePlan(record),
        (error: unknown) => {
          this.ctx.onPortFailure('read what can be taken back', this.state.runId, error);
          return this.#untilTime(this.ctx.clock.now() + READ_AGAIN_MS, marker.controller.signal);
        },
      )
      .then(() => {
        this.underWay.delete(key);
        this.advance();
      });
    return true;
  }

  /** A moment, or the end of the process's patience. */
  #untilTime(at: EpochMs, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.ctx.clock.wakeAt(at, resolve);
      const giveUp = () => {
        cancel();
        resolve();
      };
      if (signal.aborted) giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  async #plan(scope: StepKey): Promise<Extract<JournalRecord, { type: 'undo-planned' }> | null> {
    this.#past = null;
    const past = await this.pastEffects();
    if (!past || this.discarded) return null;
    const asked = this.state.undos.get(scope);
    if ((asked && asked.phase !== 'asked') || (this.state.cancelling && scope !== WHOLE_RUN)) return null;
    const { effects, stays } = planUndo(past, scope, asked?.wanted);
    const node = this.compiled.nodes.get(nodeIdOf(scope));
    const { settings } = this.compiled.flow;
    const policy = node ? undoPolicy(settings, node) : asked ? 'automatically' : failedRunPolicy(settings);
    const asks = policy === 'after-approval';
    const { runId, seq } = this.state;
    return {
      at: this.ctx.clock.now(),
      type: 'undo-planned',
      scope,
      by: asked?.by ?? 'engine',
      reason: asked?.reason ?? null,
      effects,
      stays,
      approval: asks && effects.length > 0 ? undoTaskIdOf(`${runId} ${scope}`, seq) : null,
    };
  }

  #announcePlan(record: Extract<JournalRecord, { type: 'undo-planned' }>): void {
    this.applyAndAnnounce(record);
    this.mustCommit = true;
    const undo = this.state.undos.get(record.scope);
    if (undo) this.#announce(undo);
  }

  /** Null when the run was thrown away meanwhile. */
  protected async pastEffects(): Promise<PastEffects | null> {
    if (!(await this.durable())) return null;
    this.#past ??= this.#readPast();
    return this.#past;
  }

  async #readPast(): Promise<PastEffects> {
    const past = new PastEffects(this.compiled, this.state.runId);
    for (let after = 0; ; ) {
      const page = await this.ctx.journal.read(this.state.runId, after, JOURNAL_PAGE);
      for (const { record } of page) past.add(record);
      const last = page.at(-1);
      if (!last || page.length < JOURNAL_PAGE) return past;
      after = last.seq;
    }
  }

  /** What could be taken back of it now. */
  async previewUndo(): Promise<UndoPreview | null> {
    this.#past = null;
    const past = await this.pastEffects();
    return past && previewOf(planUndo(past, WHOLE_RUN), (nodeId) => this.wordsOf(nodeId));
  }

  // --- people --------------------------------------------------------------------------------

  /** Opens the tasks of undos that wait for a person; opening one twice changes nothing. */
  protected announceUndos(): void {
    for (const undo of activeUndos(this.state)) this.#announce(undo);
  }

  #announce(undo: UndoState): void {
    const { settings } = this.compiled.flow;
    if (undo.phase === 'approving' && undo.taskId !== null) {
      const effects = [...undo.effects.values()].map((effect) => effect.of);
      const preview = previewOf({ effects, stays: undo.stays }, (nodeId) => this.wordsOf(nodeId));
      const request = approvalRequest(settings, this.wordsOf(nodeIdOf(undo.scope)).title, preview);
      this.#openTask(undo.taskId, undo.scope, undo.since, request);
    }
    for (const effect of undo.effects.values()) this.announceFailed(effect);
  }

  protected announceFailed({ phase, taskId, error, step, since }: UndoEffect): void {
    if (phase !== 'asking' || taskId === null || !error) return;
    const { title } = this.wordsOf(nodeIdOf(step));
    this.#openTask(taskId, step, since, failedUndoRequest(this.compiled.flow.settings, title, error));
  }

  #openTask(taskId: TaskId, step: StepKey, openedAt: EpochMs, request: TaskRequest): void {
    const { start, runId } = this.state;
    const open = async () => {
      if (!undoOfTask(this.state, taskId)) return;
      await this.ctx.tasks.open({
        taskId,
        round: 0,
        runId,
        flowId: start.flowId,
        step,
        openedAt,
        until: null,
        correlationId: start.correlationId,
        businessKey: start.businessKey ?? null,
        body: { kind: 'request', request, backTo: null },
      });
    };
    this.afterDurableOrNow(() => this.call('open task', taskId, open));
  }

  protected wordsOf(nodeId: string): StepWords {
    const node = this.compiled.nodes.get(nodeId);
    const traits = node?.manifest.traits;
    return {
      title: node?.title ?? (nodeId || this.compiled.flow.name),
      nodeType: node?.node.type ?? 'unknown',
      cannotUndo: traits?.effect === 'write' ? (traits.cannotUndo ?? null) : null,
    };
  }
}
