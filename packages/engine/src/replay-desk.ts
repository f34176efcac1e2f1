/** Repeating runs that are over: reads what they recorded, says what a replay would do and prepares its start. */
import type { FlowVersionId, JsonValue, RunId } from '@waybill/flow-model';
import { FlowError, flowError } from '@waybill/flow-model';
import type { CompiledFlow } from './compile-flow.ts';
import { contentOf } from './effect-key.ts';
import type { ReplayChoice, ReplayedEffect, ReplayPreview, ReplayRequest, StartRequest } from './engine.ts';
import type { RunStart, StepKey, StoredValue } from './journal-record.ts';
import type { Journal } from './ports/index.ts';
import type { RecordedRun, ReplayFamily } from './recorded-outcomes.ts';
import { forgetGone, goneSteps, isRepeated, recordedRun } from './recorded-outcomes.ts';
import { replay } from './reduce.ts';
import type { Repeats } from './repeats.ts';
import { rootOf } from './repeats.ts';
import type { ReplayPlan } from './replay-plan.ts';
import { downstreamIn, replayPlan } from './replay-plan.ts';
import { previewOf } from './replay-preview.ts';
import { nodeIdOf, prefixOf } from './run-state.ts';

const PAGE = 1_000;
/** Called runs that a preview looks into. */
const CALLED_PREVIEWED = 100;

/** With the version that the repeated run is pinned to. */
interface Family extends ReplayFamily {
  compiled: CompiledFlow;
}

export class ReplayDesk {
  readonly #journal: Journal;
  readonly #repeats: Repeats;
  readonly #compile: (versionId: FlowVersionId) => Promise<CompiledFlow>;
  readonly #read: (stored: StoredValue) => Promise<JsonValue>;

  constructor(
    journal: Journal,
    repeats: Repeats,
    compile: (versionId: FlowVersionId) => Promise<CompiledFlow>,
    read: (stored: StoredValue) => Promise<JsonValue>,
  ) {
    this.#journal = journal;
    this.#repeats = repeats;
    this.#compile = compile;
    this.#read = read;
  }

  /** What a run that repeats another takes over; null for every other run. */
  async plan(runId: RunId, { replay: asked }: RunStart, compiled: CompiledFlow): Promise<ReplayPlan | null> {
    if (!asked) return null;
    const family = await this.#family(asked.of, runId);
    for (const run of family.runs) await this.#readItems(run);
    return replayPlan(asked, family, family.compiled, compiled);
  }

  /**
   * @param accept resolves when the run is durable, so that the next replay sees it.
   * @throws {FlowError} RUN_UNKNOWN, RUN_NOT_OVER, REPLAY_UNDER_WAY, REPLAY_STEP_UNKNOWN, REPLAY_TRIGGER_MISSING
   */
  async begin<T>(runId: RunId, request: ReplayRequest, accept: (start: StartRequest) => Promise<T>): Promise<T> {
    const [first] = await this.#journal.read(runId, 0, 1);
    if (first?.record.type !== 'run-accepted') throw unknownRun(runId);
    const root = rootOf({ runId, start: first.record.start });
    return this.#repeats.inTurn(root, async () => accept(await this.#startRequest(runId, request)));
  }

  async #startRequest(runId: RunId, request: ReplayRequest): Promise<StartRequest> {
    const { family, versionId } = await this.#prepare(runId, request);
    await this.#repeats.refuseWhileUnderWay(rootOf(family.repeated), request.dedupeKey);
    const { start, inputs } = family.repeated;
    const { from, edited, effects, by, reason } = request;
    const before = from === undefined ? start.input : (inputs.get(from) ?? null);
    return {
      versionId,
      triggerNode: start.triggerNode,
      input: edited !== undefined && from === undefined ? edited : await this.#read(start.input),
      correlationId: start.correlationId,
      mode: start.mode,
      ...(start.streams === undefined ? {} : { streams: start.streams }),
      startedBy: request.startedBy ?? by,
      ...(request.dedupeKey === undefined ? {} : { dedupeKey: request.dedupeKey }),
      replay: {
        of: runId,
        root: start.replay?.root ?? runId,
        effects,
        by,
        reason,
        ...(from === undefined ? {} : { from }),
        ...(edited === undefined ? {} : { edited: { before, after: edited } }),
      },
    };
  }

  /** Throws like `begin`. */
  async preview(runId: RunId, request: ReplayChoice): Promise<ReplayPreview> {
    return this.#previewOf(runId, request, false);
  }

  async #previewOf(runId: RunId, request: ReplayChoice, isCalled: boolean): Promise<ReplayPreview> {
    const { family, compiled } = await this.#prepare(runId, request);
    if (!isCalled) await this.#repeats.refuseWhileUnderWay(rootOf(family.repeated), undefined);
    const after = downstreamIn(compiled);
    const called = new Map<StepKey, ReplayedEffect[]>();
    for (const [step, child] of childrenIn(family)) {
      if (called.size >= CALLED_PREVIEWED) break;
      const runsAgain = request.from === undefined || isRepeated(step, request.from, after);
      if (runsAgain && compiled.nodes.has(nodeIdOf(step)))
        called.set(step, await this.#ofCalled(child, request.effects));
    }
    return previewOf(family, family.compiled, compiled, request, called, isCalled);
  }

  async #ofCalled(runId: RunId, effects: ReplayChoice['effects']): Promise<ReplayedEffect[]> {
    try {
      const preview = await this.#previewOf(runId, { effects }, true);
      return preview.effects.map((effect) => ({ runId, ...effect }));
    } catch (error) {
      // It never began, or is not over: nothing is known of its writes.
      if (error instanceof FlowError) return [];
      throw error;
    }
  }

  async #prepare(runId: RunId, { from, versionId }: Pick<ReplayRequest, 'from' | 'versionId'>) {
    const summary = await this.#journal.summary(runId);
    if (!summary) throw unknownRun(runId);
    const family = await this.#family(runId);
    const { repeated: run } = family;
    if (!run.isOver && summary.status !== 'quarantined') throw notOver(runId);
    const wanted = versionId ?? run.start.versionId;
    const compiled = await this.#compile(wanted);
    if (!compiled.nodes.get(run.start.triggerNode)?.isTrigger) throw triggerMissing(run.start.triggerNode);
    if (from !== undefined && !isThere(compiled, run, from)) throw stepUnknown(from);
    return { family, compiled, versionId: wanted };
  }

  /** A list that was written down without what is in its items: of a run that repeats none. */
  async #readItems({ entered }: RecordedRun): Promise<void> {
    for (const outcome of entered.values()) {
      if (outcome.kind !== 'entered' || outcome.parts || outcome.contents) continue;
      const items = await this.#read(outcome.items).catch(goneAsNull);
      if (Array.isArray(items) && items.length === outcome.count) outcome.contents = items.map(contentOf);
    }
  }

  /** Steps of a run whose writes it took over from one that has taken them back since. */
  async gone({ runId, start }: { runId: RunId; start: RunStart }): Promise<StepKey[]> {
    if (!start.replay) return [];
    const { repeated, runs } = await this.#family(runId);
    return goneSteps(repeated, runs);
  }

  /** @param asking one of them that looks at the others. */
  async #family(of: RunId, asking?: RunId): Promise<Family> {
    const [repeated, compiled] = await this.#recorded(of);
    const known: [RecordedRun, CompiledFlow][] = [];
    const ids = new Set([...(await this.#repeats.of(rootOf(repeated))), of]);
    for (const runId of ids) {
      if (runId === asking) continue;
      const [run, pinned] = runId === of ? [repeated, compiled] : await this.#recorded(runId);
      known.push([run, pinned]);
      // Runs stored by earlier versions are not found by their root; the loop goes on through what is added.
      if (run.start.replay) ids.add(run.start.replay.of);
    }
    const runs = known.map(([run]) => run);
    for (const [run, pinned] of known) forgetGone(run, runs, downstreamIn(pinned));
    return { repeated, runs, compiled };
  }

  async #recorded(runId: RunId): Promise<[RecordedRun, CompiledFlow]> {
    const records = [];
    for (let after = 0; ; ) {
      const page = await this.#journal.read(runId, after, PAGE);
      for (const { record } of page) records.push(record);
      after = page.at(-1)?.seq ?? after;
      if (page.length < PAGE) break;
    }
    const [first] = records;
    if (first?.type !== 'run-accepted') throw unknownRun(runId);
    const compiled = await this.#compile(first.start.versionId);
    const { undone } = replay(compiled, runId, null, records);
    return [recordedRun(runId, first.start, records, undone, downstreamIn(compiled)), compiled];
  }
}

/** Without it an item is known by its place alone. */
function goneAsNull(error: unknown): null {
  if (error instanceof FlowError && error.code === 'BLOB_MISSING') return null;
  throw error;
}

/** By the step that called; the newest of them. */
const childrenIn = ({ runs }: ReplayFamily): Map<StepKey, RunId> =>
  new Map(runs.toReversed().flatMap(({ children }) => [...children]));

/** The version has the step, and the repeated run got as far as the iteration it is in. */
function isThere(compiled: CompiledFlow, run: RecordedRun, from: StepKey): boolean {
  const node = compiled.nodes.get(nodeIdOf(from));
  if (!node) return false;
  const prefix = prefixOf(from);
  if (prefix === '') return node.scope.container === null;
  const bracket = prefix.lastIndexOf('[');
  const container = prefix.slice(0, bracket);
  const outcome = run.entered.get(container);
  const index = Number(prefix.slice(bracket + 1, -2));
  return (
    node.scope.container?.id === nodeIdOf(container) &&
    outcome?.kind === 'entered' &&
    index < outcome.count &&
    isThere(compiled, run, container)
  );
}

const unknownRun = (runId: RunId) =>
  flowError('RUN_UNKNOWN', {
    what: `There is no run ${runId}.`,
    fix: 'Reload the list of runs; it may have been removed with its retention.',
    owner: 'user',
    engine: 'stop',
  });

const notOver = (runId: RunId) =>
  flowError('RUN_NOT_OVER', {
    what: `Run ${runId} is not over.`,
    fix: 'Wait for its end or cancel it, then replay it.',
    owner: 'user',
    engine: 'stop',
  });

const triggerMissing = (node: string) =>
  flowError('REPLAY_TRIGGER_MISSING', {
    what: `The chosen version has no trigger "${node}", with which the run began.`,
    fix: 'Replay the run on its own version, or put the trigger back.',
    owner: 'user',
    engine: 'stop',
  });

const stepUnknown = (step: StepKey) =>
  flowError('REPLAY_STEP_UNKNOWN', {
    what: `The run cannot be replayed from "${step}": the chosen version has no such step, or the run had no such iteration.`,
    fix: 'Choose another step, or replay the run on its own version.',
    owner: 'user',
    engine: 'stop',
  });
