import type { ConnectionGauge } from '@waybill/api-contract';
import type { Admission, Clock, Governor, PermitRequest } from '@waybill/engine/ports';
import type { ConnectionRecord, Repositories } from '@waybill/store';
import type { CredentialTypes } from '../connections/resolve-connection.ts';
import { limitsOf } from './call-limits.ts';
import type { Gate } from './connection-budget.ts';
import { ConnectionDesk } from './connection-desk.ts';
import { gaugeOf } from './gauge.ts';
import { governorMemory } from './governor-memory.ts';
import type { Departure, DepartureRequest } from './request-line.ts';

export interface ConnectionGovernor extends Governor {
  /** Reads connections and bindings again; call at the start and after every edit of either. What was learned stays. */
  load(): Promise<void>;
  /** Before one request to a connection. @throws {FlowError} PROVIDER_THROTTLED, CONNECTION_NOT_ANSWERING */
  depart(connectionId: string, request: DepartureRequest): Departure | Promise<Departure>;
  /** What holds back calls over this role alias or connection id, with the name of the connection. */
  gateOf(binding: string): { gate: Gate; name: string } | null;
  tryNow(connectionId: string): void;
  gauge(connectionId: string): ConnectionGauge | null;
  gauges(): ConnectionGauge[];
  nameOf(connectionId: string): string;
  /** Writes down what was learned and stops. */
  close(): Promise<void>;
  /** Which systems answer, as far as this process knows; epoch ms. */
  standings(): { connectionId: string; name: string; downSince: number | null; answeredAt: number | null }[];
}

const unlimited: Admission = { granted: true, release: () => undefined };
const ungoverned: Departure = { sentAt: 0, ended: () => undefined };
const pageSize = 200;

/** The budgets of all connections: which one a binding means, and permits for steps that need several. */
export function connectionGovernor(options: {
  store: Pick<Repositories, 'connections' | 'roleBindings' | 'settings'>;
  types: CredentialTypes;
  environment: string;
  clock: Clock;
  /** Runs the engine keeps parked for a connection. */
  parkedRuns(connectionId: string): number;
  onChanged(connectionId: string): void;
  onFault(error: unknown): void;
}): ConnectionGovernor {
  const { store, types, environment, clock, parkedRuns, onChanged, onFault } = options;
  const desks = new Map<string, ConnectionDesk>();
  let roles = new Map<string, string>();
  const memory = governorMemory({ settings: store.settings, clock, desks: () => desks.values(), onFault });
  const listeners = new Set<(connection: string) => void>();
  const opened = (id: string): void => {
    for (const listener of listeners) listener(id);
  };

  const deskOf = (binding: string): ConnectionDesk | undefined => desks.get(roles.get(binding) ?? binding);

  /** Each connection once and always in the same order, so that two steps never hold what the other one waits for. */
  function desksOf(bindings: readonly string[]): ConnectionDesk[] {
    const found = new Set(bindings.map(deskOf));
    found.delete(undefined);
    return ([...found] as ConnectionDesk[]).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  function takeAll(wanted: readonly ConnectionDesk[], request: PermitRequest, signal: AbortSignal) {
    const held: (() => void)[] = [];
    const giveBack = () => {
      for (const release of held.splice(0).reverse()) release();
    };
    function next(index: number): Admission | Promise<Admission> {
      const desk = wanted[index];
      if (!desk) return { granted: true, release: giveBack };
      const answer = desk.acquire(request, signal);
      if (!(answer instanceof Promise)) return after(answer, index);
      return answer.then(
        (admission) => after(admission, index),
        (error: unknown) => {
          giveBack();
          throw error;
        },
      );
    }
    function after(admission: Admission, index: number): Admission | Promise<Admission> {
      if (!admission.granted) {
        giveBack();
        return admission;
      }
      held.push(admission.release);
      return next(index + 1);
    }
    return next(0);
  }

  async function allConnections(): Promise<ConnectionRecord[]> {
    const records: ConnectionRecord[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.connections.list({ limit: pageSize, cursor });
      records.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    return records;
  }

  function take(record: ConnectionRecord): void {
    const { id, name, policy } = record;
    const known = desks.get(id);
    const limits = limitsOf(record, types);
    if (known) {
      known.change(name, limits, policy);
      return;
    }
    const common = {
      onOpened: () => opened(id),
      onChanged: () => {
        memory.changed();
        onChanged(id);
      },
    };
    desks.set(id, new ConnectionDesk({ id, name, limits, policy, memory: memory.of(id), clock, ...common }));
  }

  return {
    async load() {
      const [records, bindings] = await Promise.all([
        allConnections(),
        store.roleBindings.list(environment),
        memory.read(),
      ]);
      const before = roles;
      roles = new Map(
        bindings.flatMap(({ role, connectionId }) => (connectionId === null ? [] : [[role, connectionId] as const])),
      );
      for (const record of records) take(record);
      const kept = new Set(records.map(({ id }) => id));
      const gone = [...desks.values()].filter(({ id }) => !kept.has(id));
      for (const desk of gone) {
        desk.close();
        desks.delete(desk.id);
      }
      // Steps parked behind a connection their role no longer means have to ask anew.
      const rebound = [...before].filter(([role, id]) => roles.get(role) !== id).map(([, id]) => id);
      for (const id of new Set([...rebound, ...gone.map((desk) => desk.id)])) opened(id);
    },

    acquire(request, signal) {
      const wanted = desksOf(request.connections);
      const [only] = wanted;
      if (!only) return unlimited;
      return wanted.length === 1 ? only.acquire(request, signal) : takeAll(wanted, request, signal);
    },

    onOpened(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    depart: (connectionId, request) => desks.get(connectionId)?.depart(request) ?? ungoverned,

    gateOf(binding) {
      const desk = deskOf(binding);
      const gate = desk?.budget.gate(clock.now());
      return desk && gate ? { gate, name: desk.name } : null;
    },

    tryNow: (connectionId) => desks.get(connectionId)?.tryNow(),

    gauge(connectionId) {
      const desk = desks.get(connectionId);
      return desk ? gaugeOf(desk, parkedRuns(desk.id), clock.now()) : null;
    },
    gauges: () => [...desks.values()].map((desk) => gaugeOf(desk, parkedRuns(desk.id), clock.now())),
    nameOf: (connectionId) => desks.get(connectionId)?.name ?? connectionId,
    standings: () =>
      [...desks.values()].map(({ id, name, budget }) => ({ connectionId: id, name, ...budget.standing })),

    async close() {
      await memory.close();
      for (const desk of desks.values()) desk.close();
    },
  };
}
