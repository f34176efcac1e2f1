import type { JsonObject } from '@waybill/node-sdk';
import { anyPort, defineNode, keepPriorParam, param, port } from '@waybill/node-sdk';
import { netsuiteAccount } from './account.ts';
import { capabilities, connector, given, naturalWrite, reference, upserted } from './client.ts';
import { explain } from './explain.ts';
import { undoWrite, upsert } from './take-back.ts';

/** Makes sure a customer exists, by external id. */
export const upsertCustomer = defineNode({
  ...connector,
  type: 'netsuite.upsert-customer',
  version: 1,
  title: 'Upsert a customer',
  description: 'Makes sure the customer with this external id exists and is up to date.',
  synonyms: ['client', 'account', 'debtor', 'create customer', 'bill to', 'erp'],
  credentials: { account: netsuiteAccount },
  params: {
    externalId: param.text({ label: 'External id', help: 'Letters, digits, _ and -; for example the CRM account id.' }),
    companyName: param.text({ label: 'Company name' }),
    subsidiaryId: param.text({ label: 'Subsidiary', help: 'Internal id of the legal entity that bills.' }),
    currencyId: param.text({ label: 'Currency', help: 'Internal id of the currency.', optional: true }),
    email: param.text({ label: 'E-mail', optional: true }),
    taxNumber: param.text({ label: 'VAT registration number', optional: true }),
    fields: param.mapping({ label: 'More fields', help: 'Names as in the REST records browser.', optional: true }),
    ...keepPriorParam,
  },
  inputs: { in: anyPort('Input') },
  outputs: { done: port(upserted, 'Customer') },
  capabilities,
  traits: naturalWrite,
  sample: { done: { type: 'customer', id: '107', externalId: '001xx0000000001AAA', before: { was: 'absent' } } },
  explain,
  async run(context) {
    const { params, emit } = context;
    return emit('done', await upsert(context, 'customer', params.externalId, customerFields(params)));
  },
  undo: (context) => undoWrite(context, customerFields(context.params)),
});

interface CustomerParams {
  readonly companyName: string;
  readonly subsidiaryId: string;
  readonly currencyId: string | undefined;
  readonly email: string | undefined;
  readonly taxNumber: string | undefined;
  readonly fields: JsonObject | undefined;
}

const customerFields = (params: CustomerParams): JsonObject =>
  given({
    ...params.fields,
    companyName: params.companyName,
    isPerson: false,
    subsidiary: reference(params.subsidiaryId),
    currency: reference(params.currencyId),
    email: params.email,
    vatRegNumber: params.taxNumber,
  });
