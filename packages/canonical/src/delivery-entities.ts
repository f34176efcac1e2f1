/** The work: projects, who does what on them, and what it took. */
import * as z from 'zod';
import {
  codeSchema,
  common,
  currencySchema,
  dateSchema,
  endsAfterStart,
  hoursSchema,
  idSchema,
  moneySchema,
  nameSchema,
  percentSchema,
} from './entity-parts.ts';

const billingModel = z.enum(['timeAndMaterials', 'fixedFee', 'retainer', 'milestone', 'internal']);
const period = { startDate: dateSchema.optional(), endDate: dateSchema.optional() };
const inOrder = { path: ['endDate'], message: 'the end is before the start' };

export const projectV1 = z
  .strictObject({
    ...common,
    code: codeSchema,
    name: nameSchema,
    customerId: idSchema.optional(),
    contractId: idSchema.optional(),
    /** The deal in the CRM the project came from. */
    opportunityId: idSchema.optional(),
    legalEntityId: idSchema,
    costCentreId: idSchema.optional(),
    managerId: idSchema.optional(),
    billingModel,
    currency: currencySchema,
    budget: moneySchema.optional(),
    budgetHours: hoursSchema.optional(),
    ...period,
    status: z.enum(['planned', 'active', 'onHold', 'completed', 'closed', 'cancelled']),
  })
  .refine(endsAfterStart, inOrder);

export const taskV1 = z
  .strictObject({
    ...common,
    projectId: idSchema,
    parentId: idSchema.optional(),
    name: nameSchema,
    billable: z.boolean(),
    estimatedHours: hoursSchema.optional(),
    ...period,
    status: z.enum(['open', 'inProgress', 'done', 'cancelled']),
  })
  .refine(endsAfterStart, inOrder);

export const assignmentV1 = z
  .strictObject({
    ...common,
    projectId: idSchema,
    taskId: idSchema.optional(),
    employeeId: idSchema,
    role: codeSchema,
    startDate: dateSchema,
    endDate: dateSchema.optional(),
    /** Share of the person's weekly hours, or a fixed number of hours. */
    allocationPercent: percentSchema.optional(),
    hours: hoursSchema.optional(),
    billRate: moneySchema.optional(),
    status: z.enum(['requested', 'tentative', 'confirmed', 'ended', 'cancelled']),
  })
  .refine(endsAfterStart, inOrder);

export const milestoneV1 = z.strictObject({
  ...common,
  projectId: idSchema,
  contractLineId: idSchema.optional(),
  name: nameSchema,
  dueDate: dateSchema,
  completedDate: dateSchema.optional(),
  /** What reaching it allows to be billed. */
  amount: moneySchema.optional(),
  status: z.enum(['planned', 'reached', 'accepted', 'billed', 'cancelled']),
});

const approval = {
  status: z.enum(['draft', 'submitted', 'approved', 'rejected', 'billed', 'writtenOff']),
  approvedBy: idSchema.optional(),
  approvedAt: z.iso.datetime({ offset: true }).optional(),
};

export const timeEntryV1 = z.strictObject({
  ...common,
  employeeId: idSchema,
  projectId: idSchema,
  taskId: idSchema.optional(),
  workDate: dateSchema,
  /** Negative for a correction of an earlier entry. */
  hours: hoursSchema.refine((text) => Math.abs(Number(text)) <= 24, 'a day has at most 24 hours'),
  billable: z.boolean(),
  billRate: moneySchema.optional(),
  costRate: moneySchema.optional(),
  note: z.string().max(4_000).optional(),
  /** The entry this one corrects. */
  correctsId: idSchema.optional(),
  ...approval,
});

export const expenseV1 = z.strictObject({
  ...common,
  employeeId: idSchema,
  projectId: idSchema.optional(),
  spentOn: dateSchema,
  category: codeSchema,
  amount: moneySchema,
  tax: moneySchema.optional(),
  /** In the currency of the project, if that differs. */
  projectAmount: moneySchema.optional(),
  billable: z.boolean(),
  markupPercent: percentSchema.optional(),
  reimbursable: z.boolean(),
  merchant: z.string().optional(),
  receiptUrl: z.url().optional(),
  ...approval,
});
