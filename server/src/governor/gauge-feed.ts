import type { ConnectionGauge } from '@waybill/api-contract';
import type { Clock } from '@waybill/engine/ports';

export interface GaugeFeed {
  /** Something about this connection changed. */
  changed(connectionId: string): void;
  close(): void;
}

const everyMs = 500;
/** Windows empty themselves with time, without any event: what is not at rest is looked at this often. */
const restlessEveryMs = 2_000;

const isAtRest = ({ state, rates, waiting, parked }: ConnectionGauge): boolean =>
  state.kind === 'open' &&
  parked === 0 &&
  rates.every(({ used }) => used === 0) &&
  Object.values(waiting).every(({ count }) => count === 0);

/** Sends gauges that really changed, twice a second at most, and only while somebody looks. */
export function gaugeFeed(options: {
  clock: Clock;
  gauge(connectionId: string): ConnectionGauge | null;
  isWatched(): boolean;
  send(gauges: ConnectionGauge[]): void;
}): GaugeFeed {
  const { clock, gauge, isWatched, send } = options;
  const dirty = new Set<string>();
  const shown = new Map<string, string>();
  let alarm: { at: number; cancel: () => void } | null = null;

  function flush(): void {
    alarm = null;
    const ids = [...dirty];
    dirty.clear();
    if (!isWatched()) {
      shown.clear();
      return;
    }
    const changed = ids.flatMap((id) => {
      const now = gauge(id);
      if (now === null) {
        shown.delete(id);
        return [];
      }
      if (!isAtRest(now)) dirty.add(id);
      const text = JSON.stringify(now);
      const isNew = shown.get(id) !== text;
      shown.set(id, text);
      return isNew ? [now] : [];
    });
    if (changed.length > 0) send(changed);
    if (dirty.size > 0) plan(restlessEveryMs);
  }
  function plan(inMs: number): void {
    const at = clock.now() + inMs;
    if (alarm && alarm.at <= at) return;
    alarm?.cancel();
    alarm = { at, cancel: clock.wakeAt(at, flush) };
  }

  return {
    changed(connectionId) {
      dirty.add(connectionId);
      plan(everyMs);
    },
    close() {
      alarm?.cancel();
      alarm = null;
      dirty.clear();
    },
  };
}
