import type { FlowId, RunId } from '@waybill/flow-model';
import type { Engine } from './engine.ts';
import { inParallel } from './in-parallel.ts';
import type { RunDriver } from './run-driver.ts';
import type { BlockedKey, Holder, KeyRelease, QueuedBehind, RunOrder } from './run-order.ts';
import { summarise } from './summarise.ts';
import { whyItStands } from './why-it-stands.ts';

const BLOCKED_SHOWN = 200;
const READ_PARALLEL = 64;

interface OrderPorts {
  order: RunOrder;
  newId(): string;
  /** The run as it stands, without taking it up: looking must not start anything. */
  look(runId: RunId): Promise<RunDriver | null>;
  deliver: Engine['deliver'];
}

/** What people see of the order of runs, and how they let the next one go. */
export class OrderDesk {
  readonly #ports: OrderPorts;

  constructor(ports: OrderPorts) {
    this.#ports = ports;
  }

  async blockedKeys(flowId?: FlowId): Promise<BlockedKey[]> {
    const turns = this.#ports.order.blocked(flowId).slice(0, BLOCKED_SHOWN);
    const found: BlockedKey[] = [];
    await inParallel([...turns.entries()], READ_PARALLEL, async ([index, { holders, ...turn }]) => {
      const holder = holders[0] === undefined ? null : await this.#holder(holders[0]);
      if (holder) found[index] = { ...turn, holder };
    });
    return found.filter((each) => each !== undefined);
  }

  async queuedBehind(runId: RunId): Promise<QueuedBehind | null> {
    const queued = this.#ports.order.whyQueued(runId);
    if (queued?.for !== 'key') return queued;
    const { orderingKey, holders } = queued;
    const holder = holders[0] === undefined ? null : await this.#holder(holders[0]);
    return holder && { for: 'key', orderingKey, holder };
  }

  async releaseKey({ flowId, orderingKey, holder, by, reason }: KeyRelease): Promise<RunId[]> {
    const turn = this.#ports.order.blocked(flowId).find((each) => each.orderingKey === orderingKey);
    const released: RunId[] = [];
    // Whoever was quicker let that one go: by now another one holds the key, which nobody agreed to overtake.
    const isAsSeen =
      holder === null ||
      (turn?.holders[0] === holder.runId && (await this.#holder(holder.runId))?.status === holder.status);
    for (const runId of (isAsSeen && turn?.holders) || []) {
      const answer = await this.#ports.deliver(runId, `release-key:${this.#ports.newId()}`, {
        kind: 'release-key',
        by,
        reason,
      });
      if (answer === 'accepted') released.push(runId);
    }
    return released;
  }

  /** Read without being taken up: looking must not start anything. */
  async #holder(runId: RunId): Promise<Holder | null> {
    const driver = await this.#ports.look(runId);
    if (!driver) return null;
    const { compiled, state } = driver;
    const isQueued = this.#ports.order.isWaiting(runId);
    const { status, businessKey } = summarise(compiled, state);
    const { words, since, until } = whyItStands(compiled, state);
    return isQueued
      ? { runId, businessKey, status: 'queued', reason: 'waits for its turn', since: state.acceptedAt, until: null }
      : { runId, businessKey, status, reason: words, since, until };
  }
}
