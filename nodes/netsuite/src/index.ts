import { defineNodePackage } from '@waybill/node-sdk';
import { netsuiteAccount } from './account.ts';
import { createBillingSchedule } from './create-billing-schedule.ts';
import { createProject } from './create-project.ts';
import { createRecord } from './create-record.ts';
import { getRecord } from './get-record.ts';
import { suiteql } from './suiteql.ts';
import { transformRecord } from './transform-record.ts';
import { updateRecord } from './update-record.ts';
import { upsertCustomer } from './upsert-customer.ts';
import { upsertRecord } from './upsert-record.ts';

export const nodePackage = defineNodePackage({
  name: 'netsuite',
  nodes: [
    upsertCustomer,
    createProject,
    createBillingSchedule,
    suiteql,
    getRecord,
    upsertRecord,
    createRecord,
    updateRecord,
    transformRecord,
  ],
  credentials: [netsuiteAccount],
});
