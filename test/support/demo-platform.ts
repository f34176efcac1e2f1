/** The demo firm on a platform process, with the simulated systems in reach of the test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiClient } from '@waybill/api-contract';
import { apiWithLink, installDemoFirm } from '@waybill/cli/platform';
import { type SimulatorName, type Simulators, startSimulators } from '@waybill/simulators';
import { freePort, type PlatformProcess, startPlatformProcess } from './platform-process.ts';

/** The administrator may also sign in with a password, for browsers that come after the printed link was used. */
export const administrator = { email: 'admin@waybill.local', password: 'waybill-admin-2026' };

export interface DemoPlatform {
  simulators: Simulators;
  dataDir: string;
  port: number;
  /** The process of now; another one after `restart`. */
  platform: PlatformProcess;
  /** Signed in as the administrator. */
  api: ApiClient;
  /** Starts it again on the same data folder and port, after a kill or stop. */
  restart(options?: { signIn: boolean }): Promise<void>;
  close(): Promise<void>;
}

export async function startDemoPlatform(settings: Record<string, string> = {}): Promise<DemoPlatform> {
  const env = {
    WAYBILL_ADMIN_EMAIL: administrator.email,
    WAYBILL_ADMIN_PASSWORD: administrator.password,
    ...settings,
  };
  const folder = mkdtempSync(join(tmpdir(), 'waybill-demo-'));
  const dataDir = join(folder, 'data');
  const simulators = await startSimulators({ dataDir: join(folder, 'simulators'), ports: 'random' });
  const port = await freePort();
  const platform = await startPlatformProcess({ dataDir, port, env });
  const api = await apiWithLink(platform.signInLink);
  const list = simulators.list().map(({ pages, ...info }) => ({ ...info, ...(pages ? { pages: [...pages] } : {}) }));
  await installDemoFirm(api, list);
  const demo: DemoPlatform = {
    simulators,
    dataDir,
    port,
    platform,
    api,
    async restart({ signIn } = { signIn: true }) {
      demo.platform = await startPlatformProcess({ dataDir, port, env });
      // The printed link works once; a test that wants it for the browser keeps it.
      if (signIn) demo.api = await apiWithLink(demo.platform.signInLink);
    },
    async close() {
      await demo.platform.kill();
      await simulators.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return demo;
}

export interface CrmDeal {
  id: string;
  name: string;
  amount: number;
  fields: Record<string, unknown>;
}

/** Records of one kind as the simulated system holds them. */
export async function recordsOf(
  { simulators }: Pick<DemoPlatform, 'simulators'>,
  system: SimulatorName,
  object: string,
): Promise<{ id: string; data: Record<string, unknown> }[]> {
  const reply = await fetch(`${simulators.get(system).info.baseUrl}/__sim/state/${object}`);
  const { records } = (await reply.json()) as { records: { id: string; data: Record<string, unknown> }[] };
  return records;
}

/** Deals of the CRM that are still open and lack nothing, cheapest first. */
export async function openDeals(demo: Pick<DemoPlatform, 'simulators'>): Promise<CrmDeal[]> {
  const records = await recordsOf(demo, 'salesforce', 'Opportunity');
  return records
    .filter(({ data }) => data['IsClosed'] !== true)
    .map(({ id, data }) => ({ id, name: String(data['Name']), amount: Number(data['Amount']), fields: data }))
    .toSorted((a, b) => a.amount - b.amount);
}

const neededFields = ['Legal_Entity__c', 'Rate_Card__c', 'CurrencyIsoCode', 'Contract_Type__c'];
export const isComplete = ({ fields }: CrmDeal): boolean => neededFields.every((name) => Boolean(fields[name]));

/** What the button "Mark as closed won" of the deal page sends. */
export async function closeDeal({ simulators }: Pick<DemoPlatform, 'simulators'>, dealId: string): Promise<void> {
  const { baseUrl } = simulators.get('salesforce').info;
  const reply = await fetch(`${baseUrl}/deals/${dealId}/won`, { method: 'POST', redirect: 'manual' });
  const target = reply.headers.get('location') ?? '';
  if (reply.status !== 303 || target.includes('problem=')) throw new Error(`The deal was not closed: ${target}`);
}
