import type { Admission, Clock, PermitRequest } from '@waybill/engine/ports';
import type { EpochMs } from '@waybill/flow-model';
import type { CallLimits, ConnectionPolicy } from '@waybill/store';
import type { BudgetMemory } from './budget-memory.ts';
import type { Gate } from './connection-budget.ts';
import { ConnectionBudget } from './connection-budget.ts';
import type { Departure, DepartureRequest } from './request-line.ts';
import { RequestLine } from './request-line.ts';
import { StepLine } from './step-line.ts';

export interface DeskOptions {
  id: string;
  name: string;
  limits: CallLimits;
  policy: ConnectionPolicy;
  /** What was learned before a restart. */
  memory: BudgetMemory | null;
  clock: Clock;
  /** Calls may go out again: steps that were parked here may ask anew. */
  onOpened(): void;
  /** Something a screen shows changed. */
  onChanged(): void;
}

/** With nobody in line, steps that are parked for want of room are called at most this often. */
const callParkedEveryMs = 1_000;

const soonest = (moments: readonly (EpochMs | null)[]): EpochMs | null => {
  let first: EpochMs | null = null;
  for (const moment of moments) if (moment !== null && (first === null || moment < first)) first = moment;
  return first;
};

/**
 * One connection's budget with those who wait for it, and the one alarm that wakes them. Every change ends in `#settle`:
 * requests of steps under way go first, then steps; then the alarm is set to the next moment at which time matters.
 */
export class ConnectionDesk {
  readonly id: string;
  readonly budget: ConnectionBudget;
  readonly steps: StepLine;
  readonly requests: RequestLine;
  #name: string;
  readonly #clock: Clock;
  readonly #onOpened: () => void;
  readonly #onChanged: () => void;
  #shut: Gate['kind'] | null;
  #calledAt: EpochMs = 0;
  #alarm: { at: EpochMs; cancel: () => void } | null = null;
  #isClosed = false;

  constructor({ id, name, limits, policy, memory, clock, onOpened, onChanged }: DeskOptions) {
    this.id = id;
    this.#name = name;
    this.#clock = clock;
    this.#onOpened = onOpened;
    this.#onChanged = onChanged;
    this.budget = new ConnectionBudget(limits, policy);
    if (memory) this.budget.recall(memory, clock.now());
    const look = () => this.#settle();
    this.steps = new StepLine({ connection: id, budget: this.budget, clock, onReleased: look });
    this.requests = new RequestLine({ name: () => this.#name, budget: this.budget, clock, onEnded: look });
    this.#shut = this.#shutNow(clock.now());
    this.#arm(clock.now());
  }

  get name(): string {
    return this.#name;
  }

  acquire(request: PermitRequest, signal: AbortSignal): Admission | Promise<Admission> {
    const admission = this.steps.acquire(request, signal);
    if (admission instanceof Promise) this.#arm(this.#clock.now());
    this.#onChanged();
    return admission;
  }

  depart(request: DepartureRequest): Departure | Promise<Departure> {
    const departure = this.requests.depart(request);
    if (departure instanceof Promise) this.#arm(this.#clock.now());
    this.#onChanged();
    return departure;
  }

  change(name: string, limits: CallLimits, policy: ConnectionPolicy): void {
    this.#name = name;
    this.budget.change(limits, policy);
    this.#settle();
  }

  /** A person does not want to wait: the next call may go now. */
  tryNow(): void {
    this.budget.tryNow(this.#clock.now());
    this.#settle();
    this.#onOpened();
  }

  close(): void {
    this.#isClosed = true;
    this.#alarm?.cancel();
    this.#alarm = null;
  }

  /** Half-open counts as shut: one probe goes, the others stay. */
  #shutNow(now: EpochMs): Gate['kind'] | null {
    return this.budget.gate(now)?.kind ?? (this.budget.isHalfOpen ? 'down' : null);
  }

  #settle(): void {
    const now = this.#clock.now();
    const shut = this.#shutNow(now);
    const opened = this.#shut !== null && shut === null;
    if (opened && (this.#shut === 'paused' || this.#shut === 'maintenance')) this.budget.reopened();
    this.#shut = shut;
    this.requests.pump(now);
    this.steps.pump(now);
    if (opened || this.#hasRoomForParked(now)) {
      this.#calledAt = now;
      this.#onOpened();
    }
    this.#arm(now);
    this.#onChanged();
  }

  #hasRoomForParked(now: EpochMs): boolean {
    const { waitingCount, parkedCount } = this.steps;
    if (parkedCount === 0 || waitingCount > 0 || now - this.#calledAt < callParkedEveryMs) return false;
    return this.#shut === null && this.budget.stepReadiness(now).ready;
  }

  #arm(now: EpochMs): void {
    if (this.#isClosed) return;
    const at = soonest([this.budget.gateChangesAt(now), this.steps.looksAgainAt(now), this.requests.looksAgainAt(now)]);
    if (at === (this.#alarm?.at ?? null)) return;
    this.#alarm?.cancel();
    this.#alarm = null;
    if (at === null) return;
    const cancel = this.#clock.wakeAt(at, () => {
      this.#alarm = null;
      this.#settle();
    });
    this.#alarm = { at, cancel };
  }
}
