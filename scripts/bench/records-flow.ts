import type { Flow, FlowNode } from '@waybill/flow-model';
import { edgeId, emptyFlow } from '@waybill/flow-model';

const node = (type: string, params: FlowNode['params']): FlowNode => ({ type, version: 1, params });

/** Webhook, then a file mapped and totalled by cost centre, then the answer. */
export function recordsFlow(id: string): Flow {
  const flow = emptyFlow(id as Flow['id'], `Bench: ${id}`);
  const nodes: [string, FlowNode, string, string][] = [
    [
      'hook',
      node('core.webhook', { path: id, respond: 'whenResponds', verify: 'none', eventIdFrom: 'none' }),
      'received',
      'in',
    ],
    ['read', node('core.read-records', { path: { $: 'input.body.path' } }), 'records', 'in'],
    [
      'map',
      node('core.map-records', {
        fields: [
          { name: 'centre', expression: 'record.centre' },
          { name: 'hours', expression: '$number(record.hours)' },
          { name: 'amount', expression: '$number(record.hours) * $number(record.rate)' },
        ],
      }),
      'records',
      'in',
    ],
    [
      'total',
      node('core.total-records', {
        groupBy: [{ name: 'centre', expression: 'record.centre' }],
        measures: [
          { name: 'hours', kind: 'sum', expression: 'record.hours' },
          { name: 'amount', kind: 'sum', expression: 'record.amount' },
          { name: 'count', kind: 'count' },
        ],
      }),
      'done',
      'in',
    ],
    ['answer', node('core.respond', { status: 200, body: { $: 'input' } }), 'done', 'in'],
  ];
  nodes.forEach(([nodeId, each, port], index) => {
    flow.nodes[nodeId] = each;
    const next = nodes[index + 1];
    if (!next) return;
    const edge = { from: { node: nodeId, port }, to: { node: next[0], port: next[3] } };
    flow.edges[edgeId(edge)] = edge;
  });
  return flow;
}
