import type { Flow, FlowNode } from '@waybill/flow-model';
import { edgeId, emptyFlow } from '@waybill/flow-model';

function chain(id: string, name: string, nodes: [id: string, node: FlowNode, from: string][]): Flow {
  const flow = emptyFlow(id as Flow['id'], name);
  nodes.forEach(([nodeId, node, port], index) => {
    flow.nodes[nodeId] = node;
    const next = nodes[index + 1];
    if (!next) return;
    const edge = { from: { node: nodeId, port }, to: { node: next[0], port: 'in' } };
    flow.edges[edgeId(edge)] = edge;
  });
  return flow;
}

const webhook: FlowNode = {
  type: 'core.webhook',
  version: 1,
  params: { path: 'hook', respond: 'whenResponds', verify: 'none', eventIdFrom: 'none' },
};
const respond = (body: string): FlowNode => ({
  type: 'core.respond',
  version: 1,
  params: { status: 200, body: { $: body } },
});

/** Webhook, one expression that sums ten records, answer: the flow of the first two rows. */
export const transformFlow = (): Flow =>
  chain('bench-transform', 'Bench: transform', [
    ['hook', webhook, 'received'],
    [
      'total',
      {
        type: 'core.map',
        version: 1,
        params: { expression: '{ "count": $count(input.body.records), "total": $sum(input.body.records.amount) }' },
      },
      'done',
    ],
    ['answer', respond('input'), 'done'],
  ]);

/** Webhook, three HTTP calls in a row, answer. */
export const httpFlow = (): Flow => {
  const call: FlowNode = {
    type: 'http.read',
    version: 1,
    params: { auth: 'open', url: '/' },
    connections: { open: 'target' },
  };
  return chain('bench-http', 'Bench: three calls', [
    ['hook', webhook, 'received'],
    ['a', call, 'done'],
    ['b', call, 'done'],
    ['c', call, 'done'],
    ['answer', respond('{ "rate": input.body.rate }'), 'done'],
  ]);
};
