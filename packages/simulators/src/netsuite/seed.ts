/** The account as the demo finds it: entities, books, people, items and a first few customers. */

import { recordId } from '../demo-firm/crm-ids.ts';
import { clients, erpCurrencyIds, legalEntities, mailOf, staff } from '../demo-firm/demo-firm.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { RecordStore } from '../kernel/record-store.ts';
import { recordType } from './record-types.ts';
import { createRecord } from './records.ts';

const currencies = [
  ['Euro', 'EUR', 1],
  ['US Dollar', 'USD', 0.92],
  ['British Pound', 'GBP', 1.17],
] as const;

const accounts = [
  ['101', '1100', 'Trade receivables', 'AcctRec'],
  ['102', '1200', 'Bank', 'Bank'],
  ['103', '1300', 'Unbilled receivables', 'OthCurrAsset'],
  ['104', '2300', 'Deferred revenue', 'DeferRevenue'],
  ['105', '4000', 'Consulting revenue', 'Income'],
  ['106', '4100', 'Managed services revenue', 'Income'],
  ['107', '5000', 'Cost of consultants', 'COGS'],
  ['108', '6100', 'Travel', 'Expense'],
] as const;

const items = [
  ['301', 'SVC-CONSULT', 'Consulting services (hours)', '105'],
  ['302', 'SVC-FIXED', 'Fixed-fee delivery', '105'],
  ['303', 'SVC-RETAINER', 'Managed services retainer', '106'],
  ['304', 'SVC-MILESTONE', 'Project milestone', '105'],
  ['305', 'SVC-TRAINING', 'Training day', '105'],
] as const;

/** How many clients are already customers here; the rest arrive with their first won deal. */
const knownCustomers = 4;

export function seedNetsuite(store: RecordStore) {
  const add = (typeName: string, id: string, body: JsonObject) => {
    const type = recordType(typeName);
    if (type) createRecord(store, type, body, null, id);
  };
  for (const [name, symbol, exchangeRate] of currencies)
    add('currency', erpCurrencyIds[symbol], { name, symbol, exchangeRate, isBaseCurrency: symbol === 'EUR' });
  for (const { id, name, country, currency } of legalEntities) {
    add('subsidiary', id, {
      name,
      legalName: name,
      country,
      currency: { id: erpCurrencyIds[currency] },
      ...(id === '1' ? {} : { parent: { id: '1' } }),
    });
  }
  for (const [id, acctNumber, acctName, acctType] of accounts) add('account', id, { acctNumber, acctName, acctType });
  for (const [id, itemId, displayName, account] of items)
    add('serviceSaleItem', id, { itemId, displayName, incomeAccount: { id: account } });
  for (const [id, name] of [
    ['1', 'Delivery'],
    ['2', 'Sales'],
    ['3', 'Finance'],
  ] as const)
    add('department', id, { name });
  for (const [id, name] of [
    ['1', 'Consulting'],
    ['2', 'Managed services'],
  ] as const)
    add('classification', id, { name });
  staff.forEach((person, index) => {
    add('employee', String(501 + index), {
      externalId: person.number,
      firstName: person.firstName,
      lastName: person.lastName,
      title: person.title,
      email: mailOf(person),
      subsidiary: { id: person.entityId },
      department: { id: '1' },
    });
  });
  clients.slice(0, knownCustomers).forEach((client, index) => {
    add('customer', String(701 + index), {
      // Linked to the CRM by the id of its account there.
      externalId: `crm-${recordId('001', index + 1)}`,
      companyName: client.name,
      subsidiary: { id: client.entityId },
      currency: { id: erpCurrencyIds[client.currency] },
      vatRegNumber: client.taxId,
      email: `accounts@${client.domain}`,
    });
  });
}
