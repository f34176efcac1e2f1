import type { RunId } from '@waybill/flow-model';
import { FlowError, flowError } from '@waybill/flow-model';
import type { ActiveRuns } from './active-runs.ts';
import type { Engine, StartRequest } from './engine.ts';
import { handedStreams, sourceConnections } from './handed-streams.ts';
import type { InboxMessage, RunReplay, StepKey, Wait } from './journal-record.ts';
import type { PinnedVersions } from './pinned-versions.ts';
import type { PortCalls } from './port-calls.ts';
import type { Journal } from './ports/index.ts';
import type { Repeats } from './repeats.ts';
import type { RunLog } from './run-log.ts';
import type { RunState } from './run-state.ts';
import { locate } from './run-state.ts';
import type { ValueReader } from './stored-value.ts';

type ChildWait = Extract<Wait, { kind: 'child' }>;

interface CalledRunPorts {
  journal: Journal;
  calls: PortCalls;
  runs: ActiveRuns;
  versions: PinnedVersions;
  reader: ValueReader;
  repeats: Repeats;
  /** Resolves once the run under this id is durable. */
  accept(request: StartRequest, runId: RunId): Promise<void>;
  deliver: Engine['deliver'];
}

/** Flows that a step calls: started, given up and told of, however often one of it has to be tried. */
export class CalledRuns {
  readonly #ports: CalledRunPorts;

  constructor(ports: CalledRunPorts) {
    this.#ports = ports;
  }

  start(parent: RunLog, step: StepKey, wait: ChildWait): void {
    this.#about(wait.runId, 'start the called flow', async () => {
      try {
        await this.#ensure(parent, step, wait);
      } catch (error) {
        if (!(error instanceof FlowError) || error.details.engine !== 'stop') throw error;
        // It will never begin: the caller must not wait for it.
        const { runId } = wait;
        const refusal = { runId, status: 'failed' as const, output: null, error: error.toRecord() };
        await this.#ports.deliver(parent.state.runId, `child:${runId}:refused`, { kind: 'child-finished', ...refusal });
      }
    });
  }

  cancel(runId: RunId): void {
    const reason = 'The calling run gave up.';
    this.#about(runId, 'cancel the called run', async () => {
      await this.#ports.deliver(runId, 'cancelled-by-caller', { kind: 'cancel', by: 'engine', reason });
    });
  }

  /** A run is over: the run that called it hears how. */
  tellCaller(state: RunState): void {
    if (state.start.parent) this.#about(state.runId, 'tell the calling run', () => this.#tell(state));
  }

  /**
   * Before a called run that had ended is opened again, the run that called it waits for it once more: killed in between,
   * recovery finds the caller waiting and tells it how the called run stands.
   */
  async reopenCaller({ runId, start }: RunState, key: string, message: InboxMessage): Promise<void> {
    const { parent } = start;
    // Neither changes how it ended.
    if (!parent || message.kind === 'undo' || message.kind === 'retry-records' || !('by' in message)) return;
    const { by } = message;
    const reason = 'reason' in message && message.reason !== undefined ? { reason: message.reason } : {};
    await this.#ports.deliver(parent.runId, `reopened:${key}`, { kind: 'child-reopened', runId, by, ...reason });
  }

  /** Cancels those of them whose calling step was cancelled before the last process could say so. */
  async cancelGivenUp(called: readonly RunId[]): Promise<void> {
    for (const runId of called) if (await this.#isGivenUp(runId)) this.cancel(runId);
  }

  #about(runId: RunId, what: string, make: () => Promise<void>): void {
    this.#ports.calls.make({ what, runId, subject: `called ${runId}`, make });
  }

  async #tell(state: RunState): Promise<void> {
    const { parent } = state.start;
    if (!parent || !state.finished) return;
    const { status, output, failure } = state.finished;
    const message: InboxMessage = {
      kind: 'child-finished',
      runId: state.runId,
      status,
      output,
      ...(failure ? { error: failure.error } : {}),
    };
    await this.#ports.deliver(parent.runId, `child:${state.runId}:${state.seq}`, message);
  }

  async #ensure(parent: RunLog, step: StepKey, wait: ChildWait): Promise<void> {
    const { journal, runs, reader } = this.#ports;
    if (await journal.summary(wait.runId)) {
      if (wait.again) await this.#retry(wait.runId, wait.again);
      const driver = await runs.load(wait.runId);
      if (driver?.state.finished) await this.#tell(driver.state);
      driver?.advance();
      return;
    }
    const { start, runId } = parent.state;
    const { input, streams } = handedStreams(await reader.read(wait.input), (origin) =>
      sourceConnections(parent.compiled, start, origin),
    );
    const request: StartRequest = {
      versionId: wait.versionId,
      triggerNode: wait.triggerNode,
      input,
      ...(Object.keys(streams).length > 0 ? { streams } : {}),
      correlationId: start.correlationId,
      mode: start.mode,
      startedBy: `run:${runId}`,
      parent: { runId, step },
    };
    const replay = await this.#replayOf(parent, step, wait);
    if (replay === null) await this.#ports.accept(request, wait.runId);
    else await this.#repeat({ ...request, replay }, wait.runId, replay);
  }

  /** Alone among the runs that repeat each other, however each of them was begun. */
  async #repeat(request: StartRequest, runId: RunId, { of, root }: RunReplay): Promise<void> {
    const { accept, repeats } = this.#ports;
    await repeats.inTurn(root, async () => {
      const other = await repeats.underWay(root);
      if (other) throw stillUnderWay(of, other.runId);
      await accept(request, runId);
    });
  }

  async #retry(runId: RunId, { key, by, reason }: NonNullable<ChildWait['again']>): Promise<void> {
    await this.#ports.deliver(runId, key, { kind: 'retry-run', by, ...(reason === null ? {} : { reason }) });
  }

  /** A flow called a second time repeats the run that was called then, so that what that one wrote is not written again. */
  async #replayOf(parent: RunLog, step: StepKey, wait: ChildWait): Promise<RunReplay | null> {
    const { journal, versions } = this.#ports;
    const { replay } = parent.state.start;
    const of = wait.repeats ?? (replay && parent.replayPlan?.childOf(parent.state, step)) ?? null;
    if (of === null) return null;
    const [then, now] = [await journal.summary(of), await versions.get(wait.versionId)];
    if (then?.flowId !== now.version.flow.id) return null;
    const [first] = await journal.read(of, 0, 1);
    const root = first?.record.type === 'run-accepted' ? (first.record.start.replay?.root ?? of) : of;
    const { effects, by, reason } = replay ?? retried;
    return { of, root, effects, by, reason };
  }

  /** Whether the step that called this run was cancelled. */
  async #isGivenUp(runId: RunId): Promise<boolean> {
    const { runs } = this.#ports;
    const parent = (await runs.load(runId))?.state.start.parent;
    const caller = parent && (await runs.load(parent.runId));
    const step = caller && locate(caller.compiled, caller.state, parent.step)?.step;
    for (const loaded of [runId, parent?.runId]) if (loaded) runs.get(loaded)?.advance();
    return step?.phase === 'cancelled';
  }
}

const retried = {
  effects: 'skip-confirmed' as const,
  by: 'engine',
  reason: 'The step that called it was retried.',
};

const stillUnderWay = (runId: RunId, other: RunId) =>
  flowError('RUN_NOT_OVER', {
    what: `Run ${runId} is to be repeated, but run ${other}, ${other === runId ? 'the same one' : 'which repeats it too'}, is not over.`,
    fix: 'Nothing: it is repeated as soon as that one is over.',
    owner: 'engine',
    engine: 'retry',
    effect: 'none',
  });
