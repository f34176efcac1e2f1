import { expect, it } from 'vitest';
import type { OwnershipRule } from './ownership.ts';
import { checkWrite, fieldsOf } from './ownership.ts';

const rules: OwnershipRule[] = [
  { entity: 'customer', ownerRole: 'crm' },
  { entity: 'customer', field: 'billingAddress', ownerRole: 'erp', onViolation: 'raise' },
  { entity: 'customer', field: 'billingAddress.country', ownerRole: 'tax' },
  { entity: 'invoice', ownerRole: 'erp' },
];

it('lets the owner write, and anyone what nobody owns', () => {
  expect(checkWrite(rules, 'customer', ['name', 'status'], 'crm')).toEqual({ allowed: true });
  expect(checkWrite(rules, 'project', ['name'], 'psa')).toEqual({ allowed: true });
});

it('names every field that belongs to another role, and what follows', () => {
  expect(checkWrite(rules, 'customer', ['name', 'billingAddress.city'], 'psa')).toEqual({
    allowed: false,
    violations: [
      { entity: 'customer', field: 'name', ownerRole: 'crm', onViolation: 'refuse' },
      { entity: 'customer', field: 'billingAddress.city', ownerRole: 'erp', onViolation: 'raise' },
    ],
  });
});

it('lets the most specific rule decide', () => {
  expect(checkWrite(rules, 'customer', ['billingAddress.country'], 'tax')).toEqual({ allowed: true });
  expect(checkWrite(rules, 'customer', ['billingAddress.country'], 'erp')).toMatchObject({ allowed: false });
  expect(checkWrite(rules, 'customer', ['billingAddressNote'], 'crm')).toEqual({ allowed: true });
});

it('lists the leaves of a record as the fields it would write', () => {
  expect(
    fieldsOf({ name: 'A', billingAddress: { city: 'B', country: null }, tags: [1], none: undefined, empty: {} }),
  ).toEqual(['name', 'billingAddress.city', 'billingAddress.country', 'tags', 'empty']);
});
