/** The objects of the simulated org with their declared fields: what describe shows and what writes are checked against. */
import { legalEntities, rateCards } from '../demo-firm/demo-firm.ts';

export type FieldType =
  | 'string'
  | 'textarea'
  | 'email'
  | 'phone'
  | 'url'
  | 'picklist'
  | 'currency'
  | 'double'
  | 'int'
  | 'percent'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'reference';

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly length: number;
  readonly required: boolean;
  /** Computed by the org; a write to it is refused. */
  readonly readOnly: boolean;
  readonly externalId: boolean;
  readonly values: readonly string[];
  readonly referenceTo: string | null;
}

export interface SObject {
  readonly name: string;
  readonly label: string;
  /** First three characters of the ids. */
  readonly prefix: string;
  readonly fields: ReadonlyMap<string, Field>;
  /** Child relationships: name in subqueries to the child object and its reference field. */
  readonly children: Record<string, { readonly object: string; readonly field: string }>;
  readonly defaults: Record<string, string | number | boolean>;
}

export const stages: readonly {
  readonly name: string;
  readonly probability: number;
  readonly closed: boolean;
  readonly won: boolean;
}[] = [
  { name: 'Prospecting', probability: 10, closed: false, won: false },
  { name: 'Qualification', probability: 20, closed: false, won: false },
  { name: 'Proposal/Price Quote', probability: 60, closed: false, won: false },
  { name: 'Negotiation/Review', probability: 85, closed: false, won: false },
  { name: 'Closed Won', probability: 100, closed: true, won: true },
  { name: 'Closed Lost', probability: 0, closed: true, won: false },
];

export const contractTypes = ['Fixed fee', 'Time and materials', 'Retainer', 'Milestone'] as const;
export const currencyCodes = ['EUR', 'USD', 'GBP'] as const;
export const entityCodes = legalEntities.map((entity) => entity.code);
export const rateCardNames = rateCards.map((card) => card.name);

type Part = Omit<Field, 'name'>;
const base: Part = {
  type: 'string',
  length: 0,
  required: false,
  readOnly: false,
  externalId: false,
  values: [],
  referenceTo: null,
};
const text = (length = 255): Part => ({ ...base, length });
const number = (type: FieldType = 'double'): Part => ({ ...base, type });
const flag: Part = { ...base, type: 'boolean' };
const date: Part = { ...base, type: 'date' };
const pick = (...values: string[]): Part => ({ ...base, type: 'picklist', length: 255, values });
const ref = (referenceTo: string): Part => ({ ...base, type: 'reference', length: 18, referenceTo });
const must = (part: Part): Part => ({ ...part, required: true });
const computed = (part: Part): Part => ({ ...part, readOnly: true });
const key = (part: Part): Part => ({ ...part, externalId: true });
const currencyCode = pick(...currencyCodes);
const owner = { OwnerId: ref('User') };

function sobject(
  name: string,
  prefix: string,
  parts: Record<string, Part>,
  more: Partial<Pick<SObject, 'children' | 'defaults'>> = {},
): SObject {
  const fields = new Map(Object.entries(parts).map(([field, part]) => [field, { name: field, ...part }]));
  const label = name.replace(/2$/, '').replace(/([a-z])([A-Z])/g, '$1 $2');
  return { name, label, prefix, fields, children: {}, defaults: {}, ...more };
}

const address = Object.fromEntries(
  ['Street', 'City', 'State', 'PostalCode', 'Country'].map((part) => [`Billing${part}`, text()]),
);

const objects: readonly SObject[] = [
  sobject(
    'Account',
    '001',
    {
      Name: must(text()),
      AccountNumber: text(40),
      Type: pick('Customer', 'Prospect', 'Partner'),
      Industry: text(40),
      Phone: { ...base, type: 'phone', length: 40 },
      Website: { ...base, type: 'url', length: 255 },
      Description: { ...base, type: 'textarea', length: 32_000 },
      ...address,
      AnnualRevenue: number('currency'),
      NumberOfEmployees: number('int'),
      ParentId: ref('Account'),
      CurrencyIsoCode: currencyCode,
      ERP_Id__c: key(text(64)),
      Legal_Entity__c: pick(...entityCodes),
      Tax_Id__c: text(40),
      PSA_Client_Id__c: text(64),
      ...owner,
    },
    {
      children: {
        Contacts: { object: 'Contact', field: 'AccountId' },
        Opportunities: { object: 'Opportunity', field: 'AccountId' },
        Contracts: { object: 'Contract', field: 'AccountId' },
      },
    },
  ),
  sobject('Contact', '003', {
    FirstName: text(40),
    LastName: must(text(80)),
    Name: computed(text(121)),
    AccountId: ref('Account'),
    Email: { ...base, type: 'email', length: 80 },
    Phone: { ...base, type: 'phone', length: 40 },
    Title: text(128),
    External_Id__c: key(text(64)),
    ...owner,
  }),
  sobject(
    'Opportunity',
    '006',
    {
      Name: must(text(120)),
      AccountId: ref('Account'),
      StageName: must(pick(...stages.map((stage) => stage.name))),
      Amount: number('currency'),
      CloseDate: must(date),
      Probability: number('percent'),
      IsClosed: computed(flag),
      IsWon: computed(flag),
      HasOpportunityLineItem: computed(flag),
      ForecastCategoryName: computed(text(40)),
      Pricebook2Id: ref('Pricebook2'),
      ContractId: ref('Contract'),
      Type: pick('New Business', 'Existing Business'),
      LeadSource: text(40),
      NextStep: text(),
      Description: { ...base, type: 'textarea', length: 32_000 },
      CurrencyIsoCode: currencyCode,
      Contract_Type__c: pick(...contractTypes),
      Legal_Entity__c: pick(...entityCodes),
      Rate_Card__c: text(80),
      Project_Code__c: key(text(20)),
      Delivery_Channel__c: pick('Onsite', 'Remote', 'Hybrid'),
      Start_Date__c: date,
      End_Date__c: date,
      PSA_Project_Id__c: text(64),
      ERP_Project_Id__c: text(64),
      Integration_Status__c: text(80),
      External_Id__c: key(text(64)),
      ...owner,
    },
    {
      children: {
        OpportunityLineItems: { object: 'OpportunityLineItem', field: 'OpportunityId' },
        Quotes: { object: 'Quote', field: 'OpportunityId' },
      },
    },
  ),
  sobject('OpportunityLineItem', '00k', {
    OpportunityId: must(ref('Opportunity')),
    PricebookEntryId: ref('PricebookEntry'),
    Product2Id: ref('Product2'),
    Name: computed(text(376)),
    ProductCode: computed(text()),
    Quantity: must(number()),
    UnitPrice: number('currency'),
    TotalPrice: computed(number('currency')),
    ListPrice: computed(number('currency')),
    ServiceDate: date,
    Description: text(),
    SortOrder: number('int'),
    CurrencyIsoCode: computed(currencyCode),
    Role__c: text(80),
    External_Id__c: key(text(64)),
  }),
  sobject(
    'Product2',
    '01t',
    {
      Name: must(text()),
      ProductCode: text(),
      Family: text(40),
      Description: text(4000),
      IsActive: flag,
      QuantityUnitOfMeasure: text(40),
      External_Id__c: key(text(64)),
    },
    { defaults: { IsActive: true } },
  ),
  sobject(
    'Pricebook2',
    '01s',
    { Name: must(text()), IsActive: flag, IsStandard: computed(flag), Description: text() },
    { defaults: { IsActive: true } },
  ),
  sobject(
    'PricebookEntry',
    '01u',
    {
      Pricebook2Id: must(ref('Pricebook2')),
      Product2Id: must(ref('Product2')),
      UnitPrice: must(number('currency')),
      CurrencyIsoCode: currencyCode,
      IsActive: flag,
      UseStandardPrice: flag,
      Name: computed(text()),
    },
    { defaults: { IsActive: true } },
  ),
  sobject(
    'User',
    '005',
    {
      FirstName: text(40),
      LastName: must(text(80)),
      Name: computed(text(121)),
      Username: must(text(80)),
      Email: must({ ...base, type: 'email', length: 128 }),
      IsActive: flag,
      FederationIdentifier: text(512),
      EmployeeNumber: text(20),
      Title: text(80),
      CompanyName: text(80),
    },
    { defaults: { IsActive: true } },
  ),
  sobject(
    'Contract',
    '800',
    {
      AccountId: must(ref('Account')),
      StartDate: date,
      EndDate: date,
      ContractTerm: number('int'),
      Status: pick('Draft', 'In Approval Process', 'Activated'),
      ContractNumber: computed(text(30)),
      Description: text(4000),
      CurrencyIsoCode: currencyCode,
      External_Id__c: key(text(64)),
      ...owner,
    },
    { defaults: { Status: 'Draft' } },
  ),
  sobject(
    'Quote',
    '0Q0',
    {
      Name: must(text()),
      OpportunityId: must(ref('Opportunity')),
      Status: pick('Draft', 'Needs Review', 'Approved', 'Presented', 'Accepted', 'Denied'),
      ExpirationDate: date,
      QuoteNumber: computed(text(30)),
      GrandTotal: number('currency'),
      CurrencyIsoCode: currencyCode,
      External_Id__c: key(text(64)),
    },
    { defaults: { Status: 'Draft' } },
  ),
  sobject(
    'Order',
    '801',
    {
      AccountId: must(ref('Account')),
      EffectiveDate: must(date),
      EndDate: date,
      Status: must(pick('Draft', 'Activated')),
      ContractId: ref('Contract'),
      OpportunityId: ref('Opportunity'),
      Pricebook2Id: ref('Pricebook2'),
      OrderNumber: computed(text(30)),
      TotalAmount: number('currency'),
      CurrencyIsoCode: currencyCode,
      External_Id__c: key(text(64)),
      ...owner,
    },
    { children: { OrderItems: { object: 'OrderItem', field: 'OrderId' } } },
  ),
  sobject('OrderItem', '802', {
    OrderId: must(ref('Order')),
    PricebookEntryId: ref('PricebookEntry'),
    Product2Id: ref('Product2'),
    Quantity: must(number()),
    UnitPrice: must(number('currency')),
    ServiceDate: date,
    Description: text(),
    TotalPrice: computed(number('currency')),
  }),
];

const byName = new Map(objects.map((object) => [object.name.toLowerCase(), object]));

/** Object names compare without case. */
export function sobjectNamed(name: string): SObject | undefined {
  return byName.get(name.toLowerCase());
}

export function allSObjects(): readonly SObject[] {
  return objects;
}

/** Fields every object has; the org writes them. */
export const systemFields = [
  'Id',
  'IsDeleted',
  'CreatedDate',
  'CreatedById',
  'LastModifiedDate',
  'LastModifiedById',
  'SystemModstamp',
] as const;

/** The declared field under a name written in any case. */
export function fieldNamed(object: SObject, name: string): Field | undefined {
  const exact = object.fields.get(name);
  if (exact) return exact;
  const lower = name.toLowerCase();
  return [...object.fields.values()].find((field) => field.name.toLowerCase() === lower);
}

/** `AccountId` is reached as `Account`, `Thing__c` as `Thing__r`. */
export function relationshipName(field: Field): string | null {
  if (field.type !== 'reference') return null;
  return field.name.endsWith('__c') ? field.name.replace(/__c$/, '__r') : field.name.replace(/Id$/, '');
}
