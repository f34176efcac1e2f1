import type { FlowId, RunId } from '@waybill/flow-model';

/** What decides when a run may begin. */
export interface GateKey {
  flowId: FlowId;
  orderingKey: string | null;
  /** Runs of the flow under way at once; null: any number. */
  concurrency: number | null;
}

interface Waiting extends GateKey {
  runId: RunId;
}

/**
 * Lets runs begin in acceptance order: one at a time per ordering key, so many at a time per flow.
 * Pure bookkeeping in memory; after a restart it is filled again from the open runs, in their order.
 */
export class RunGate {
  readonly #inside = new Map<RunId, GateKey>();
  readonly #running = new Map<FlowId, number>();
  readonly #holders = new Map<string, RunId>();
  /** By flow, in acceptance order. */
  readonly #waiting = new Map<FlowId, Waiting[]>();

  /** True when the run may begin now; otherwise it is called up by a later `leave`. */
  enter(runId: RunId, key: GateKey): boolean {
    if (key.orderingKey === null && key.concurrency === null) return true;
    if (this.#inside.has(runId)) return true;
    const queue = this.#waiting.get(key.flowId) ?? [];
    const behind = queue.some((each) => key.orderingKey === null || each.orderingKey === key.orderingKey);
    if (!behind && this.#hasRoom(key)) {
      this.#admit(runId, key);
      return true;
    }
    queue.push({ runId, ...key });
    this.#waiting.set(key.flowId, queue);
    return false;
  }

  /** The run is over (or was never accepted); returns the runs that may begin now. */
  leave(runId: RunId): RunId[] {
    const key = this.#inside.get(runId);
    if (!key) {
      this.#withdraw(runId);
      return [];
    }
    this.#inside.delete(runId);
    this.#running.set(key.flowId, (this.#running.get(key.flowId) ?? 1) - 1);
    if (key.orderingKey !== null) this.#holders.delete(holderKey(key));
    return this.#callUp(key.flowId);
  }

  /** Runs that wait for their turn. */
  get waitingCount(): number {
    let count = 0;
    for (const queue of this.#waiting.values()) count += queue.length;
    return count;
  }

  isWaiting(runId: RunId): boolean {
    for (const queue of this.#waiting.values()) if (queue.some((each) => each.runId === runId)) return true;
    return false;
  }

  #hasRoom(key: GateKey): boolean {
    if (key.concurrency !== null && (this.#running.get(key.flowId) ?? 0) >= key.concurrency) return false;
    return key.orderingKey === null || !this.#holders.has(holderKey(key));
  }

  #admit(runId: RunId, key: GateKey): void {
    this.#inside.set(runId, key);
    this.#running.set(key.flowId, (this.#running.get(key.flowId) ?? 0) + 1);
    if (key.orderingKey !== null) this.#holders.set(holderKey(key), runId);
  }

  #callUp(flowId: FlowId): RunId[] {
    const queue = this.#waiting.get(flowId);
    if (!queue) return [];
    const admitted: RunId[] = [];
    const stay: Waiting[] = [];
    for (const each of queue) {
      if (this.#hasRoom(each)) {
        this.#admit(each.runId, each);
        admitted.push(each.runId);
      } else stay.push(each);
    }
    if (stay.length > 0) this.#waiting.set(flowId, stay);
    else this.#waiting.delete(flowId);
    return admitted;
  }

  #withdraw(runId: RunId): void {
    for (const [flowId, queue] of this.#waiting) {
      const rest = queue.filter((each) => each.runId !== runId);
      if (rest.length === queue.length) continue;
      if (rest.length > 0) this.#waiting.set(flowId, rest);
      else this.#waiting.delete(flowId);
    }
  }
}

const holderKey = (key: GateKey): string => `${key.flowId}\n${key.orderingKey}`;
