/** A flow that sends rows of a text to the CRM in batches; those without a name are refused by it. */
import { edgeId, emptyFlow, type Flow, type FlowNode } from '@waybill/flow-model';

/** @param rows key and name of each; @param size rows per batch. */
export function uploadFlow(id: string, rows: readonly [key: string, name: string][], size: number): Flow {
  const flow = emptyFlow(id as Flow['id'], 'Accounts to the CRM');
  const node = (type: string, more: Partial<FlowNode> = {}): FlowNode => ({ type, version: 1, params: {}, ...more });
  const text = `id,name\n${rows.map(([key, name]) => `${key},${name}`).join('\n')}\n`;
  flow.nodes = {
    start: node('core.manual'),
    read: node('core.read-records', { title: 'Read accounts', params: { from: 'text', text } }),
    each: node('core.for-each-batch', {
      title: 'For each batch',
      params: { size, concurrency: 1, key: 'record.id' },
    }),
    upsert: node('salesforce.upsert-records', {
      title: 'Save accounts',
      parent: 'each',
      connections: { account: 'crm' },
      params: {
        object: 'Account',
        externalIdField: 'ERP_Id__c',
        records: { $: 'item.records.{ "ERP_Id__c": id, "Name": name }' },
      },
    }),
  };
  for (const [from, port, to] of [
    ['start', 'submitted', 'read'],
    ['read', 'records', 'each'],
  ] as const) {
    const edge = { from: { node: from, port }, to: { node: to, port: 'in' } };
    flow.edges[edgeId(edge)] = edge;
  }
  return flow;
}
