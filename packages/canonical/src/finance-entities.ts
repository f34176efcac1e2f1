/** The money: from what may be billed to what is on the books. */
import * as z from 'zod';
import {
  codeSchema,
  common,
  currencySchema,
  dateSchema,
  decimalSchema,
  idSchema,
  moneySchema,
  monthSchema,
} from './entity-parts.ts';
import type { Money } from './money.ts';
import { addMoney, compareMoney, sumMoney } from './money.ts';

const oneCurrency = (currency: string, amounts: readonly (Money | undefined)[]): boolean =>
  amounts.every((amount) => amount === undefined || amount.currency === currency);

export const billingEventV1 = z.strictObject({
  ...common,
  projectId: idSchema,
  contractLineId: idSchema.optional(),
  kind: z.enum(['time', 'expense', 'milestone', 'retainer', 'fixedFee', 'adjustment']),
  /** Id of the time entry, expense or milestone behind it. */
  sourceId: idSchema.optional(),
  eventDate: dateSchema,
  quantity: decimalSchema.optional(),
  unitPrice: moneySchema.optional(),
  amount: moneySchema,
  description: z.string().optional(),
  status: z.enum(['pending', 'approved', 'onHold', 'invoiced', 'writtenOff']),
  invoiceId: idSchema.optional(),
});

const invoiceLine = z.strictObject({
  lineNumber: z.int().min(1),
  description: z.string(),
  quantity: decimalSchema,
  unitPrice: moneySchema,
  amount: moneySchema,
  taxCode: codeSchema.optional(),
  tax: moneySchema.optional(),
  projectId: idSchema.optional(),
  contractLineId: idSchema.optional(),
  billingEventIds: z.array(idSchema).optional(),
});

export const invoiceV1 = z
  .strictObject({
    ...common,
    /** Given by the ledger when it is posted. */
    number: codeSchema.optional(),
    kind: z.enum(['invoice', 'creditNote']),
    customerId: idSchema,
    legalEntityId: idSchema,
    projectId: idSchema.optional(),
    invoiceDate: dateSchema,
    dueDate: dateSchema.optional(),
    period: monthSchema.optional(),
    currency: currencySchema,
    lines: z.array(invoiceLine).min(1),
    net: moneySchema,
    tax: moneySchema,
    total: moneySchema,
    /** The invoice a credit note takes back. */
    creditsId: idSchema.optional(),
    purchaseOrder: z.string().optional(),
    status: z.enum(['draft', 'approved', 'posted', 'partlyPaid', 'paid', 'void']),
  })
  .check((context) => {
    const invoice = context.value;
    const complain = (path: string, message: string) =>
      context.issues.push({ code: 'custom', input: invoice, path: [path], message });
    const amounts = [
      invoice.net,
      invoice.tax,
      invoice.total,
      ...invoice.lines.flatMap((line) => [line.amount, line.tax]),
    ];
    if (!oneCurrency(invoice.currency, amounts)) {
      complain('currency', 'every amount must be in the currency of the invoice');
      return;
    }
    const net = sumMoney(
      invoice.lines.map((line) => line.amount),
      invoice.currency,
    );
    if (compareMoney(net, invoice.net) !== 0) complain('net', `the lines add up to ${net.amount}`);
    if (compareMoney(addMoney(invoice.net, invoice.tax), invoice.total) !== 0)
      complain('total', 'net and tax do not add up to it');
  });

export const paymentV1 = z.strictObject({
  ...common,
  customerId: idSchema,
  receivedOn: dateSchema,
  amount: moneySchema,
  method: z.enum(['bankTransfer', 'card', 'directDebit', 'cheque', 'other']).optional(),
  reference: z.string().optional(),
  /** What was paid of which invoice; the rest is unapplied. */
  applications: z.array(z.strictObject({ invoiceId: idSchema, amount: moneySchema })),
});

export const revenueScheduleV1 = z.strictObject({
  ...common,
  contractLineId: idSchema,
  projectId: idSchema.optional(),
  legalEntityId: idSchema,
  total: moneySchema,
  rule: z.enum(['asBilled', 'straightLine', 'percentComplete', 'onMilestone']),
  entries: z.array(
    z.strictObject({
      period: monthSchema,
      amount: moneySchema,
      status: z.enum(['planned', 'recognised', 'reversed']),
      journalEntryId: idSchema.optional(),
    }),
  ),
});

const journalLine = z.strictObject({
  account: codeSchema,
  /** One of the two; neither is negative. */
  debit: moneySchema.optional(),
  credit: moneySchema.optional(),
  costCentreId: idSchema.optional(),
  projectId: idSchema.optional(),
  customerId: idSchema.optional(),
  memo: z.string().optional(),
});

export const journalEntryV1 = z
  .strictObject({
    ...common,
    number: codeSchema.optional(),
    legalEntityId: idSchema,
    postingDate: dateSchema,
    period: monthSchema,
    currency: currencySchema,
    description: z.string().optional(),
    /** The business record it comes from, for the way back from the ledger. */
    source: z.strictObject({ entity: z.string(), id: idSchema }).optional(),
    reversesId: idSchema.optional(),
    lines: z.array(journalLine).min(2),
    status: z.enum(['draft', 'posted', 'reversed']),
  })
  .check((context) => {
    const entry = context.value;
    const complain = (path: (string | number)[], message: string) =>
      context.issues.push({ code: 'custom', input: entry, path, message });
    const amounts = entry.lines.flatMap((line) => [line.debit, line.credit]);
    if (!oneCurrency(entry.currency, amounts)) {
      complain(['currency'], 'every line must be in the currency of the entry');
      return;
    }
    entry.lines.forEach(({ debit, credit }, index) => {
      if ((debit === undefined) === (credit === undefined))
        complain(['lines', index], 'give either a debit or a credit');
      if ((debit ?? credit)?.amount.startsWith('-'))
        complain(['lines', index], 'swap debit and credit instead of a negative amount');
    });
    const debits = sumMoney(
      entry.lines.flatMap((line) => line.debit ?? []),
      entry.currency,
    );
    const credits = sumMoney(
      entry.lines.flatMap((line) => line.credit ?? []),
      entry.currency,
    );
    if (compareMoney(debits, credits) !== 0)
      complain(['lines'], `debits of ${debits.amount} and credits of ${credits.amount} do not balance`);
  });

export const forecastLineV1 = z.strictObject({
  ...common,
  period: monthSchema,
  scenario: z.enum(['pipeline', 'committed', 'actual']),
  measure: z.enum(['revenue', 'cost', 'hours', 'billing']),
  amount: moneySchema.optional(),
  hours: decimalSchema.optional(),
  probabilityPercent: z.number().min(0).max(100).optional(),
  opportunityId: idSchema.optional(),
  projectId: idSchema.optional(),
  employeeId: idSchema.optional(),
  costCentreId: idSchema.optional(),
  legalEntityId: idSchema.optional(),
});
