import type { EpochMs, RunId } from '@waybill/flow-model';

/**
 * Runs that are out of memory and have a step parked for a connection. In memory only: a run is noted when it
 * leaves memory and forgotten when it is loaded, and recovery loads every open run once.
 */
export class ParkedRuns {
  readonly #byConnection = new Map<string, Map<RunId, EpochMs>>();
  readonly #connectionsOf = new Map<RunId, readonly string[]>();

  note(runId: RunId, acceptedAt: EpochMs, connections: readonly string[]): void {
    this.forget(runId);
    if (connections.length === 0) return;
    this.#connectionsOf.set(runId, connections);
    for (const connection of connections) {
      const runs = this.#byConnection.get(connection);
      if (runs) runs.set(runId, acceptedAt);
      else this.#byConnection.set(connection, new Map([[runId, acceptedAt]]));
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

  /** In the order in which they were accepted. */
  waitingFor(connection: string): RunId[] {
    const runs = [...(this.#byConnection.get(connection) ?? [])];
    return runs.sort(([, a], [, b]) => a - b).map(([runId]) => runId);
  }
}
