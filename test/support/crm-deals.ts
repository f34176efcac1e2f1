import type { SimulatorName, Simulators } from '@waybill/simulators';
import { Connection } from 'jsforce';
import type { DemoPlatform } from './demo-platform.ts';
import { isComplete, openDeals } from './demo-platform.ts';

export interface NewDeal {
  name: string;
  /** Whole currency units; the price of a month is a twelfth. */
  amount: number;
  /** Fields left empty, so that somebody has to complete the deal. */
  lacks?: readonly string[];
  /** Fields that are otherwise than in the deals it is like. */
  differs?: Readonly<Record<string, unknown>>;
}

async function crmClient(simulators: Simulators): Promise<Connection> {
  const { baseUrl, credentials } = simulators.get('salesforce').info;
  const { clientId = '', clientSecret = '' } = credentials;
  const connection = new Connection({ loginUrl: baseUrl, oauth2: { clientId, clientSecret, loginUrl: baseUrl } });
  await connection.authorize({ grant_type: 'client_credentials' });
  return connection;
}

async function createAll(crm: Connection, object: string, rows: readonly object[]): Promise<string[]> {
  const saved = await crm.sobject(object).create(rows as { Id?: string }[]);
  return saved.map((result) => {
    if (!result.success) throw new Error(`The CRM refused a ${object}: ${JSON.stringify(result.errors)}`);
    return result.id;
  });
}

/** Months of service in each new deal, and so tasks in its project. */
export const months = 12;

/** Adds open retainer deals of the accounts that have complete deals, in turn. @returns their ids, in order. */
export async function addDeals(demo: Pick<DemoPlatform, 'simulators'>, deals: readonly NewDeal[]): Promise<string[]> {
  const crm = await crmClient(demo.simulators);
  const patterns = (await openDeals(demo)).filter(isComplete);
  const rows = deals.map(({ name, lacks = [], differs = {} }, index) => {
    const { fields } = patterns[index % patterns.length]!;
    const row: Record<string, unknown> = {
      Name: name,
      AccountId: fields['AccountId'],
      OwnerId: fields['OwnerId'],
      StageName: 'Negotiation/Review',
      CloseDate: '2026-12-18',
      Start_Date__c: '2027-01-01',
      End_Date__c: '2027-12-31',
      Contract_Type__c: 'Retainer',
      Delivery_Channel__c: 'Remote',
      Legal_Entity__c: fields['Legal_Entity__c'],
      CurrencyIsoCode: fields['CurrencyIsoCode'],
      Rate_Card__c: fields['Rate_Card__c'],
      Pricebook2Id: fields['Pricebook2Id'],
      ...differs,
    };
    return Object.fromEntries(Object.entries(row).filter(([field]) => !lacks.includes(field)));
  });
  const ids = await createAll(crm, 'Opportunity', rows);
  const prices = await crm.query<{ Id: string; CurrencyIsoCode: string }>(
    "SELECT Id, CurrencyIsoCode FROM PricebookEntry WHERE Product2.ProductCode = 'RET-SILVER'",
  );
  const entryOf = new Map(prices.records.map(({ Id, CurrencyIsoCode }) => [CurrencyIsoCode, Id]));
  const lines = deals.map(({ amount }, index) => ({
    OpportunityId: ids[index],
    PricebookEntryId: entryOf.get(String(rows[index]?.['CurrencyIsoCode'])),
    Quantity: months,
    UnitPrice: amount / months,
    ServiceDate: '2027-01-01',
    Description: 'Service desk, by month',
  }));
  await createAll(crm, 'OpportunityLineItem', lines);
  return ids;
}

/** Changes a deal in the CRM, as its owner would there. */
export async function correctDeal(
  { simulators }: Pick<DemoPlatform, 'simulators'>,
  dealId: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<void> {
  const crm = await crmClient(simulators);
  await crm.sobject('Opportunity').update({ Id: dealId, ...fields });
}

/** Counts the writes that take effect in the systems of record from now on, without reading old ones again. */
export function writeCounter({ simulators }: Pick<DemoPlatform, 'simulators'>): () => number {
  const names = ['netsuite', 'kantata'] satisfies SimulatorName[];
  const seen = new Map(names.map((name) => [name, simulators.get(name).audit().at(-1)?.seq ?? 0]));
  let count = 0;
  return () => {
    for (const name of names) {
      const rows = simulators.get(name).audit({ since: seen.get(name) ?? 0 });
      count += rows.length;
      seen.set(name, rows.at(-1)?.seq ?? seen.get(name) ?? 0);
    }
    return count;
  };
}
