/** Who has which flow open, by connection. */
export interface Presence {
  join(flowId: string, connection: string, person: { name: string; editor: string }): void;
  leave(flowId: string, connection: string): void;
  /** Flows the connection had open. */
  leaveAll(connection: string): string[];
  people(flowId: string): { name: string; editor: string }[];
}

export function presence(): Presence {
  const flows = new Map<string, Map<string, { name: string; editor: string }>>();
  const leave = (flowId: string, connection: string): boolean => {
    const people = flows.get(flowId);
    const left = people?.delete(connection) ?? false;
    if (people?.size === 0) flows.delete(flowId);
    return left;
  };
  return {
    join(flowId, connection, person) {
      const people = flows.get(flowId) ?? new Map();
      people.set(connection, person);
      flows.set(flowId, people);
    },
    leave,
    leaveAll: (connection) => [...flows.keys()].filter((flowId) => leave(flowId, connection)),
    people: (flowId) => [...(flows.get(flowId)?.values() ?? [])],
  };
}
