import { graphOf, topologicalOrder } from '@waybill/flow-model';
import type { CompiledFlow } from './compile-flow.ts';
import type { StepKey } from './journal-record.ts';

/** Compares steps by the order in which a flow comes to them, iterations in their own. Pure. */
export function flowOrder({ flow, nodes }: CompiledFlow): (a: StepKey, b: StepKey) => number {
  const graph = graphOf(flow);
  const scopes = Map.groupBy(nodes.values(), ({ scope }) => scope);
  const places = new Map<string, number>();
  for (const members of scopes.values()) {
    const ids = members.map(({ id }) => id);
    for (const [place, id] of topologicalOrder(graph, ids).entries()) places.set(id, place);
  }
  const placeOf = (part: string): [number, number] => {
    const bracket = part.indexOf('[');
    const nodeId = bracket < 0 ? part : part.slice(0, bracket);
    return [places.get(nodeId) ?? places.size, bracket < 0 ? -1 : Number(part.slice(bracket + 1, -1))];
  };
  return (a, b) => {
    const [left, right] = [a.split('/'), b.split('/')];
    for (const [depth, part] of left.entries()) {
      const other = right[depth];
      if (other === undefined) return 1;
      const [place, iteration] = placeOf(part);
      const [otherPlace, otherIteration] = placeOf(other);
      if (place !== otherPlace) return place - otherPlace;
      if (iteration !== otherIteration) return iteration - otherIteration;
    }
    return left.length - right.length;
  };
}
