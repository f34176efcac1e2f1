import type { EpochMs, RunId } from '@waybill/flow-model';
import type { Lane } from './ports/index.ts';

/** Where a run stands among those that are parked. */
export interface ParkedPlace {
  lane: Lane;
  acceptedAt: EpochMs;
}

const lanes: readonly Lane[] = ['high', 'normal', 'low'];

/**
 * Runs that are out of memory and have a step parked for a connection. In memory only: a run is noted when it
 * leaves memory and forgotten when it is loaded, and recovery loads every open run once.
 */
export class ParkedRuns {
  readonly #byConnection = new Map<string, Map<RunId, ParkedPlace>>();
  readonly #connectionsOf = new Map<RunId, readonly string[]>();

  note(runId: RunId, place: ParkedPlace, connections: readonly string[]): void {
    this.forget(runId);
    if (connections.length === 0) return;
    this.#connectionsOf.set(runId, connections);
    for (const connection of connections) {
      const runs = this.#byConnection.get(connection);
      if (runs) runs.set(runId, place);
      else this.#byConnection.set(connection, new Map([[runId, place]]));
    }
  }

  forget(runId: RunId): void {
    for (const connection of this.#connectionsOf.get(runId) ?? []) {
      const runs = this.#byConnection.get(connection);
      runs?.delete(runId);
      if (runs?.size === 0) this.#byConnection.delete(connection);
    }
    this.#connectionsOf.delete(runId);
  }

  countFor(connection: string): number {
    return this.#byConnection.get(connection)?.size ?? 0;
  }

  /** The high lane first, and in each in the order in which they were accepted. */
  waitingFor(connection: string): RunId[] {
    const runs = [...(this.#byConnection.get(connection) ?? [])];
    const rank = ({ lane }: ParkedPlace): number => lanes.indexOf(lane);
    return runs.sort(([, a], [, b]) => rank(a) - rank(b) || a.acceptedAt - b.acceptedAt).map(([runId]) => runId);
  }
}
