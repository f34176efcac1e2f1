import type { RunId } from '@waybill/flow-model';
import type { Answered, Started } from './engine.ts';
import type { Clock } from './ports/index.ts';
import type { RunDriver } from './run-driver.ts';
import type { RunState } from './run-state.ts';
import type { ValueReader } from './stored-value.ts';

/** Tells one caller of `startAndWait`. */
type Waiter = (state: RunState) => void;

interface AnswerPorts {
  clock: Clock;
  reader: ValueReader;
  load(runId: RunId): Promise<RunDriver | null>;
  /** Resolves once the run is durable. */
  accept(driver: RunDriver): Promise<Started>;
}

/** Callers that wait for what a run answers, or how it ends. */
export class Answers {
  readonly #ports: AnswerPorts;
  readonly #waiters = new Map<RunId, Set<Waiter>>();

  constructor(ports: AnswerPorts) {
    this.#ports = ports;
  }

  /** What the run has to say is durable: whoever waits for it hears. */
  tell(state: RunState): void {
    if (this.#waiters.size === 0 || !(state.response || state.finished)) return;
    for (const waiter of this.#waiters.get(state.runId) ?? []) waiter(state);
  }

  /** @param fresh the run, when it was just made and is not accepted yet. */
  of(started: Started, timeoutMs: number, fresh?: RunDriver): Promise<Answered> {
    return new Promise((resolve, reject) => {
      let cancelTimeout = () => {};
      const settle = (answer: Answered | Promise<Answered>) => {
        cancelTimeout();
        this.#unwatch(started.runId, waiter);
        resolve(answer);
      };
      const waiter: Waiter = (state) => {
        if (state.response || state.finished) settle(this.#toAnswer(started, state));
      };
      const watchers = this.#waiters.get(started.runId) ?? new Set();
      this.#waiters.set(started.runId, watchers.add(waiter));
      cancelTimeout = this.#ports.clock.wakeAt(this.#ports.clock.now() + timeoutMs, () => {
        const durable = fresh ? this.#ports.accept(fresh) : Promise.resolve(started);
        durable.then((known) => settle({ ...known, kind: 'timeout' }), reject);
      });
      if (!fresh) {
        this.#ports.load(started.runId).then((driver) => driver && waiter(driver.state), reject);
        return;
      }
      fresh.onDiscarded = () => {
        cancelTimeout();
        this.#unwatch(started.runId, waiter);
        if (fresh.acceptError) reject(fresh.acceptError);
        else if (fresh.duplicateOf) resolve(this.of({ runId: fresh.duplicateOf, duplicate: true }, timeoutMs));
        else resolve(this.of(started, timeoutMs));
      };
      fresh.advance();
    });
  }

  #unwatch(runId: RunId, waiter: Waiter): void {
    const waiters = this.#waiters.get(runId);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#waiters.delete(runId);
  }

  async #toAnswer(started: Started, state: RunState): Promise<Answered> {
    if (state.response) {
      const { status, headers, body } = state.response;
      return { ...started, kind: 'response', response: { status, headers, body: await this.#ports.reader.read(body) } };
    }
    const output = state.finished?.output ?? null;
    return {
      ...started,
      kind: 'finished',
      status: state.finished?.status ?? 'failed',
      output: output ? await this.#ports.reader.read(output) : null,
    };
  }
}
