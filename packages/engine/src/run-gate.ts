import type { EpochMs, FlowId, RunId } from '@waybill/flow-model';
import { BinaryHeap } from './binary-heap.ts';

/** What decides when a run may begin. */
export interface GateKey {
  flowId: FlowId;
  orderingKey: string | null;
  /** Runs of the flow under way at once; null: any number. */
  concurrency: number | null;
  /** Keeps the next run of its key waiting from the moment it begins. */
  holds: boolean;
}

/** A key whose next run may not begin yet. */
export interface BlockedTurn {
  flowId: FlowId;
  orderingKey: string;
  /** Begun, or next to begin; more than one only where each let the next go before a restart. */
  holders: RunId[];
  waiting: number;
  oldestAcceptedAt: EpochMs;
}

/** What a waiting run waits for. */
export type Queued =
  | { for: 'key'; orderingKey: string; holders: RunId[] }
  | { for: 'place'; concurrency: number; underWay: number };

interface Place {
  readonly runId: RunId;
  readonly key: GateKey;
  readonly acceptedAt: EpochMs;
  /** Reopened runs go before those that never began; they were accepted earlier. */
  readonly again: boolean;
  readonly number: number;
  stage: 'key' | 'place' | 'inside' | 'keeps-key' | 'gone';
}

/** The runs of one ordering key of one flow. */
interface Turn {
  readonly flowId: FlowId;
  readonly orderingKey: string;
  readonly holders: Set<RunId>;
  readonly queue: BinaryHeap<Place>;
  waiting: number;
}

/** The runs of one flow, as far as they are counted. */
interface Room {
  underWay: number;
  readonly queue: BinaryHeap<Place>;
}

const goesBefore = (a: Place, b: Place): boolean => {
  if (a.again !== b.again) return a.again;
  if (a.again && a.acceptedAt !== b.acceptedAt) return a.acceptedAt < b.acceptedAt;
  return a.number < b.number;
};

/**
 * Lets runs begin in acceptance order: first by ordering key, then by how many runs of the flow may be under way.
 * Pure bookkeeping in memory, O(log n) per step; after a restart it is filled again from the open runs.
 * Runs that were withdrawn stay in their queue and are passed over when they come up.
 */
export class RunGate {
  readonly #places = new Map<RunId, Place>();
  readonly #turns = new Map<string, Turn>();
  readonly #rooms = new Map<FlowId, Room>();
  #count = 0;
  #waiting = 0;

  /** True when the run may begin now; otherwise it is called up by a later `leave` or `passOn`. */
  enter(runId: RunId, key: GateKey, acceptedAt: EpochMs, again = false): boolean {
    if (key.orderingKey === null && key.concurrency === null) return true;
    const known = this.#places.get(runId);
    if (known && known.stage !== 'keeps-key') return known.stage === 'inside';
    const place = known ?? this.#newPlace(runId, key, acceptedAt, again);
    const turn = this.#turnOf(key);
    if (turn && !known) {
      if (turn.holders.size > 0 || turn.waiting > 0) {
        place.stage = 'key';
        turn.queue.push(place);
        turn.waiting += 1;
        this.#waiting += 1;
        return false;
      }
      if (key.holds) turn.holders.add(runId);
    }
    const begins = this.#askForRoom(place);
    this.#tidy(key);
    return begins;
  }

  /** A run that had begun before a restart; `keepsKey`: it is over and still keeps the next one waiting. */
  readmit(runId: RunId, key: GateKey, acceptedAt: EpochMs, keepsKey = false): void {
    if ((key.orderingKey === null && key.concurrency === null) || this.#places.has(runId)) return;
    const place = this.#newPlace(runId, key, acceptedAt, false);
    if (key.holds || keepsKey) this.#turnOf(key)?.holders.add(runId);
    if (keepsKey) place.stage = 'keeps-key';
    else {
      place.stage = 'inside';
      this.#roomOf(key.flowId).underWay += 1;
    }
  }

  /** The run lets the next one of its key go; returns the runs that may begin now. */
  passOn(runId: RunId): RunId[] {
    const place = this.#places.get(runId);
    if (!place || place.stage === 'key') return [];
    const turn = this.#turnOf(place.key);
    if (place.stage === 'keeps-key') this.#places.delete(runId);
    const begun = turn?.holders.delete(runId) ? this.#nextTurn(turn) : [];
    this.#tidy(place.key);
    return begun;
  }

  /** The run is over (or was never accepted); returns the runs that may begin now. */
  leave(runId: RunId, keepsKey = false): RunId[] {
    const place = this.#places.get(runId);
    if (!place) return [];
    const { key, stage } = place;
    const turn = this.#turnOf(key);
    const begun: RunId[] = [];
    if (stage === 'inside') this.#roomOf(key.flowId).underWay -= 1;
    else if (stage !== 'keeps-key') this.#waiting -= 1;
    if (stage === 'key' && turn) turn.waiting -= 1;
    if (keepsKey && stage === 'inside' && turn?.holders.has(runId)) place.stage = 'keeps-key';
    else if (!(keepsKey && stage === 'keeps-key')) {
      place.stage = 'gone';
      this.#places.delete(runId);
      if (turn?.holders.delete(runId)) begun.push(...this.#nextTurn(turn));
    }
    begun.push(...this.#fillRoom(key.flowId));
    this.#tidy(key);
    return begun;
  }

  /** Runs that wait for their turn. */
  get waitingCount(): number {
    return this.#waiting;
  }

  isWaiting(runId: RunId): boolean {
    const stage = this.#places.get(runId)?.stage;
    return stage === 'key' || stage === 'place';
  }

  /** What the run waits for; null when it does not. */
  whyQueued(runId: RunId): Queued | null {
    const place = this.#places.get(runId);
    if (!place) return null;
    const { flowId, orderingKey, concurrency } = place.key;
    if (place.stage === 'key' && orderingKey !== null) {
      return { for: 'key', orderingKey, holders: [...(this.#turnOf(place.key)?.holders ?? [])] };
    }
    if (place.stage !== 'place' || concurrency === null) return null;
    return { for: 'place', concurrency, underWay: this.#roomOf(flowId).underWay };
  }

  /** Every key that keeps a run waiting, the longest wait first. */
  blocked(flowId?: FlowId): BlockedTurn[] {
    const found: BlockedTurn[] = [];
    for (const turn of this.#turns.values()) {
      const first =
        turn.waiting > 0 && (flowId === undefined || turn.flowId === flowId) ? this.#firstOf(turn.queue) : null;
      if (!first) continue;
      const { orderingKey, holders, waiting } = turn;
      found.push({
        flowId: turn.flowId,
        orderingKey,
        holders: [...holders],
        waiting,
        oldestAcceptedAt: first.acceptedAt,
      });
    }
    return found.sort((a, b) => a.oldestAcceptedAt - b.oldestAcceptedAt);
  }

  #newPlace(runId: RunId, key: GateKey, acceptedAt: EpochMs, again: boolean): Place {
    const place: Place = { runId, key, acceptedAt, again, number: ++this.#count, stage: 'inside' };
    this.#places.set(runId, place);
    return place;
  }

  /** Lets those begin whose turn it is: the first, and with it all that keep nobody waiting. */
  #nextTurn(turn: Turn): RunId[] {
    const begun: RunId[] = [];
    while (turn.holders.size === 0) {
      const next = this.#firstOf(turn.queue);
      if (!next) break;
      turn.queue.pop();
      turn.waiting -= 1;
      this.#waiting -= 1;
      if (next.key.holds) turn.holders.add(next.runId);
      if (this.#askForRoom(next)) begun.push(next.runId);
    }
    return begun;
  }

  #askForRoom(place: Place): boolean {
    const room = this.#roomOf(place.key.flowId);
    const first = this.#firstOf(room.queue);
    const { concurrency } = place.key;
    if (concurrency === null || (room.underWay < concurrency && !(first && goesBefore(first, place)))) {
      room.underWay += 1;
      place.stage = 'inside';
      return true;
    }
    place.stage = 'place';
    room.queue.push(place);
    this.#waiting += 1;
    return false;
  }

  #fillRoom(flowId: FlowId): RunId[] {
    const room = this.#rooms.get(flowId);
    const begun: RunId[] = [];
    for (let next = room && this.#firstOf(room.queue); room && next; next = this.#firstOf(room.queue)) {
      if (room.underWay >= (next.key.concurrency ?? Number.POSITIVE_INFINITY)) break;
      room.queue.pop();
      this.#waiting -= 1;
      room.underWay += 1;
      next.stage = 'inside';
      begun.push(next.runId);
    }
    return begun;
  }

  #firstOf(queue: BinaryHeap<Place>): Place | undefined {
    while (queue.first?.stage === 'gone') queue.pop();
    return queue.first;
  }

  #turnOf({ flowId, orderingKey }: GateKey): Turn | null {
    if (orderingKey === null) return null;
    const name = `${flowId}\n${orderingKey}`;
    const known = this.#turns.get(name);
    if (known) return known;
    const turn: Turn = { flowId, orderingKey, holders: new Set(), queue: new BinaryHeap(goesBefore), waiting: 0 };
    this.#turns.set(name, turn);
    return turn;
  }

  #roomOf(flowId: FlowId): Room {
    const known = this.#rooms.get(flowId);
    if (known) return known;
    const room: Room = { underWay: 0, queue: new BinaryHeap(goesBefore) };
    this.#rooms.set(flowId, room);
    return room;
  }

  /** Forgets what holds nothing any more: keys come and go for ever. */
  #tidy(key: GateKey): void {
    const turn = this.#turnOf(key);
    if (turn?.holders.size === 0 && turn.waiting === 0) this.#turns.delete(`${key.flowId}\n${key.orderingKey}`);
    const room = this.#rooms.get(key.flowId);
    if (room?.underWay === 0 && !this.#firstOf(room.queue)) this.#rooms.delete(key.flowId);
  }
}
