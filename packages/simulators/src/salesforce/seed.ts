/** The org as the demo finds it: clients, contacts, products, price books and 24 deals in several stages. */
import { clients, legalEntities, mailOf, staff } from '../demo-firm/demo-firm.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { RecordStore } from '../kernel/record-store.ts';
import { ChangeFeed } from './change-feed.ts';
import { createRecord, type Org, objectNamed } from './records.ts';
import { currencyCodes } from './schema.ts';
import { type Deal, deals, products } from './seed-deals.ts';

/** Price factors from the list price in euros, rounded to ten. */
const priceFactors = { EUR: 1, USD: 1.15, GBP: 0.86 } as const;

export function seedSalesforce(store: RecordStore) {
  const changes = new ChangeFeed(store);
  changes.enabled = false;
  const org: Org = { store, changes };
  const add = (object: string, body: JsonObject, more: JsonObject = {}) =>
    createRecord(org, objectNamed(object), body, null, more);

  const users = new Map<string, string>();
  add('User', {
    FirstName: 'Integration',
    LastName: 'User',
    Username: 'integration@waybill-demo.example',
    Email: 'integration@waybill-demo.example',
  });
  for (const person of staff) {
    users.set(
      person.number,
      add('User', {
        FirstName: person.firstName,
        LastName: person.lastName,
        Username: mailOf(person),
        Email: mailOf(person),
        EmployeeNumber: person.number,
        Title: person.title,
        CompanyName: legalEntities.find(({ id }) => id === person.entityId)?.name ?? '',
      }),
    );
  }

  const accounts = new Map<string, string>();
  for (const client of clients) {
    const entity = legalEntities.find(({ id }) => id === client.entityId)?.code ?? null;
    const accountId = add('Account', {
      Name: client.name,
      AccountNumber: client.key,
      Type: 'Customer',
      Industry: client.industry,
      Website: `https://www.${client.domain}`,
      BillingStreet: client.street,
      BillingCity: client.city,
      BillingPostalCode: client.postalCode,
      BillingCountry: client.country,
      CurrencyIsoCode: client.currency,
      ERP_Id__c: client.key,
      Legal_Entity__c: entity,
      Tax_Id__c: client.taxId,
      OwnerId: users.get('P-1012') ?? null,
    });
    accounts.set(client.key, accountId);
    const [FirstName, LastName, Title] = client.contact;
    add('Contact', {
      FirstName,
      LastName,
      Title,
      AccountId: accountId,
      Email: `${FirstName}.${LastName}@${client.domain}`.toLowerCase(),
    });
  }

  const standard = add('Pricebook2', { Name: 'Standard Price Book', IsActive: true }, { IsStandard: true });
  const strategic = add('Pricebook2', {
    Name: 'Strategic Clients 2026',
    IsActive: true,
    Description: 'Ten percent below list',
  });
  const entries = new Map<string, string>();
  const productIds = new Map<string, string>();
  for (const product of products) {
    const productId = add('Product2', {
      Name: product.name,
      ProductCode: product.code,
      Family: product.family,
      QuantityUnitOfMeasure: product.unit,
    });
    productIds.set(product.code, productId);
    for (const CurrencyIsoCode of currencyCodes) {
      const UnitPrice = Math.round((product.priceEur * priceFactors[CurrencyIsoCode]) / 5) * 5;
      entries.set(
        `${product.code} ${CurrencyIsoCode}`,
        add('PricebookEntry', { Pricebook2Id: standard, Product2Id: productId, UnitPrice, CurrencyIsoCode }),
      );
      add('PricebookEntry', {
        Pricebook2Id: strategic,
        Product2Id: productId,
        UnitPrice: Math.round(UnitPrice * 0.9),
        CurrencyIsoCode,
      });
    }
  }
  for (const deal of deals) addDeal(add, deal, accounts.get(deal.client) ?? '', users, standard, entries);
}

function addDeal(
  add: (object: string, body: JsonObject) => string,
  deal: Deal,
  accountId: string,
  users: ReadonlyMap<string, string>,
  pricebook: string,
  entries: ReadonlyMap<string, string>,
) {
  const client = clients.find(({ key }) => key === deal.client)!;
  const entity = legalEntities.find(({ id }) => id === client.entityId)?.code ?? null;
  const lacks = (what: string) => deal.lacks?.includes(what) === true;
  const opportunityId = add('Opportunity', {
    Name: deal.name,
    AccountId: accountId,
    StageName: deal.stage,
    CloseDate: deal.closeDate,
    Pricebook2Id: pricebook,
    Contract_Type__c: deal.contractType,
    // Delivery gives a project its code, so only won deals have one.
    Project_Code__c: deal.stage === 'Closed Won' ? deal.code : null,
    Delivery_Channel__c: deal.channel,
    Start_Date__c: deal.start,
    End_Date__c: deal.end,
    Type: 'New Business',
    Legal_Entity__c: lacks('legal entity') ? null : entity,
    CurrencyIsoCode: lacks('currency') ? null : client.currency,
    Rate_Card__c: lacks('rate card') ? null : `Standard 2026 ${client.currency}`,
    NextStep: deal.nextStep,
    OwnerId: users.get(client.entityId === '3' ? 'P-1011' : 'P-1012') ?? null,
  });
  deal.lines.forEach(([code, Quantity, ServiceDate, Description], index) => {
    add('OpportunityLineItem', {
      OpportunityId: opportunityId,
      PricebookEntryId: entries.get(`${code} ${client.currency}`) ?? null,
      Quantity,
      ServiceDate,
      Description,
      SortOrder: index + 1,
    });
  });
}
