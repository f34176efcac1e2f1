import type { JsonObject } from '@waybill/node-sdk';
import { anyPort, defineNode, keepPriorParam, param, port } from '@waybill/node-sdk';
import { netsuiteAccount } from './account.ts';
import { capabilities, connector, given, naturalWrite, reference, upserted } from './client.ts';
import { explain } from './explain.ts';
import { undoWrite, upsert } from './take-back.ts';

/** Makes sure a project (record type `job`) exists, by external id. */
export const createProject = defineNode({
  ...connector,
  type: 'netsuite.create-project',
  version: 1,
  title: 'Create a project',
  description: 'Makes sure the project with this external id exists under its customer.',
  synonyms: ['job', 'engagement', 'project', 'upsert project', 'wbs', 'erp'],
  credentials: { account: netsuiteAccount },
  record: { kind: 'customer', id: 'params.customerId' },
  params: {
    externalId: param.text({ label: 'External id', help: 'Letters, digits, _ and -; for example the deal id.' }),
    companyName: param.text({ label: 'Project name' }),
    customerId: param.text({ label: 'Customer', help: 'Internal id of the customer.' }),
    startDate: param.text({ label: 'Start', help: 'Date such as 2026-12-01.', optional: true }),
    endDate: param.text({ label: 'Planned end', help: 'Date such as 2027-06-30.', optional: true }),
    billingType: param.choice({
      label: 'Billing',
      options: [
        { value: 'FBI', label: 'Fixed fee, by interval' },
        { value: 'FBM', label: 'Fixed fee, by milestone' },
        { value: 'TM', label: 'Time and materials' },
        { value: 'CB', label: 'Charge based' },
      ],
      optional: true,
    }),
    price: param.number({ label: 'Fixed price', help: 'In the currency of the customer.', min: 0, optional: true }),
    billingScheduleId: param.text({ label: 'Billing schedule', help: 'Internal id.', optional: true }),
    fields: param.mapping({ label: 'More fields', help: 'Names as in the REST records browser.', optional: true }),
    ...keepPriorParam,
  },
  inputs: { in: anyPort('Input') },
  outputs: { done: port(upserted, 'Project') },
  capabilities,
  traits: naturalWrite,
  sample: { done: { type: 'job', id: '2001', externalId: '006xx0000000001AAA', before: { was: 'absent' } } },
  explain,
  async run(context) {
    const { params, emit } = context;
    return emit('done', await upsert(context, 'job', params.externalId, projectFields(params)));
  },
  undo: (context) => undoWrite(context, projectFields(context.params)),
});

interface ProjectParams {
  readonly companyName: string;
  readonly customerId: string;
  readonly startDate: string | undefined;
  readonly endDate: string | undefined;
  readonly billingType: string | undefined;
  readonly price: number | undefined;
  readonly billingScheduleId: string | undefined;
  readonly fields: JsonObject | undefined;
}

const projectFields = (params: ProjectParams): JsonObject =>
  given({
    ...params.fields,
    companyName: params.companyName,
    parent: reference(params.customerId),
    startDate: params.startDate,
    projectedEndDate: params.endDate,
    jobBillingType: reference(params.billingType),
    jobPrice: params.price,
    billingSchedule: reference(params.billingScheduleId),
  });
