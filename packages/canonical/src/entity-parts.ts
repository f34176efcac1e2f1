import * as z from 'zod';
import { currencySchema, decimalSchema, moneySchema } from './money.ts';

/** The id of a record in the system that owns it. */
export const idSchema = z.string().min(1).max(200);
/** `2026-03-31`, without a time zone: the day on the books. */
export const dateSchema = z.iso.date();
/** With an offset, `2026-03-31T17:00:00Z`. */
export const momentSchema = z.iso.datetime({ offset: true });
/** An accounting month, `2026-03`. */
export const monthSchema = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'a month such as 2026-03');
export const nameSchema = z.string().min(1).max(500);
export const codeSchema = z.string().min(1).max(100);
/** Whole part and fraction of hours as exact text, such as `7.25`. */
export const hoursSchema = decimalSchema;
/** 0 to 100, as exact text. */
export const percentSchema = decimalSchema.refine(
  (text) => Number(text) >= 0 && Number(text) <= 100,
  'between 0 and 100',
);
export { currencySchema, decimalSchema, moneySchema };

/** What every entity carries besides its own fields. */
export const common = {
  id: idSchema,
  /** Ids of the same record elsewhere, by role (`crm`, `psa`, `erp`); the crosswalk is the authority. */
  externalIds: z.record(z.string(), idSchema).optional(),
  updatedAt: momentSchema.optional(),
};

export const addressSchema = z.strictObject({
  line1: z.string().optional(),
  line2: z.string().optional(),
  city: z.string().optional(),
  region: z.string().optional(),
  postalCode: z.string().optional(),
  /** ISO 3166-1 alpha-2. */
  country: z.string().regex(/^[A-Z]{2}$/, 'a country code of two capitals, such as DE'),
});

/** A refinement: the end of a period is not before its start. */
export const endsAfterStart = (value: { startDate?: string | undefined; endDate?: string | undefined }): boolean =>
  value.startDate === undefined || value.endDate === undefined || value.startDate <= value.endDate;
