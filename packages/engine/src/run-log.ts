/**
 * The records of one active run: applied to its state at once, written in order, one append at a time.
 *
 * - What must be durable before something happens waits for its number (`afterDurable`).
 * - Records that nothing waits for are buffered until the next durable point.
 * - A conflict, or an older run with the same dedupe key, throws all of it away.
 */
import type { EpochMs, RunId, TaskId } from '@waybill/flow-model';
import type { CompiledFlow } from './compile-flow.ts';
import type { DriverContext } from './driver-context.ts';
import { effectChanges, givenUpEffect } from './effect-entries.ts';
import type { JournalRecord, StepKey } from './journal-record.ts';
import type { EffectEntry, SequencedRecord } from './ports/index.ts';
import type { RecordedRun } from './recorded-outcomes.ts';
import { reduce } from './reduce.ts';
import type { ReplayPlan } from './replay-plan.ts';
import type { LocatedStep, RunState, StepState } from './run-state.ts';
import { isSnapshotDue, snapshotOf } from './snapshot.ts';
import { ValueReader } from './stored-value.ts';
import { summarise } from './summarise.ts';
import type { TaskEnd } from './task-end.ts';

const STALL_FIRST_RETRY_MS = 1_000;
const STALL_LAST_RETRY_MS = 30_000;

const NO_EFFECTS: readonly EffectEntry[] = [];

/** A step and where it is, known to be there. */
export type Located = LocatedStep & { step: StepState };

/** Nothing more is done about it, unless it is taken back. */
const isOver = ({ state }: EffectEntry): boolean =>
  state === 'confirmed' || state === 'skipped' || state === 'reversed';

export abstract class RunLog {
  readonly compiled: CompiledFlow;
  state: RunState;
  /** Number of the last record known to be on disk; 0 before the run is accepted. */
  durableSeq: number;
  /** The journal knows better or could not take the run: nothing here counts any more. */
  discarded = false;
  /** Why the run could not be accepted, if the store failed. */
  acceptError: unknown = null;
  /** The run that already had the dedupe key. */
  duplicateOf: RunId | null = null;
  /** It began in this process, which has told the outside of all its waits. */
  readonly isOwn: boolean;
  /** Accepted, but others go first. */
  isQueued = false;
  /** Sequence number of the end that was told to whoever waits for it. */
  announcedSeq = 0;
  onDiscarded: (() => void) | null = null;
  /** What it takes over from the run it repeats. */
  replayPlan: ReplayPlan | null = null;
  /** What it did before it went back; null if it never did. */
  before: RecordedRun | null = null;

  protected readonly ctx: DriverContext;
  protected readonly reader: ValueReader;
  protected pending: JournalRecord[] = [];
  /** Changes of the ledger that belong to the pending records, by effect key. */
  protected pendingEffects = new Map<string, EffectEntry>();
  /** Effects under way, by step. */
  protected readonly openEffects = new Map<StepKey, EffectEntry>();
  protected afterDurable: { seq: number; act: (how: 'durable' | 'discarded') => void }[] = [];
  /** Steps begin only once the records up to here are on disk. */
  protected barrierSeq = 0;
  protected mustCommit = false;
  protected commitScheduled = false;
  protected committing = false;
  protected stallDelayMs = 0;
  protected snapshotSeq: number;

  constructor(ctx: DriverContext, compiled: CompiledFlow, state: RunState, durableSeq: number, snapshotSeq: number) {
    this.ctx = ctx;
    this.compiled = compiled;
    this.state = state;
    this.durableSeq = durableSeq;
    this.isOwn = durableSeq === 0;
    this.snapshotSeq = snapshotSeq;
    this.reader = new ValueReader(ctx.blobs);
  }

  /** Does all that is due. */
  abstract advance(): void;
  /** The wait for it is over. */
  protected abstract closeTask(taskId: TaskId, how: TaskEnd, outcome: string | null): void;
  /** Ends every attempt; outcomes still arrive and are recorded. */
  abstract abort(): void;

  get isStalled(): boolean {
    return this.stallDelayMs > 0;
  }

  /** Resolves once everything applied so far is on disk; false when it was thrown away instead. */
  durable(): Promise<boolean> {
    if (this.durableSeq >= this.state.seq) return Promise.resolve(!this.discarded);
    this.mustCommit = true;
    const done = new Promise<boolean>((resolve) => {
      this.afterDurable.push({ seq: this.state.seq, act: (how) => resolve(how === 'durable') });
    });
    this.scheduleCommit();
    return done;
  }

  protected apply(record: JournalRecord): void {
    for (const entry of effectChanges(this.compiled, this.state, record, this.openEffects)) this.noteEffect(entry);
    this.state = reduce(this.compiled, this.state, record);
    this.pending.push(record);
    this.takeEffects(record.at);
  }

  protected noteEffect(entry: EffectEntry): void {
    if (entry.state !== 'sent' || entry.connection !== null) this.pendingEffects.set(entry.effectKey, entry);
    if (isOver(entry)) this.openEffects.delete(entry.step);
    else this.openEffects.set(entry.step, entry);
  }

  /** Writes down the paths that died with the last record, and closes tasks whose wait ended. */
  protected takeEffects(at: EpochMs): void {
    const { skipped, endedWaits, endedTasks } = this.state.effects;
    if (skipped.length === 0 && endedWaits.length === 0 && endedTasks.length === 0) return;
    this.state.effects = { skipped: [], endedWaits: [], endedTasks: [] };
    for (const step of skipped) {
      const record: JournalRecord = { at, type: 'step-skipped', step, why: 'dead-path' };
      this.state = reduce(this.compiled, this.state, record);
      this.pending.push(record);
    }
    for (const { step, wait, how, outcome } of endedWaits) {
      const givenUp =
        how === 'cancelled' ? givenUpEffect(this.compiled, this.state, { step, wait }, at, this.openEffects) : null;
      if (givenUp) this.noteEffect(givenUp);
      if (wait.kind === 'child' && how === 'cancelled') this.afterDurableDo(() => this.ctx.cancelChild(wait.runId));
      if (wait.kind !== 'task' && wait.kind !== 'in-doubt') continue;
      this.closeTask(wait.taskId, how, outcome);
    }
    for (const { taskId, how, outcome } of endedTasks) this.closeTask(taskId, how, outcome);
  }

  protected afterDurableDo(act: () => void): void {
    this.mustCommit = true;
    this.afterDurable.push({ seq: this.state.seq, act: (how) => how === 'durable' && act() });
  }

  protected scheduleCommit(): void {
    if (this.commitScheduled || this.committing || this.discarded || this.isStalled) return;
    this.commitScheduled = true;
    queueMicrotask(() => {
      this.commitScheduled = false;
      if (!this.committing && this.pending.length > 0 && !this.discarded) void this.commit();
    });
  }

  protected async commit(): Promise<void> {
    const batch = this.pending;
    const changed = this.pendingEffects;
    this.pending = [];
    if (changed.size > 0) this.pendingEffects = new Map();
    const effects = changed.size > 0 ? [...changed.values()] : NO_EFFECTS;
    this.mustCommit = false;
    this.committing = true;
    const summary = summarise(this.compiled, this.state);
    if (this.isQueued) Object.assign(summary, { status: 'queued', wakeAt: null });
    try {
      if (this.durableSeq === 0) {
        const accepted = await this.ctx.journal.accept({ summary, records: batch, effects });
        if (accepted.duplicate) {
          this.duplicateOf = accepted.runId;
          return this.discard();
        }
      } else {
        const appended = await this.ctx.journal.append(this.state.runId, this.durableSeq, batch, summary, effects);
        if (appended === 'conflict') return this.discard();
      }
    } catch (error) {
      this.committing = false;
      this.stall(batch, changed, error);
      return;
    }
    this.committing = false;
    this.stallDelayMs = 0;
    const records: SequencedRecord[] = [];
    for (const record of batch) {
      this.durableSeq += 1;
      records.push({ seq: this.durableSeq, record });
    }
    this.ctx.bus.published(this.state.runId, records, summary);
    this.actOnDurable();
    this.ctx.onDurable(this);
    this.snapshotIfDue();
    this.advance();
  }

  protected actOnDurable(): void {
    const due = this.afterDurable;
    if (due.length === 0) return;
    this.afterDurable = [];
    for (const each of due) {
      if (each.seq <= this.durableSeq) each.act('durable');
      else this.afterDurable.push(each);
    }
    if (this.afterDurable.length > 0) this.mustCommit = true;
  }

  protected snapshotIfDue(): void {
    if (this.state.seq !== this.durableSeq || this.state.finished || !isSnapshotDue(this.state, this.snapshotSeq))
      return;
    this.snapshotSeq = this.state.seq;
    this.ctx.journal
      .saveSnapshot(this.state.runId, snapshotOf(this.state))
      .catch((error: unknown) => this.ctx.onPortFailure('save snapshot', this.state.runId, error));
  }

  /** The store refuses: nothing new begins until what happened is written down. */
  protected stall(batch: JournalRecord[], effects: Map<string, EffectEntry>, error: unknown): void {
    if (this.durableSeq === 0) {
      this.acceptError = error;
      this.discard();
      return;
    }
    this.pending = [...batch, ...this.pending];
    this.pendingEffects = new Map([...effects, ...this.pendingEffects]);
    this.mustCommit = true;
    this.stallDelayMs = Math.min(STALL_LAST_RETRY_MS, this.stallDelayMs * 2 || STALL_FIRST_RETRY_MS);
    this.ctx.onPortFailure('append', this.state.runId, error);
    this.ctx.clock.wakeAt(this.ctx.clock.now() + this.stallDelayMs, () => {
      if (!this.committing && !this.discarded) void this.commit();
    });
  }

  protected discard(): void {
    this.discarded = true;
    this.committing = false;
    this.abort();
    const waiting = this.afterDurable;
    this.afterDurable = [];
    for (const each of waiting) each.act('discarded');
    this.ctx.onConflict(this);
  }
}
