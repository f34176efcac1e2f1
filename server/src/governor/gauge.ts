import type { CallState, ConnectionGauge } from '@waybill/api-contract';
import type { EpochMs } from '@waybill/flow-model';
import { isScarce } from './allowance.ts';
import type { ConnectionBudget } from './connection-budget.ts';
import type { ConnectionDesk } from './connection-desk.ts';
import type { Place } from './lane-queue.ts';
import { lanes } from './lane-queue.ts';

function stateOf(budget: ConnectionBudget, now: EpochMs): CallState {
  const gate = budget.gate(now);
  if (gate) return gate;
  if (budget.isHalfOpen) return { kind: 'probing' };
  const { now: limit, full } = budget.limit;
  const isSlowed = limit !== full || budget.allowances(now).some(isScarce);
  return { kind: isSlowed ? 'slowed' : 'open' };
}

function waitingBy(lane: Place['lane'], waiting: Iterable<Place>): { count: number; oldestSince: EpochMs | null } {
  let count = 0;
  let oldestSince: EpochMs | null = null;
  for (const place of waiting) {
    if (place.lane !== lane) continue;
    count += 1;
    oldestSince = oldestSince === null ? place.askedAt : Math.min(oldestSince, place.askedAt);
  }
  return { count, oldestSince };
}

/**
 * What a screen shows of one connection.
 * @param parkedRuns as the engine knows them: after a restart it alone knows of steps that were parked before.
 */
export function gaugeOf({ id, budget, steps }: ConnectionDesk, parkedRuns: number, now: EpochMs): ConnectionGauge {
  const [high, normal, low] = lanes.map((lane) => waitingBy(lane, steps.waiting));
  const none = { count: 0, oldestSince: null };
  return {
    connectionId: id,
    state: stateOf(budget, now),
    stepsInFlight: budget.stepsInFlight,
    requestsInFlight: budget.requestsInFlight,
    limit: budget.limit.now,
    fullLimit: budget.limit.full,
    waiting: { high: high ?? none, normal: normal ?? none, low: low ?? none },
    parked: Math.max(steps.parkedCount, parkedRuns),
    rates: budget.rates(now),
    throttledLastHour: budget.throttledLastHour(now),
    toldLimit: budget.limit.told,
    allowances: budget.allowances(now).map((one) => ({
      of: one.of,
      left: Math.floor(one.left),
      total: Math.floor(one.total),
      at: one.at,
      scarce: isScarce(one),
    })),
  };
}
