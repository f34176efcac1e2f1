/** Which effects a run had, read from its journal: the state forgets what iterations that ended did. Pure. */
import type { EpochMs, RunId } from '@waybill/flow-model';
import type { CompiledFlow, CompiledNode } from './compile-flow.ts';
import { effectKeyFor } from './decide.ts';
import type { JournalRecord, StepKey, StoredValue, TriedUndo } from './journal-record.ts';
import { mayHaveHappened, openRun, reduce } from './reduce.ts';
import type { RunState } from './run-state.ts';
import { generationOf, locate } from './run-state.ts';
import type { CallSources } from './step-call.ts';
import { callSources } from './step-call.ts';

/** An effect that happened, with all that calling its node again takes. */
export interface PastEffect {
  effectKey: string;
  step: StepKey;
  node: CompiledNode;
  at: EpochMs;
  /** As the step saw the run then. */
  sources: CallSources;
  /** What its params were, where that is recorded; else they are worked out again. */
  params: StoredValue | null;
  emitted: { port: string; output: StoredValue };
  generation: number;
  attempt: number;
  inputHash: string | null;
  /** When it was first about to be sent. */
  firstAt: EpochMs;
  /** Already taken back. */
  undone: boolean;
  /** Null: nobody tried to take it back. */
  tried: TriedUndo | null;
}

/** Replays a journal record by record and keeps what its effects need. */
export class PastEffects {
  readonly #compiled: CompiledFlow;
  readonly #runId: RunId;
  #state: RunState | null = null;
  /** In the order of their outcomes. */
  readonly confirmed = new Map<string, PastEffect>();
  /** Sent, and nobody knows whether they happened. */
  readonly unknown = new Map<string, { step: StepKey; node: CompiledNode; inputHash: string; firstAt: EpochMs }>();
  /** By effect key: since when nobody knew whether it was taken back, before the undo that was sent last. */
  readonly #sentUndos = new Map<string, EpochMs | null>();
  /** Runs that steps called and that came to their end. */
  readonly called: { step: StepKey; node: CompiledNode; runId: RunId }[] = [];

  constructor(compiled: CompiledFlow, runId: RunId) {
    this.#compiled = compiled;
    this.#runId = runId;
  }

  add(record: JournalRecord): void {
    const state = this.#state;
    if (state) this.#note(state, record);
    this.#state = state ? reduce(this.#compiled, state, record) : openRun(this.#compiled, this.#runId, record);
    this.#state.effects = { skipped: [], endedWaits: [], endedTasks: [] };
  }

  #note(state: RunState, record: JournalRecord): void {
    switch (record.type) {
      case 'step-intent':
      case 'step-succeeded':
      case 'step-failed':
        this.#noteStep(state, record);
        return;
      case 'inbox': {
        const { message } = record;
        if (message.kind === 'in-doubt-resolved' && message.decision === 'retry') {
          this.unknown.delete(effectKeyFor(state, message.step));
        }
        if (message.kind === 'task-decided') this.#noteUndoAnswer(state, message);
        return;
      }
      case 'undo-intent':
      case 'undo-failed':
        this.#noteTriedUndo(record);
        return;
      case 'undo-succeeded': {
        const effect = this.confirmed.get(record.effectKey);
        if (effect) effect.undone = true;
        return;
      }
      default:
    }
  }

  #noteStep(
    state: RunState,
    record: Extract<JournalRecord, { type: 'step-intent' | 'step-succeeded' | 'step-failed' }>,
  ): void {
    const at = locate(this.#compiled, state, record.step);
    if (!at?.step) return;
    const { node, step } = at;
    if (record.type === 'step-succeeded' && step.wait?.kind === 'child') {
      this.called.push({ step: record.step, node, runId: step.wait.runId });
    }
    if (node.effect !== 'write') return;
    const effectKey = effectKeyFor(state, record.step);
    const sent = this.unknown.get(effectKey);
    if (record.type === 'step-intent') {
      const { inputHash, at: firstAt } = record;
      this.unknown.set(effectKey, { step: record.step, node, inputHash, firstAt: sent?.firstAt ?? firstAt });
    } else if (record.type === 'step-failed') {
      if (!mayHaveHappened(node.effect, record.error)) this.unknown.delete(effectKey);
    } else if (sent) {
      this.unknown.delete(effectKey);
      this.confirmed.set(effectKey, {
        effectKey,
        step: record.step,
        node,
        at: record.at,
        sources: callSources(this.#compiled, state, at),
        params: record.params ?? null,
        emitted: { port: record.port, output: record.output },
        generation: generationOf(state, record.step),
        attempt: record.attempt,
        inputHash: sent.inputHash,
        firstAt: sent.firstAt,
        undone: false,
        tried: null,
      });
    }
  }

  /** A try that failed for certain was none; of one whose outcome never came, or that broke off, nobody knows. */
  #noteTriedUndo(record: Extract<JournalRecord, { type: 'undo-intent' | 'undo-failed' }>): void {
    const effect = this.confirmed.get(record.effectKey);
    if (!effect) return;
    const { effectKey, attempt: attempts } = record;
    const before = effect.tried?.unknownSince ?? null;
    if (record.type === 'undo-intent') {
      this.#sentUndos.set(effectKey, before);
      effect.tried = { attempts, unknownSince: before ?? record.at };
    } else {
      const isLost = record.error.code === 'UNDO_OUTCOME_LOST' || mayHaveHappened('write', record.error);
      effect.tried = { attempts, unknownSince: isLost ? before : (this.#sentUndos.get(effectKey) ?? null) };
    }
  }

  #noteUndoAnswer(state: RunState, { taskId, outcome }: { taskId: string; outcome: string }): void {
    for (const undo of state.undos.values()) {
      for (const [effectKey, effect] of undo.effects) {
        const past = effect.taskId === taskId ? this.confirmed.get(effectKey) : undefined;
        if (past && outcome === 'done-by-hand') past.undone = true;
        // Whoever wants it tried again has looked.
        if (past?.tried && outcome === 'retry') past.tried = { ...past.tried, unknownSince: null };
      }
    }
  }
}
