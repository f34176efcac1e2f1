import type { Exchange } from '@waybill/node-sdk/contract';
import { nodeContract, runNode } from '@waybill/node-sdk/contract';
import { expect, it } from 'vitest';
import { createRecord } from './create-record.ts';
import { deleteRecord } from './delete-record.ts';
import { updateRecord } from './update-record.ts';
import { upsertRecord } from './upsert-record.ts';
import { upsertRecords } from './upsert-records.ts';

const API = '/services/data/v62.0' as const;

nodeContract(createRecord, {
  fixtures: [
    {
      name: 'creates',
      params: { object: 'Contact', fields: { LastName: 'Reyes' } },
      exchanges: [
        {
          request: `POST ${API}/sobjects/Contact`,
          body: { LastName: 'Reyes' },
          reply: { status: 201, json: { id: '003', success: true, errors: [] } },
        },
      ],
      expect: { port: 'done', value: { id: '003' } },
    },
    {
      name: 'names the field that is missing',
      params: { object: 'Contact', fields: {} },
      exchanges: [
        {
          request: `POST ${API}/sobjects/Contact`,
          reply: {
            status: 400,
            json: [
              { message: 'Required fields are missing', errorCode: 'REQUIRED_FIELD_MISSING', fields: ['LastName'] },
            ],
          },
        },
      ],
      expect: { error: 'SALESFORCE_VALIDATION' },
    },
  ],
});

nodeContract(updateRecord, {
  fixtures: [
    {
      name: 'sets fields',
      params: { object: 'Opportunity', id: '006', fields: { Project_Code__c: 'P-1' } },
      exchanges: [
        {
          request: `GET ${API}/sobjects/Opportunity/006?fields=Project_Code__c`,
          reply: { status: 200, json: { attributes: {}, Id: '006', Project_Code__c: null } },
        },
        { request: `PATCH ${API}/sobjects/Opportunity/006`, body: { Project_Code__c: 'P-1' }, reply: { status: 204 } },
      ],
      expect: {
        port: 'done',
        value: { id: '006', before: { was: 'there', fields: { Project_Code__c: null } } },
      },
    },
    {
      name: 'says that nobody knows what was there where a field cannot be read back',
      params: { object: 'Opportunity', id: '006', fields: { Account: { ERP_Id__c: 'E1' } } },
      exchanges: [{ request: `PATCH ${API}/sobjects/Opportunity/006`, reply: { status: 204 } }],
      expect: { port: 'done', value: { id: '006', before: { was: 'unknown', why: 'unreadable' } } },
    },
  ],
});

nodeContract(deleteRecord, {
  fixtures: [
    {
      name: 'deletes',
      params: { object: 'Task', id: '00T' },
      exchanges: [{ request: `DELETE ${API}/sobjects/Task/00T`, reply: { status: 204 } }],
      expect: { port: 'done', value: { id: '00T', wasThere: true } },
    },
    {
      name: 'takes a deleted record for deleted',
      params: { object: 'Task', id: '00T' },
      exchanges: [
        {
          request: `DELETE ${API}/sobjects/Task/00T`,
          reply: { status: 404, json: [{ errorCode: 'ENTITY_IS_DELETED', message: 'entity is deleted' }] },
        },
      ],
      expect: { port: 'done', value: { id: '00T', wasThere: false } },
    },
  ],
});

const upsert = { object: 'Account', externalIdField: 'ERP_Id__c', externalId: 'E/1' };
const lookUp = (fields: string, reply: Exchange['reply']): Exchange => ({
  request: `GET ${API}/sobjects/Account/ERP_Id__c/E%2F1?fields=${fields}`,
  reply,
});
const missing = { status: 404, json: [{ errorCode: 'NOT_FOUND', message: 'no' }] };
const upsertPath = `PATCH ${API}/sobjects/Account/ERP_Id__c/E%2F1` as const;
nodeContract(upsertRecord, {
  fixtures: [
    {
      name: 'creates, without the key in the body',
      params: { ...upsert, fields: { Name: 'Acme', ERP_Id__c: 'E/1' } },
      exchanges: [
        lookUp('Name', missing),
        {
          request: upsertPath,
          body: { Name: 'Acme' },
          reply: { status: 201, json: { id: '001', success: true, created: true } },
        },
      ],
      expect: { port: 'done', value: { id: '001', created: true, before: { was: 'absent' } } },
    },
    {
      name: 'updates',
      params: { ...upsert, fields: { Name: 'Acme' } },
      exchanges: [
        lookUp('Name', { status: 200, json: { Id: '001', Name: 'Ace' } }),
        { request: upsertPath, reply: { status: 200, json: { id: '001', success: true, created: false } } },
      ],
      expect: {
        port: 'done',
        value: { id: '001', created: false, before: { was: 'there', fields: { Name: 'Ace' } } },
      },
    },
    {
      name: 'refuses a key that several records share',
      params: { ...upsert, fields: {}, keepBefore: false },
      exchanges: [{ request: upsertPath, reply: { status: 300, json: ['/a', '/b'] } }],
      expect: { error: 'SALESFORCE_KEY_AMBIGUOUS' },
    },
  ],
});

const collection = `PATCH ${API}/composite/sobjects/Account/ERP_Id__c` as const;
const many = { object: 'Account', externalIdField: 'ERP_Id__c' };
nodeContract(upsertRecords, {
  fixtures: [
    {
      name: 'saves all',
      params: { ...many, records: [{ ERP_Id__c: 'E1', Name: 'Acme' }] },
      exchanges: [
        {
          request: collection,
          body: { allOrNone: false, records: [{ ERP_Id__c: 'E1', Name: 'Acme', attributes: { type: 'Account' } }] },
          reply: { status: 200, json: [{ id: '001', success: true, created: true, errors: [] }] },
        },
      ],
      expect: {
        port: 'done',
        value: { results: [{ id: '001', success: true, created: true, error: null }], failed: 0 },
      },
    },
    {
      name: 'tells refused rows from saved ones',
      params: { ...many, records: [{ ERP_Id__c: 'E1' }, { ERP_Id__c: 'E2' }] },
      exchanges: [
        {
          request: collection,
          reply: {
            status: 200,
            json: [
              { id: '001', success: true, created: false, errors: [] },
              { success: false, errors: [{ statusCode: 'REQUIRED_FIELD_MISSING', message: 'Name', fields: ['Name'] }] },
            ],
          },
        },
      ],
      expect: { port: 'partial' },
    },
    {
      name: 'asks to be repeated when a row was locked',
      params: { ...many, records: [{ ERP_Id__c: 'E1' }] },
      exchanges: [
        {
          request: collection,
          reply: {
            status: 200,
            json: [{ success: false, errors: [{ statusCode: 'UNABLE_TO_LOCK_ROW', message: 'busy' }] }],
          },
        },
      ],
      expect: { error: 'SALESFORCE_ROW_LOCKED' },
    },
    { name: 'has nothing to do for an empty list', params: { ...many, records: [] }, expect: { port: 'done' } },
    {
      name: 'refuses what is no list',
      params: { ...many, records: 'x' },
      expect: { error: 'SALESFORCE_RECORDS_INVALID' },
    },
  ],
});

it('sends 450 records in three calls of at most 200, in order', async () => {
  const records = Array.from({ length: 450 }, (_, index) => ({ ERP_Id__c: `E${index}` }));
  const { requests, outcome } = await runNode(upsertRecords, {
    params: { ...many, records },
    http: async (message) => {
      const sent = JSON.parse(message.body ?? '{}') as { records: { ERP_Id__c: string }[] };
      const rows = sent.records.map((record) => ({ id: record.ERP_Id__c, success: true, errors: [] }));
      return { status: 200, headers: {}, body: JSON.stringify(rows) };
    },
  });
  expect(requests).toHaveLength(3);
  expect(outcome).toMatchObject({ value: { failed: 0, results: { length: 450, 449: { id: 'E449' } } } });
});
