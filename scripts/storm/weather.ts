/** What the storm does to the systems and to the events between them. */
import type { Simulators } from '@waybill/simulators';

/** Numbers between 0 and 1 that depend on the seed alone. */
export function chances(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Throttling, errors before and after the write took effect, cut connections, duplicate and reordered events.
 * @param deals how many are on their way: the storm is as long as they are many.
 */
export function stirUp(simulators: Simulators, deals: number, seed: number): void {
  const crm = simulators.get('salesforce');
  crm.addFault({ match: { method: 'EVENT' }, fault: 'duplicate', everyNth: 3 });
  crm.addFault({ match: { method: 'EVENT' }, fault: 'reorder', everyNth: 4 });
  for (const [index, name] of (['netsuite', 'kantata'] as const).entries()) {
    const system = simulators.get(name);
    const of = (offset: number) => seed + 10 * index + offset;
    system.addFault({ match: {}, fault: 'throttle', probability: 0.02, seed: of(1), times: deals });
    system.addFault({ match: { method: 'POST' }, fault: '5xx-after', probability: 0.01, seed: of(2), times: deals });
    system.addFault({ match: { method: 'POST' }, fault: 'reset-after', probability: 0.005, seed: of(3), times: deals });
    system.addFault({ match: {}, fault: '5xx-before', probability: 0.01, seed: of(4), times: deals });
  }
}

/** How often each fault struck, from the simulators themselves. */
export async function damage(simulators: Simulators): Promise<Map<string, number>> {
  const struck = new Map<string, number>();
  for (const { info } of ['salesforce', 'netsuite', 'kantata'].map((name) => simulators.get(name as 'netsuite'))) {
    const reply = await fetch(`${info.baseUrl}/__sim/faults`);
    const { faults } = (await reply.json()) as { faults: { fault: string; fired: number }[] };
    for (const { fault, fired } of faults) struck.set(fault, (struck.get(fault) ?? 0) + fired);
  }
  return struck;
}
