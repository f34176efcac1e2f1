import { param } from '@waybill/node-sdk';
import type { Reference } from './references.ts';

/** Which record of which system the new row stands for. */
export const referenceParams = {
  ref: param.text({ label: 'Reference', help: 'Id of the record it stands for, for example the deal id.' }),
  serviceName: param.text({ label: 'System of the reference', default: 'salesforce', group: 'Reference' }),
  serviceModel: param.text({ label: 'Kind of record there', default: 'Opportunity', group: 'Reference' }),
};

/** The same as `references.ts` knows it. */
export const referenceOf = (values: { ref: string; serviceName: string; serviceModel: string }): Reference => ({
  serviceName: values.serviceName,
  serviceModel: values.serviceModel,
  ref: values.ref,
});
