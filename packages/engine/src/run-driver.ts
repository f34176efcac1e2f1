/**
 * One active run: asks `decide` what is due and does it, and takes messages. What it does with records is in
 * `RunLog`, with steps in `StepRunner`, with directives in `DirectiveRunner`, with what is over in `EndRunner`.
 */
import type { JsonValue, TaskId } from '@waybill/flow-model';
import { assertNever } from '@waybill/flow-model';
import type { CompiledFlow } from './compile-flow.ts';
import type { Command } from './decide.ts';
import { decide } from './decide.ts';
import type { DriverContext } from './driver-context.ts';
import { EndRunner } from './end-runner.ts';
import { welcome } from './inbox.ts';
import type { InboxMessage, JournalRecord, StepKey, StoredValue } from './journal-record.ts';
import type { Lane } from './ports/index.ts';
import { openRun } from './reduce.ts';
import { isFirstTry } from './replay-plan.ts';
import type { RunState } from './run-state.ts';
import { locate } from './run-state.ts';
import { activeUndos, nextUndoOf, undoTasks } from './undo-state.ts';

/** Buffered records that are written even though nothing waits for them. */
const FLUSH_AT_RECORDS = 256;

/** What sets a quarantined run going. */
const goingOn: ReadonlySet<InboxMessage['kind']> = new Set(['resume', 'retry-run', 'retry-step', 'skip-step']);

export class RunDriver extends EndRunner {
  /** A run that is not in the journal yet: its first commit accepts it. */
  static opening(
    ctx: DriverContext,
    compiled: CompiledFlow,
    runId: RunState['runId'],
    record: JournalRecord,
  ): RunDriver {
    const driver = new RunDriver(ctx, compiled, openRun(compiled, runId, record), 0, 0);
    driver.pending.push(record);
    driver.takeEffects(record.at);
    return driver;
  }

  get isIdle(): boolean {
    return (
      this.underWay.size === 0 && !this.finishing && this.pending.length === 0 && !this.committing && !this.discarded
    );
  }

  get lane(): Lane {
    return this.compiled.flow.settings.lane ?? 'normal';
  }

  /** Connections that its parked steps and undos wait for. */
  get parkedFor(): string[] {
    const connections = new Set<string>();
    for (const key of this.state.waits) {
      const wait = locate(this.compiled, this.state, key)?.step?.wait;
      if (wait?.kind === 'parked') connections.add(wait.connection);
    }
    for (const undo of activeUndos(this.state)) {
      const parked = nextUndoOf(undo)?.parked;
      if (parked) connections.add(parked.connection);
    }
    return [...connections];
  }

  readValue(stored: StoredValue): Promise<JsonValue> {
    return this.reader.read(stored);
  }

  /** Does all that is due; safe to call at any time. */
  advance(): void {
    if (this.discarded || this.isQueued || this.advancing) return;
    this.advancing = true;
    for (;;) {
      const commands = decide(this.compiled, this.state, this.ctx.clock.now(), this.underWay);
      let progressed = false;
      for (const command of commands) progressed = this.carryOut(command) || progressed;
      if (!progressed) break;
    }
    this.advancing = false;
    if (this.pending.length > 0) {
      if (this.mustCommit || this.underWay.size === 0 || this.pending.length >= FLUSH_AT_RECORDS) this.scheduleCommit();
    } else if (this.isIdle) this.ctx.onIdle(this);
  }

  /** Tasks it waits for. */
  get openTasks(): TaskId[] {
    const ofSteps = [...this.state.waits].flatMap((key) => {
      const wait = locate(this.compiled, this.state, key)?.step?.wait;
      return wait && 'taskId' in wait ? [wait.taskId] : [];
    });
    return [...ofSteps, ...undoTasks(this.state)];
  }

  /** Whether a message would open a run again that is over. */
  wouldReopen(key: string, message: InboxMessage): boolean {
    return !this.state.inboxKeys.has(key) && welcome(this.compiled, this.state, message) === 'reopens';
  }

  /** Whether a message would have a run that is over, or was set aside, do something again. */
  wouldGoOn(key: string, message: InboxMessage): boolean {
    const { finished, inboxKeys, quarantined } = this.state;
    if ((finished === null && !quarantined) || inboxKeys.has(key)) return false;
    const verdict = welcome(this.compiled, this.state, message);
    return verdict === 'reopens' || (verdict === 'taken' && quarantined && goingOn.has(message.kind));
  }

  /** `conflict`: the run changed elsewhere meanwhile; ask its next driver. */
  async deliver(key: string, message: InboxMessage): Promise<'accepted' | 'duplicate' | 'ignored' | 'conflict'> {
    if (this.state.inboxKeys.has(key)) return (await this.durable()) ? 'duplicate' : 'conflict';
    const verdict = welcome(this.compiled, this.state, message);
    if (verdict === 'ignored') return 'ignored';
    const at = this.ctx.clock.now();
    const wasSetAside = this.state.quarantined;
    if (verdict === 'reopens') this.apply({ at, type: 'run-reopened', by: 'by' in message ? message.by : 'engine' });
    this.apply({ at, type: 'inbox', key, message });
    const goesOn = verdict === 'reopens' || (wasSetAside && !this.state.quarantined);
    if (goesOn) this.isQueued = !this.ctx.mayBeginAgain(this);
    if (message.kind === 'cancel') {
      this.isQueued = false; // It need not wait for its turn to end.
      // What is to be taken back must be known: steps under way end in their own time.
      if (!message.undo) this.abort();
    }
    if (message.kind === 'retry-run' || message.kind === 'retry-step') this.callAgain();
    const durable = this.durable();
    this.advance();
    return (await durable) ? 'accepted' : 'conflict';
  }

  /**
   * Tells the outside again what it may have missed, and marks what was cut off. For a run another process held.
   * @param blame from 0 to 1: how far what was cut off may have ended that process.
   */
  resume(blame: number): { resumed: boolean; inDoubt: boolean; tasks: TaskId[] } {
    const at = this.ctx.clock.now();
    // A paused run takes nothing up, so nothing can be blamed on it either.
    const cutOff = this.state.paused ? [] : [...this.state.open].filter((step) => !this.underWay.has(step));
    for (const step of cutOff) {
      this.apply({
        at,
        type: 'recovered',
        step,
        crash: true,
        ...(blame < 1 ? { blame } : {}),
        note: 'The process ended while this step was under way.',
      });
    }
    if (cutOff.length > 0) this.mustCommit = true;
    this.tellAgain();
    const inDoubt = [...this.state.waits].some(
      (key) => locate(this.compiled, this.state, key)?.step?.wait?.kind === 'in-doubt',
    );
    return { resumed: cutOff.length > 0 || this.underWay.size > 0, inDoubt, tasks: this.openTasks };
  }

  /** Has called runs taken up again that a retry is about. */
  protected callAgain(): void {
    for (const key of this.state.waits) {
      const step = locate(this.compiled, this.state, key)?.step;
      if (step?.wait?.kind === 'child' && step.wait.again) this.announceWait(key, step, step.wait);
    }
  }

  /** Tells the outside again what the run waits for, and does all that is due. */
  tellAgain(): void {
    for (const key of this.state.waits) {
      const step = locate(this.compiled, this.state, key)?.step;
      if (step?.wait) this.announceWait(key, step, step.wait);
    }
    this.announceUndos();
    this.advance();
  }

  /** False when nothing could be done about it now. */
  protected carryOut(command: Command): boolean {
    switch (command.do) {
      case 'attempt':
        return (
          this.cannotBegin(command.step) || this.takeOver(command.step) || this.attempt(command.step, command.mode)
        );
      case 'record':
        this.applyAndAnnounce(command.record);
        return true;
      case 'end-wait':
        return this.endWait(command.step);
      case 'go-back':
        return this.goBack(command.step);
      case 'close-container':
        return this.closeContainer(command.step);
      case 'plan-undo':
        return this.planUndo(command.scope);
      case 'undo':
        return this.undo(command.scope, command.effectKey);
      case 'finish':
        return this.finish(command);
      default:
        return assertNever(command);
    }
  }

  /** A run that was taken in although its flow could make nothing of what came. */
  protected cannotBegin(key: StepKey): boolean {
    const { fault, triggerNode } = this.state.start;
    if (!fault || key !== triggerNode) return false;
    const at = this.ctx.clock.now();
    const attempt = (locate(this.compiled, this.state, key)?.step?.attempt ?? 0) + 1;
    this.apply({ at, type: 'step-failed', step: key, attempt, error: fault, startedAt: at, retryAt: null });
    return true;
  }

  /** A step that a replay does not run again: it has the outcome it had then. */
  protected takeOver(key: StepKey): boolean {
    const at = this.replayPlan ? locate(this.compiled, this.state, key) : null;
    if (!at?.step || !this.replayPlan || !isFirstTry(this.state, key, at.step)) return false;
    const outcome = this.replayPlan.takenOver(key, at.node);
    if (!outcome) return false;
    const now = this.ctx.clock.now();
    const reused = this.replayPlan.replay.of;
    const common = { at: now, step: key, startedAt: now, reused };
    switch (outcome.kind) {
      case 'entered': {
        const { kind: _kind, ...entered } = outcome;
        this.apply({ ...common, type: 'container-entered', ...entered });
        break;
      }
      case 'failed':
        this.apply({ ...common, type: 'step-failed', attempt: 1, error: outcome.error, retryAt: null });
        break;
      case 'emitted': {
        const { port, output, input, effectKey: reusedEffect, records } = outcome;
        const written = reusedEffect === null ? {} : { reusedEffect };
        const known = { ...(input ? { input } : {}), ...written, ...(records ? { records } : {}) };
        const facts = { ...common, attempt: 1, output, ...known };
        this.apply({ ...facts, type: 'step-succeeded', port: port ?? at.node.firstOutput });
        break;
      }
      default:
        assertNever(outcome);
    }
    return true;
  }
}
