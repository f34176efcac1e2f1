import { expect, expectTypeOf, it } from 'vitest';
import * as z from 'zod';
import type { Entity } from './entities.ts';
import { entityNames, entitySchema, entityVersions, findEntitySchema } from './entities.ts';
import { sensitiveFields } from './sensitive-fields.ts';

const eur = (amount: string) => ({ amount, currency: 'EUR' });

const invoice = {
  id: 'INV-1',
  kind: 'invoice',
  customerId: 'C-1',
  legalEntityId: 'DE01',
  invoiceDate: '2026-03-31',
  currency: 'EUR',
  lines: [
    { lineNumber: 1, description: 'Consulting', quantity: '10', unitPrice: eur('120.00'), amount: eur('1200.00') },
    { lineNumber: 2, description: 'Travel', quantity: '1', unitPrice: eur('99.90'), amount: eur('99.90') },
  ],
  net: eur('1299.90'),
  tax: eur('246.98'),
  total: eur('1546.88'),
  status: 'draft',
};

const entry = {
  id: 'J-1',
  legalEntityId: 'DE01',
  postingDate: '2026-03-31',
  period: '2026-03',
  currency: 'EUR',
  lines: [
    { account: '1200', debit: eur('100.00') },
    { account: '4000', credit: eur('60') },
    { account: '4100', credit: eur('40.0') },
  ],
  status: 'draft',
};

const messages = (schema: z.ZodType, value: unknown) =>
  schema.safeParse(value).error?.issues.map((issue) => issue.message) ?? [];

it('knows the twenty entities of a services firm, each with a first version', () => {
  expect(entityNames).toHaveLength(20);
  for (const name of entityNames) expect(entityVersions(name), name).toContain(1);
});

it('describes every entity as JSON Schema, so that ports can carry it', () => {
  for (const name of entityNames) {
    const schema = findEntitySchema(name, 1);
    expect(schema && z.toJSONSchema(schema, { io: 'input' }), name).toMatchObject({
      type: 'object',
      required: expect.arrayContaining(['id']),
    });
  }
});

it('finds nothing for names and versions that do not exist', () => {
  expect(findEntitySchema('spaceship', 1)).toBeNull();
  expect(findEntitySchema('invoice', 99)).toBeNull();
  expect(findEntitySchema('constructor', 1)).toBeNull();
});

it('gives each entity a type', () => {
  expectTypeOf<Entity<'project', 1>['status']>().toEqualTypeOf<
    'planned' | 'active' | 'onHold' | 'completed' | 'closed' | 'cancelled'
  >();
  expectTypeOf<Entity<'timeEntry', 1>['hours']>().toEqualTypeOf<string>();
});

it('takes an invoice whose lines add up', () => {
  expect(messages(entitySchema('invoice', 1), invoice)).toEqual([]);
});

it('refuses an invoice that does not add up, or mixes currencies', () => {
  expect(messages(entitySchema('invoice', 1), { ...invoice, net: eur('1300.00'), total: eur('1546.98') })).toEqual([
    'the lines add up to 1299.90',
  ]);
  expect(messages(entitySchema('invoice', 1), { ...invoice, total: eur('1') })).toEqual([
    'net and tax do not add up to it',
  ]);
  expect(messages(entitySchema('invoice', 1), { ...invoice, tax: { amount: '1', currency: 'USD' } })).toEqual([
    'every amount must be in the currency of the invoice',
  ]);
});

it('takes a journal entry only if it balances, line by line on one side', () => {
  const schema = entitySchema('journalEntry', 1);
  expect(messages(schema, entry)).toEqual([]);
  expect(messages(schema, { ...entry, lines: entry.lines.slice(0, 2) })).toEqual([
    'debits of 100.00 and credits of 60 do not balance',
  ]);
  const both = [
    { account: '1', debit: eur('1'), credit: eur('1') },
    { account: '2', debit: eur('-1') },
  ];
  expect(messages(schema, { ...entry, lines: both })).toEqual(
    expect.arrayContaining(['give either a debit or a credit', 'swap debit and credit instead of a negative amount']),
  );
});

it('refuses numbers as money, days that do not exist and periods that end before they start', () => {
  const project = {
    id: 'P',
    code: 'P',
    name: 'P',
    legalEntityId: 'DE01',
    billingModel: 'fixedFee',
    currency: 'EUR',
    status: 'active',
  };
  const schema = entitySchema('project', 1);
  expect(schema.safeParse(project).success).toBe(true);
  expect(schema.safeParse({ ...project, budget: { amount: 100, currency: 'EUR' } }).success).toBe(false);
  expect(schema.safeParse({ ...project, startDate: '2026-02-30' }).success).toBe(false);
  expect(messages(schema, { ...project, startDate: '2026-03-01', endDate: '2026-02-01' })).toEqual([
    'the end is before the start',
  ]);
});

it('names as sensitive only fields that its entities have', () => {
  for (const [entity, fields] of Object.entries(sensitiveFields)) {
    const schema = z.toJSONSchema(findEntitySchema(entity, 1) as z.ZodType, { unrepresentable: 'any' });
    for (const field of fields) expect(Object.keys(schema.properties ?? {})).toContain(field);
  }
});
