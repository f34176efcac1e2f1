import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiClient } from '@waybill/api-contract';
import { importFlow, installTables } from '../commands/remote.ts';
import { templatesFolder } from '../paths.ts';
import { demoConnections } from './demo-connections.ts';
import type { SimulatorInfo } from './simulators-process.ts';

/** People of the demo firm besides the administrator; one password for all, for this machine only. */
export const demoPassword = 'waybill-demo-2026';
const demoPeople = [
  {
    email: 'sofia.keller@waybill-demo.example',
    name: 'Sofia Keller',
    roles: ['finance'],
    groups: ['finance-approvers'],
  },
  {
    email: 'karim.haddad@waybill-demo.example',
    name: 'Karim Haddad',
    roles: ['viewer', 'analyst'],
    groups: ['deal-desk'],
  },
  { email: 'tom.ashworth@waybill-demo.example', name: 'Tom Ashworth', roles: ['operator'], groups: ['delivery-leads'] },
  { email: 'priya.nair@waybill-demo.example', name: 'Priya Nair', roles: ['engineer'], groups: [] },
] as const;
const administratorGroups = ['finance-approvers', 'deal-desk', 'delivery-leads'];

async function addPeople(api: ApiClient): Promise<void> {
  const { user } = await api('me', {});
  await api('updateUser', { params: { userId: user.id }, body: { groups: administratorGroups } });
  for (const person of demoPeople) {
    await api('createUser', {
      body: { ...person, roles: [...person.roles], groups: [...person.groups], password: demoPassword },
    });
  }
}

/** @returns the secret with which the CRM signs its events. */
async function addConnections(api: ApiClient, simulators: readonly SimulatorInfo[]): Promise<string> {
  let eventSecret = '';
  for (const { name, type, role, fields } of demoConnections(simulators)) {
    const connection = await api('createConnection', { body: { name, type, fields, allowPrivateAddresses: true } });
    await api('bindRole', { params: { role }, body: { connectionId: connection.id } });
    if (role === 'crm-events') eventSecret = fields['secret'] ?? '';
  }
  return eventSecret;
}

async function addTemplate(api: ApiClient, folder: string): Promise<string> {
  await installTables(api, folder);
  const { detail } = await importFlow(api, folder, 'Installed with the demo firm.');
  return detail.summary.id;
}

/** Lets the simulated CRM push its events to every webhook that starts a published flow. */
async function subscribe(api: ApiClient, crm: SimulatorInfo, flowId: string, secret: string): Promise<void> {
  const { items } = await api('webhooks', { params: { flowId: flowId as never } });
  for (const { url } of items) {
    const reply = await fetch(`${crm.baseUrl}/__sim/webhooks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url, events: ['Opportunity.*'], secret }),
    });
    if (!reply.ok) throw new Error(`The simulated CRM refused the subscription: ${reply.status} ${await reply.text()}`);
  }
}

/** Folders of templates that hold a flow. */
const templateFolders = (): string[] =>
  readdirSync(templatesFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(templatesFolder, entry.name, 'flow.yaml')))
    .map((entry) => join(templatesFolder, entry.name));

/**
 * Fills an empty workspace with the demo firm through the public API: people, connections bound to roles, lookup tables,
 * published templates, and the CRM's events pointed at them.
 */
export async function installDemoFirm(api: ApiClient, simulators: readonly SimulatorInfo[]): Promise<void> {
  await addPeople(api);
  const secret = await addConnections(api, simulators);
  const crm = simulators.find((info) => info.name === 'salesforce');
  for (const folder of templateFolders()) {
    const flowId = await addTemplate(api, folder);
    if (crm) await subscribe(api, crm, flowId, secret);
  }
}
