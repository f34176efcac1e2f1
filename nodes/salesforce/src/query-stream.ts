import { anyPort, defineNode, param, port, recordsHandle, recordsHandleSchema } from '@waybill/node-sdk';
import { salesforceAccount } from './account.ts';
import { capabilities, connector, readTraits } from './client.ts';
import { explain } from './explain.ts';
import { queryPage } from './soql.ts';

/** Names a SOQL query as a stream of records; its pages are read by the step that uses them. */
export const queryStream = defineNode({
  ...connector,
  type: 'salesforce.query-stream',
  version: 1,
  title: 'Query records as a stream',
  description: 'Finds records with a SOQL query, however many, for the steps of the Records group.',
  synonyms: ['soql', 'bulk', 'export', 'large', 'all records', 'crm'],
  credentials: { account: salesforceAccount },
  params: {
    soql: param.code({
      label: 'Query',
      help: 'For example: SELECT Id, Name FROM Opportunity WHERE IsWon = true ORDER BY Id',
      language: 'soql',
    }),
  },
  inputs: { in: anyPort('Input') },
  outputs: { records: port(recordsHandleSchema, 'Records') },
  capabilities,
  traits: readTraits,
  sample: { records: recordsHandle({ kind: 'list', items: [{ Id: '006xx0000000001AAA', Name: 'Acme ERP' }] }) },
  explain,
  run: ({ params, stepKey, emit }) =>
    emit(
      'records',
      recordsHandle({
        kind: 'pages',
        origin: stepKey,
        nodeType: 'salesforce.query-stream',
        nodeVersion: 1,
        params: { soql: params.soql },
      }),
    ),
  page: (context) =>
    queryPage(context, context.params.soql, typeof context.cursor === 'string' ? context.cursor : null),
});
