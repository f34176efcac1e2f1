import type { Flow } from '@waybill/flow-model';
import { edgeId, emptyFlow } from '@waybill/flow-model';

/** Time for a browser to open the run before its first step ends. */
const LEAD_MS = 8_000;
const COLUMNS = 20;

/** A trigger and `steps` waits side by side that end one after another, `apartMs` apart. */
export function pixelsFlow(id: string, steps: number, apartMs: number): Flow {
  const flow = emptyFlow(id as Flow['id'], 'Bench: event to pixel');
  flow.nodes['start'] = { type: 'core.manual', version: 1, params: {} };
  flow.layout['start'] = { x: 0, y: 0 };
  for (let index = 0; index < steps; index += 1) {
    const node = `w${index}`;
    flow.nodes[node] = {
      type: 'core.wait',
      version: 1,
      params: { mode: 'duration', duration: LEAD_MS + index * apartMs },
    };
    flow.layout[node] = { x: 300 + (index % COLUMNS) * 260, y: Math.floor(index / COLUMNS) * 110 };
    const edge = { from: { node: 'start', port: 'submitted' }, to: { node, port: 'in' } };
    flow.edges[edgeId(edge)] = edge;
  }
  return flow;
}
