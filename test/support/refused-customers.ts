/** A flow whose customers the simulated ERP refuses, as long as nobody corrects them. */
import type { Flow } from '@waybill/flow-model';
import { edgeId, flowIdSchema } from '@waybill/flow-model';
import type { DemoPlatform } from './demo-platform.ts';

export const customerFlow = 'customers-to-erp';

const edges = [
  { from: { node: 'start', port: 'received' }, to: { node: 'customer', port: 'in' } },
  { from: { node: 'customer', port: 'done' }, to: { node: 'done', port: 'in' } },
];

const flow: Flow = {
  formatVersion: 1,
  id: flowIdSchema.parse(customerFlow),
  name: 'Customers to the ERP',
  nodes: {
    start: { type: 'core.webhook', version: 1, params: { path: 'in' } },
    customer: {
      type: 'netsuite.upsert-customer',
      version: 1,
      title: 'Create the customer',
      connections: { account: 'erp' },
      params: {
        externalId: { $: 'trigger.body.id' },
        companyName: { $: 'trigger.body.name' },
        subsidiaryId: { $: 'trigger.body.subsidiary' },
      },
    },
    done: { type: 'core.set', version: 1, params: { fields: { customerId: { $: 'input.id' } } } },
  },
  edges: Object.fromEntries(edges.map((edge) => [edgeId(edge), edge])),
  settings: {
    businessKey: { $: 'trigger.body.name' },
    valueAtStake: { $: 'trigger.body.amount' },
    currency: { $: '"EUR"' },
    errorOwner: 'admin',
    slaMs: 4 * 3_600_000,
  },
  notes: {},
  layout: {},
  pins: {},
};

export async function publishCustomerFlow({ api }: Pick<DemoPlatform, 'api'>): Promise<void> {
  const { summary } = await api('createFlow', { body: { name: flow.name, flow } });
  await api('publishFlow', {
    params: { flowId: flow.id },
    body: { revision: summary.revision, note: 'First version' },
  });
}

/** @returns the id of the run that the event started. */
export async function sendCustomer(
  { platform }: Pick<DemoPlatform, 'platform'>,
  customer: { id: string; name: string; subsidiary: string; amount: number },
): Promise<string> {
  const reply = await fetch(`${platform.url}/hooks/${customerFlow}/in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(customer),
  });
  if (reply.status !== 202) throw new Error(`The event was refused: ${reply.status} ${await reply.text()}`);
  return ((await reply.json()) as { runId: string }).runId;
}
