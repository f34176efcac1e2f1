import type { FlowVersionId, RunId } from '@waybill/flow-model';
import { FlowError } from '@waybill/flow-model';
import type { CompiledFlow } from './compile-flow.ts';
import { childRunIdOf } from './effect-key.ts';
import type { StepKey } from './journal-record.ts';
import { keptStates, keptWrites, listedSteps } from './kept-writes.ts';
import type { Clock, EffectEntry, Journal, RunSummary } from './ports/index.ts';
import type { Repeats } from './repeats.ts';
import type { ReplayDesk } from './replay-desk.ts';
import { goneEffects } from './reset-step.ts';
import type { RecordRetry } from './retried-records.ts';
import { batchStep } from './retried-records.ts';
import type { RetriedEffect, RetriedPlace, RetryPreview } from './retry-preview.ts';
import { afterRetry, inFlowOrder, retriedPlaces } from './retry-preview.ts';
import type { RunDriver } from './run-driver.ts';
import { generationOf, wishedBetween } from './run-state.ts';

const MOST = { writes: 50_000, runs: 1_000 };
const PAGE = 1_000;

interface RetryPorts {
  clock: Clock;
  journal: Journal;
  replays: ReplayDesk;
  repeats: Repeats;
  /** The run as it stands; looking must not start anything. */
  look(runId: RunId): Promise<Pick<RunDriver, 'compiled' | 'state'> | null>;
  compile(versionId: FlowVersionId): Promise<CompiledFlow>;
  /** Writes that one preview reads from the ledger, and called runs that it looks into. */
  most?: { writes: number; runs: number };
}

/** A run that a step called, and the step. */
interface Child {
  run: RunSummary;
  step: StepKey;
}

/** One preview as it is put together. */
interface Sheet extends RetryPreview {
  /** What it may still read. */
  left: { writes: number; runs: number };
}

/** Says before a run is retried as a whole what that would do, in the runs it called as well. */
export class RetryDesk {
  readonly #ports: RetryPorts;

  constructor(ports: RetryPorts) {
    this.#ports = ports;
  }

  /**
   * Null without such a run.
   * @throws {FlowError} RUN_REPEATED, REPLAY_UNDER_WAY
   */
  async preview(runId: RunId): Promise<RetryPreview | null> {
    const driver = await this.#ports.look(runId);
    const mayBeRepeated = driver && (driver.state.finished !== null || driver.state.quarantined);
    if (mayBeRepeated) {
      await this.#ports.repeats.refuseOlder(driver.state);
      await this.#ports.repeats.refuseBeside(driver.state);
    }
    const left = { ...(this.#ports.most ?? MOST) };
    const sheet: Sheet = { steps: [], effects: [], unread: { writes: 0, runs: 0 }, left };
    if (!(await this.#collect(runId, sheet))) return null;
    const { steps, effects, unread } = sheet;
    return { steps, effects, unread };
  }

  /**
   * Whether records that a step's batches were refused can be sent again; null without such a run.
   * @throws {FlowError} RUN_REPEATED
   */
  async records(runId: RunId, step: StepKey): Promise<RecordRetry | null> {
    const driver = await this.#ports.look(runId);
    if (!driver) return null;
    const { compiled, state } = driver;
    const found = batchStep(compiled, state, step);
    if ('fault' in found) return found;
    await this.#ports.repeats.refuseOlder(state);
    const { title, connections } = found.writer;
    const { retaken } = found.at.step.body;
    return { asOf: state.seq, writer: { title, connection: connections[0] ?? null }, retaken: { ...retaken } };
  }

  /** Through the runs it called, each where it was called. */
  async #collect(runId: RunId, sheet: Sheet): Promise<boolean> {
    const { clock, look } = this.#ports;
    const driver = await look(runId);
    if (!driver) return false;
    const { compiled, state: standing } = driver;
    const gone = goneEffects(standing, await this.#ports.replays.gone(standing));
    const state = { ...standing, undone: new Map([...standing.undone, ...gone]) };
    const after = afterRetry(compiled, state);
    const known = retriedPlaces(compiled, state, after, clock.now());
    const undone = new Set(state.undone.values());
    const isRepeated = ({ step, generation, state: stands }: EffectEntry) =>
      stands === 'reversed' || undone.has(step)
        ? generationOf(after, step) > generation
        : generationOf(state, step) + wishedBetween(state, after, step) > generation;
    const kept = keptWrites(compiled, await this.#written(runId, sheet), listedSteps(known), isRepeated);
    const called = new Set(known.map((place) => place.called?.runId));
    const isReplaced = ({ run, step }: Child) =>
      childRunIdOf(runId, step, generationOf(state, step)) === run.runId &&
      childRunIdOf(runId, step, generationOf(after, step)) !== run.runId;
    const over = (await this.#children(runId, sheet, (run) => !called.has(run.runId))).map(
      (child): RetriedPlace => ({
        step: child.step,
        called: { runId: child.run.runId, how: isReplaced(child) ? 'replaced' : 'left' },
      }),
    );
    await this.#put(inFlowOrder(compiled, [...known, ...kept, ...over]), sheet);
    return true;
  }

  async #put(places: readonly RetriedPlace[], sheet: Sheet): Promise<void> {
    for (const { failed, effect, called } of places) {
      if (failed) sheet.steps.push(failed);
      if (effect) sheet.effects.push(effect);
      if (called?.how === 'goes-on') await this.#collect(called.runId, sheet);
      else if (called?.how === 'repeated') sheet.effects.push(...(await this.#repeated(called.runId, sheet)));
      else if (called) await this.#finished(called.runId, called.how === 'replaced', sheet);
    }
  }

  /** A called run that a retry leaves as it is, or puts another one in the place of. */
  async #finished(runId: RunId, isReplaced: boolean, sheet: Sheet): Promise<void> {
    const { journal, compile } = this.#ports;
    const summary = await journal.summary(runId);
    if (!summary) return;
    const compiled = await compile(summary.versionId);
    const kept = keptWrites(compiled, await this.#written(runId, sheet), new Set(), () => isReplaced);
    const how = isReplaced ? 'replaced' : 'left';
    const children = await this.#children(runId, sheet, () => true);
    const called = children.map(({ run, step }): RetriedPlace => ({ step, called: { runId: run.runId, how } }));
    await this.#put(inFlowOrder(compiled, [...kept, ...called]), sheet);
  }

  /** What the ledger has of a run, newest change first. */
  async #written(runId: RunId, sheet: Sheet): Promise<EffectEntry[]> {
    const { journal } = this.#ports;
    const filter = { runId, states: [...keptStates] };
    const found: EffectEntry[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const limit = Math.min(PAGE, sheet.left.writes);
      if (limit === 0) {
        // Counted rather than read.
        const counts = await journal.effectCounts({ runId });
        const all = keptStates.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
        sheet.unread.writes += all - found.length;
        return found;
      }
      const page = await journal.effects({ filter, limit, ...(cursor === undefined ? {} : { cursor }) });
      found.push(...page.effects);
      sheet.left.writes -= page.effects.length;
      cursor = page.nextCursor;
    }
    return found;
  }

  async #children(runId: RunId, sheet: Sheet, isWanted: (run: RunSummary) => boolean): Promise<Child[]> {
    const { journal } = this.#ports;
    const found: Child[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await journal.list({
        filter: { parentRunId: runId },
        limit: PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const run of page.runs.filter(isWanted)) {
        if (sheet.left.runs === 0) {
          sheet.unread.runs += 1;
          continue;
        }
        sheet.left.runs -= 1;
        const [first] = await journal.read(run.runId, 0, 1);
        const parent = first?.record.type === 'run-accepted' ? first.record.start.parent : undefined;
        if (parent) found.push({ run, step: parent.step });
      }
      cursor = page.nextCursor;
    }
    return found;
  }

  /** Writes of a run that was cancelled with the step that called it, which a retry has repeated. */
  async #repeated(runId: RunId, sheet: Sheet): Promise<RetriedEffect[]> {
    try {
      const { effects, more } = await this.#ports.replays.preview(runId, { effects: 'skip-confirmed' });
      sheet.unread.writes += more;
      return effects.map((effect) => ({ runId, items: [], ...effect }));
    } catch (error) {
      // It is still being cancelled, or never began: nothing is known of its writes.
      if (error instanceof FlowError) return [];
      throw error;
    }
  }
}
