/** The demo firm as all simulated systems know it: legal entities, people, roles with rates, clients. */
export interface LegalEntity {
  /** Internal id of the subsidiary in the ERP. */
  readonly id: string;
  /** What sales and finance call it: the CRM's picklist value. */
  readonly code: string;
  readonly name: string;
  readonly country: string;
  readonly currency: Currency;
}

export type Currency = 'EUR' | 'USD' | 'GBP';

export interface Person {
  /** HR number: the key all systems share. */
  readonly number: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly title: string;
  readonly entityId: string;
}

export interface Client {
  readonly key: string;
  readonly name: string;
  readonly industry: string;
  readonly street: string;
  readonly city: string;
  readonly postalCode: string;
  readonly country: string;
  readonly taxId: string;
  readonly currency: Currency;
  readonly entityId: string;
  readonly contact: readonly [firstName: string, lastName: string, title: string];
  readonly domain: string;
}

export const legalEntities: readonly LegalEntity[] = [
  { id: '1', code: 'DE01', name: 'Waybill Demo GmbH', country: 'DE', currency: 'EUR' },
  { id: '2', code: 'UK01', name: 'Waybill Demo Ltd', country: 'GB', currency: 'GBP' },
  { id: '3', code: 'US01', name: 'Waybill Demo Inc', country: 'US', currency: 'USD' },
];

const mailDomain = 'waybill-demo.example';

const people: readonly (readonly [string, string, string, string, string])[] = [
  ['P-1001', 'Hanna', 'Vogt', 'Managing Director', '1'],
  ['P-1002', 'Jonas', 'Lindner', 'Engagement Manager', '1'],
  ['P-1003', 'Mira', 'Aydin', 'Senior Consultant', '1'],
  ['P-1004', 'Felix', 'Brandt', 'Solution Architect', '1'],
  ['P-1005', 'Lena', 'Hofmann', 'Consultant', '1'],
  ['P-1006', 'Tom', 'Ashworth', 'Engagement Manager', '2'],
  ['P-1007', 'Priya', 'Nair', 'Solution Architect', '2'],
  ['P-1008', 'Owen', 'Rees', 'Consultant', '2'],
  ['P-1009', 'Grace', 'Coleman', 'Engagement Manager', '3'],
  ['P-1010', 'Diego', 'Santos', 'Senior Consultant', '3'],
  ['P-1011', 'Emily', 'Park', 'Account Executive', '3'],
  ['P-1012', 'Karim', 'Haddad', 'Account Executive', '1'],
  ['P-1013', 'Sofia', 'Keller', 'Project Accountant', '1'],
  ['P-1014', 'Ben', 'Whitfield', 'Financial Controller', '2'],
];

export const staff: readonly Person[] = people.map(([number, firstName, lastName, title, entityId]) => ({
  number,
  firstName,
  lastName,
  title,
  entityId,
}));

export function mailOf(person: Person): string {
  return `${person.firstName}.${person.lastName}@${mailDomain}`.toLowerCase();
}

/** Hourly list prices for 2026, in the currency's major unit. */
export const roles: readonly {
  readonly name: string;
  readonly rates: Record<Currency, number>;
  readonly cost: Record<Currency, number>;
}[] = [
  { name: 'Managing Director', rates: { EUR: 310, GBP: 270, USD: 360 }, cost: { EUR: 148, GBP: 126, USD: 170 } },
  { name: 'Engagement Manager', rates: { EUR: 225, GBP: 195, USD: 265 }, cost: { EUR: 104, GBP: 90, USD: 122 } },
  { name: 'Solution Architect', rates: { EUR: 205, GBP: 178, USD: 240 }, cost: { EUR: 96, GBP: 83, USD: 112 } },
  { name: 'Senior Consultant', rates: { EUR: 175, GBP: 152, USD: 205 }, cost: { EUR: 79, GBP: 68, USD: 93 } },
  { name: 'Consultant', rates: { EUR: 145, GBP: 126, USD: 170 }, cost: { EUR: 61, GBP: 53, USD: 72 } },
];

/** Internal ids of the currencies in the ERP. */
export const erpCurrencyIds: Record<Currency, string> = { EUR: '1', USD: '2', GBP: '3' };

export interface RateCard {
  /** Id in the PSA. */
  readonly id: string;
  readonly name: string;
  readonly currency: Currency;
  /** Share of the list price. */
  readonly factor: number;
}

export const rateCards: readonly RateCard[] = [
  { id: '101', name: 'Standard 2026 EUR', currency: 'EUR', factor: 1 },
  { id: '102', name: 'Standard 2026 GBP', currency: 'GBP', factor: 1 },
  { id: '103', name: 'Standard 2026 USD', currency: 'USD', factor: 1 },
  { id: '104', name: 'Strategic 2026 EUR', currency: 'EUR', factor: 0.9 },
  { id: '105', name: 'Strategic 2026 USD', currency: 'USD', factor: 0.9 },
];

export const clients: readonly Client[] = [
  client(
    'C-2001',
    'Altmark Maschinenbau AG',
    'Machinery',
    'Industriestr. 14',
    'Magdeburg',
    '39104',
    'DE',
    'DE811204377',
    'EUR',
    '1',
    ['Ulrich', 'Behrens', 'CIO'],
    'altmark.example',
  ),
  client(
    'C-2002',
    'Nordlicht Energie GmbH',
    'Energy',
    'Am Sandtorkai 50',
    'Hamburg',
    '20457',
    'DE',
    'DE278113094',
    'EUR',
    '1',
    ['Annika', 'Petersen', 'Head of Finance'],
    'nordlicht.example',
  ),
  client(
    'C-2003',
    'Maison Verlaine SA',
    'Retail',
    '18 rue de la Paix',
    'Paris',
    '75002',
    'FR',
    'FR40303265045',
    'EUR',
    '1',
    ['Camille', 'Roche', 'Directrice des operations'],
    'verlaine.example',
  ),
  client(
    'C-2004',
    'Kestrel Insurance plc',
    'Insurance',
    '30 Fenchurch Street',
    'London',
    'EC3M 3BD',
    'GB',
    'GB365192488',
    'GBP',
    '2',
    ['Oliver', 'Grant', 'Transformation Director'],
    'kestrel.example',
  ),
  client(
    'C-2005',
    'Brightwater Utilities Ltd',
    'Utilities',
    '4 Victoria Square',
    'Birmingham',
    'B1 1BD',
    'GB',
    'GB123904512',
    'GBP',
    '2',
    ['Helen', 'Marsh', 'Programme Lead'],
    'brightwater.example',
  ),
  client(
    'C-2006',
    'Harbour & Finch Logistics Ltd',
    'Logistics',
    '1 Dock Road',
    'Felixstowe',
    'IP11 3SY',
    'GB',
    'GB998201763',
    'GBP',
    '2',
    ['Samir', 'Patel', 'IT Director'],
    'harbourfinch.example',
  ),
  client(
    'C-2007',
    'Redwood Biologics Inc',
    'Life Sciences',
    '500 Technology Square',
    'Cambridge',
    '02139',
    'US',
    '04-3521987',
    'USD',
    '3',
    ['Nora', 'Feldman', 'VP Data'],
    'redwoodbio.example',
  ),
  client(
    'C-2008',
    'Summit Ridge Credit Union',
    'Banking',
    '1200 17th Street',
    'Denver',
    '80202',
    'US',
    '84-0412233',
    'USD',
    '3',
    ['Marcus', 'Hale', 'COO'],
    'summitridge.example',
  ),
  client(
    'C-2009',
    'Calloway Foods Corp',
    'Food',
    '233 S Wacker Drive',
    'Chicago',
    '60606',
    'US',
    '36-2883410',
    'USD',
    '3',
    ['Tessa', 'Morgan', 'SVP Supply Chain'],
    'calloway.example',
  ),
  client(
    'C-2010',
    'Alpina Medtech AG',
    'Medical Devices',
    'Bahnhofstrasse 21',
    'Zug',
    '6300',
    'CH',
    'CHE-114.882.301',
    'EUR',
    '1',
    ['Reto', 'Ammann', 'CFO'],
    'alpina-medtech.example',
  ),
  client(
    'C-2011',
    'Oresund Shipping A/S',
    'Shipping',
    'Havnegade 39',
    'Copenhagen',
    '1058',
    'DK',
    'DK29403473',
    'EUR',
    '1',
    ['Freja', 'Holm', 'Group Controller'],
    'oresund.example',
  ),
  client(
    'C-2012',
    'Pioneer Valley Health',
    'Healthcare',
    '759 Chestnut Street',
    'Springfield',
    '01199',
    'US',
    '04-2790311',
    'USD',
    '3',
    ['Joel', 'Kaplan', 'CIO'],
    'pvhealth.example',
  ),
];

function client(
  key: string,
  name: string,
  industry: string,
  street: string,
  city: string,
  postalCode: string,
  country: string,
  taxId: string,
  currency: Currency,
  entityId: string,
  contact: Client['contact'],
  domain: string,
): Client {
  return { key, name, industry, street, city, postalCode, country, taxId, currency, entityId, contact, domain };
}
