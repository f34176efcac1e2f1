import type { EpochMs } from '@waybill/flow-model';
import type { Admission, Governor, ParkReason, PermitRequest } from '../ports/index.ts';

export interface HandGovernor extends Governor {
  /** Every request, in order. */
  asked: PermitRequest[];
  /** Permits given and not yet back. */
  inFlight: number;
  mostInFlight: number;
  /** Refuses the connection until it is opened, or for one that is queued: keeps its askers waiting. */
  close(connection: string, until: EpochMs, why?: ParkReason): void;
  /** Takes calls again and tells the engine. */
  open(connection: string): void;
  /** From now on answers come by `answerNext` only. */
  queue: boolean;
  /** Grants the oldest queued request. */
  answerNext(): void;
}

/** A governor that a test opens and closes by hand. */
export function handGovernor(): HandGovernor {
  const closed = new Map<string, { until: EpochMs; why: ParkReason }>();
  const listeners = new Set<(connection: string) => void>();
  const queued: (() => void)[] = [];
  const decide = ({ connections }: PermitRequest): Admission => {
    for (const connection of connections) {
      const shut = closed.get(connection);
      if (shut) return { granted: false, connection, ...shut };
    }
    governor.inFlight += 1;
    governor.mostInFlight = Math.max(governor.mostInFlight, governor.inFlight);
    return {
      granted: true,
      release: () => {
        governor.inFlight -= 1;
      },
    };
  };
  const governor: HandGovernor = {
    asked: [],
    inFlight: 0,
    mostInFlight: 0,
    queue: false,
    acquire(request) {
      governor.asked.push(request);
      if (!governor.queue) return decide(request);
      return new Promise((resolve) => queued.push(() => resolve(decide(request))));
    },
    onOpened(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: (connection, until, why = 'circuit-open') => void closed.set(connection, { until, why }),
    open(connection) {
      closed.delete(connection);
      for (const listener of listeners) listener(connection);
    },
    answerNext: () => queued.shift()?.(),
  };
  return governor;
}
