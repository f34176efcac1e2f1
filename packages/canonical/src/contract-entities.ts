/** What was agreed: contracts, their lines, and prices. */
import * as z from 'zod';
import {
  codeSchema,
  common,
  currencySchema,
  dateSchema,
  decimalSchema,
  endsAfterStart,
  idSchema,
  moneySchema,
  nameSchema,
} from './entity-parts.ts';

export const contractV1 = z
  .strictObject({
    ...common,
    number: codeSchema,
    customerId: idSchema,
    legalEntityId: idSchema,
    title: nameSchema.optional(),
    currency: currencySchema,
    startDate: dateSchema,
    endDate: dateSchema.optional(),
    signedDate: dateSchema.optional(),
    total: moneySchema.optional(),
    paymentTermsDays: z.int().min(0).max(365).optional(),
    purchaseOrder: z.string().optional(),
    /** The contract a change order amends. */
    amendsId: idSchema.optional(),
    status: z.enum(['draft', 'signed', 'active', 'completed', 'terminated']),
  })
  .refine(endsAfterStart, { path: ['endDate'], message: 'the end is before the start' });

export const contractLineV1 = z.strictObject({
  ...common,
  contractId: idSchema,
  lineNumber: z.int().min(1),
  description: nameSchema,
  billingModel: z.enum(['timeAndMaterials', 'fixedFee', 'retainer', 'milestone', 'expense', 'subscription']),
  projectId: idSchema.optional(),
  quantity: decimalSchema.optional(),
  unitPrice: moneySchema.optional(),
  amount: moneySchema.optional(),
  /** Most that may be billed on this line. */
  cap: moneySchema.optional(),
  rateCardId: idSchema.optional(),
  frequency: z.enum(['once', 'weekly', 'monthly', 'quarterly', 'yearly']).optional(),
  revenueRule: z.enum(['asBilled', 'straightLine', 'percentComplete', 'onMilestone']).optional(),
});

export const rateCardV1 = z.strictObject({
  ...common,
  name: nameSchema,
  currency: currencySchema,
  customerId: idSchema.optional(),
  /** Prices of roles; each row is valid from its first day until before its last. */
  rates: z.array(
    z.strictObject({
      role: codeSchema,
      unit: z.enum(['hour', 'day']),
      rate: moneySchema,
      cost: moneySchema.optional(),
      validFrom: dateSchema.nullable(),
      validTo: dateSchema.nullable(),
    }),
  ),
});
