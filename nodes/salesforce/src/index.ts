import { defineNodePackage } from '@waybill/node-sdk';
import { salesforceAccount } from './account.ts';
import { createRecord } from './create-record.ts';
import { dealEvent } from './deal-event.ts';
import { deleteRecord } from './delete-record.ts';
import { getOpportunity } from './get-opportunity.ts';
import { getRecord } from './get-record.ts';
import { queryRecords } from './query.ts';
import { queryStream } from './query-stream.ts';
import { recordChanged } from './record-changed.ts';
import { updateRecord } from './update-record.ts';
import { upsertRecord } from './upsert-record.ts';
import { upsertRecords } from './upsert-records.ts';

export const nodePackage = defineNodePackage({
  name: 'salesforce',
  nodes: [
    dealEvent,
    recordChanged,
    getOpportunity,
    getRecord,
    queryRecords,
    queryStream,
    upsertRecord,
    upsertRecords,
    createRecord,
    updateRecord,
    deleteRecord,
  ],
  credentials: [salesforceAccount],
});
