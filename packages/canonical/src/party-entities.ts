/** Who and where: customers, people and the parts of the firm. */
import * as z from 'zod';
import {
  addressSchema,
  codeSchema,
  common,
  currencySchema,
  dateSchema,
  endsAfterStart,
  idSchema,
  nameSchema,
} from './entity-parts.ts';

export const customerV1 = z.strictObject({
  ...common,
  name: nameSchema,
  legalName: nameSchema.optional(),
  taxId: z.string().optional(),
  currency: currencySchema,
  billingAddress: addressSchema.optional(),
  billingEmail: z.email().optional(),
  paymentTermsDays: z.int().min(0).max(365).optional(),
  legalEntityId: idSchema.optional(),
  parentId: idSchema.optional(),
  status: z.enum(['prospect', 'active', 'onHold', 'inactive']),
});

export const contactV1 = z.strictObject({
  ...common,
  customerId: idSchema,
  name: nameSchema,
  email: z.email().optional(),
  phone: z.string().optional(),
  role: z.enum(['billing', 'project', 'decisionMaker', 'other']).optional(),
});

export const employeeV1 = z
  .strictObject({
    ...common,
    name: nameSchema,
    email: z.email(),
    kind: z.enum(['employee', 'contractor']),
    startDate: dateSchema,
    /** Last day of work; absent while employed. */
    endDate: dateSchema.optional(),
    managerId: idSchema.optional(),
    costCentreId: idSchema,
    legalEntityId: idSchema,
    /** Job or grade by which rate cards price work. */
    jobCode: codeSchema,
    weeklyHours: z.number().min(0).max(168),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .optional(),
    status: z.enum(['planned', 'active', 'leave', 'terminated']),
  })
  .refine(endsAfterStart, { path: ['endDate'], message: 'the end is before the start' });

export const costCentreV1 = z.strictObject({
  ...common,
  code: codeSchema,
  name: nameSchema,
  legalEntityId: idSchema,
  parentId: idSchema.optional(),
  ownerId: idSchema.optional(),
  active: z.boolean(),
});

export const legalEntityV1 = z.strictObject({
  ...common,
  code: codeSchema,
  name: nameSchema,
  /** ISO 3166-1 alpha-2. */
  country: z.string().regex(/^[A-Z]{2}$/),
  currency: currencySchema,
  taxId: z.string().optional(),
  /** First month of the fiscal year, 1 to 12. */
  fiscalYearStartMonth: z.int().min(1).max(12),
  active: z.boolean(),
});
