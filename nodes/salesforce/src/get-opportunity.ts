import { anyPort, defineNode, param, port, readAs } from '@waybill/node-sdk';
import * as z from 'zod';
import { salesforceAccount } from './account.ts';
import { capabilities, connector, fieldNames, readTraits } from './client.ts';
import { explain } from './explain.ts';
import { childRows, query, soqlText } from './soql.ts';

const opportunityFields = 'Id, Name, StageName, Amount, CloseDate, IsClosed, IsWon, OwnerId, AccountId';
const accountFields = 'Id, Name, AccountNumber, BillingStreet, BillingCity, BillingPostalCode, BillingCountry';
const lineFields =
  'Id, Quantity, UnitPrice, TotalPrice, ServiceDate, Description, Product2Id, Product2.Name, Product2.ProductCode';

const lineItem = z.looseObject({
  Id: z.string(),
  Quantity: z.number().nullish(),
  UnitPrice: z.number().nullish(),
  TotalPrice: z.number().nullish(),
  ServiceDate: z.string().nullish(),
  Description: z.string().nullish(),
  Product2: z.looseObject({ Name: z.string().nullish(), ProductCode: z.string().nullish() }).nullish(),
});
export const opportunity = z.looseObject({
  Id: z.string(),
  Name: z.string(),
  StageName: z.string(),
  Amount: z.number().nullish(),
  CloseDate: z.string(),
  IsClosed: z.boolean(),
  IsWon: z.boolean(),
  AccountId: z.string().nullish(),
  Account: z.looseObject({ Id: z.string(), Name: z.string() }).nullish(),
  lineItems: z.array(lineItem),
});

/** The query for one deal with its account and lines. */
export function opportunityQuery(id: string, moreFields: string, moreAccountFields: string): string {
  const own = [...fieldNames(opportunityFields), ...fieldNames(moreFields)];
  const account = [...fieldNames(accountFields), ...fieldNames(moreAccountFields)].map((field) => `Account.${field}`);
  const columns = [...new Set([...own, ...account])].join(', ');
  return `SELECT ${columns}, (SELECT ${lineFields} FROM OpportunityLineItems) FROM Opportunity WHERE Id = ${soqlText(id)}`;
}

/** Reads a deal with everything a project needs to know of it. */
export const getOpportunity = defineNode({
  ...connector,
  type: 'salesforce.get-opportunity',
  version: 1,
  title: 'Get a deal',
  description: 'Reads an opportunity together with its account and line items.',
  synonyms: ['opportunity', 'won deal', 'line items', 'products', 'account', 'crm'],
  credentials: { account: salesforceAccount },
  record: { kind: 'Opportunity', id: 'params.id' },
  params: {
    id: param.text({ label: 'Opportunity id' }),
    fields: param.text({
      label: 'More fields of the deal',
      help: 'API names separated by commas, for example CurrencyIsoCode, Contract_Type__c.',
      optional: true,
    }),
    accountFields: param.text({
      label: 'More fields of the account',
      help: 'API names separated by commas, for example ERP_Id__c.',
      optional: true,
    }),
  },
  inputs: { in: anyPort('Input') },
  outputs: {
    found: port(opportunity, 'Deal'),
    missing: port(z.object({ id: z.string() }), 'No such deal'),
  },
  capabilities,
  traits: readTraits,
  sample: {
    found: {
      Id: '006xx0000000001AAA',
      Name: 'Acme ERP rollout',
      StageName: 'Closed Won',
      Amount: 120_000,
      CurrencyIsoCode: 'EUR',
      CloseDate: '2026-11-18',
      IsClosed: true,
      IsWon: true,
      OwnerId: '005xx0000000001AAA',
      AccountId: '001xx0000000001AAA',
      Account: { Id: '001xx0000000001AAA', Name: 'Acme', AccountNumber: 'A-100', BillingCountry: 'Germany' },
      lineItems: [
        {
          Id: '00kxx0000000001AAA',
          Quantity: 20,
          UnitPrice: 1_400,
          TotalPrice: 28_000,
          ServiceDate: '2026-12-01',
          Description: 'Discovery',
          Product2: { Name: 'Discovery', ProductCode: 'PS-DISC' },
        },
      ],
    },
    missing: { id: '006xx0000000009AAA' },
  },
  explain,
  async run(context) {
    const { params, emit } = context;
    const soql = opportunityQuery(params.id, params.fields ?? '', params.accountFields ?? '');
    const { records } = await query(context, soql, 1);
    const [found] = records;
    if (!found) return emit('missing', { id: params.id });
    const { OpportunityLineItems: lines, ...deal } = found;
    return emit('found', readAs(opportunity, { ...deal, lineItems: childRows(lines) }, 'The query answered'));
  },
});
