import { nodeContract, runNode } from '@waybill/node-sdk/contract';
import { expect, it } from 'vitest';
import { getOpportunity, opportunityQuery } from './get-opportunity.ts';
import { getRecord } from './get-record.ts';
import { queryRecords } from './query.ts';
import { queryStream } from './query-stream.ts';

const API = '/services/data/v62.0' as const;
const attributes = { type: 'Opportunity', url: `${API}/sobjects/Opportunity/006xx0000000001AAA` };
const wonDeals = 'SELECT Id, Name FROM Opportunity WHERE IsWon = true';
const firstPage = `GET ${API}/query?q=${encodeURIComponent(wonDeals)}` as const;
const row = (id: string) => ({ attributes, Id: id, Name: `Deal ${id}` });

nodeContract(queryStream, {
  fixtures: [{ name: 'names the query', params: { soql: wonDeals }, expect: { port: 'records' } }],
  pages: [
    {
      name: 'the first',
      params: { soql: wonDeals },
      cursor: null,
      exchanges: [
        {
          request: firstPage,
          reply: {
            status: 200,
            json: {
              totalSize: 3,
              done: false,
              nextRecordsUrl: `${API}/query/01gxx-2000`,
              records: [row('1'), row('2')],
            },
          },
        },
      ],
      expect: {
        items: [
          { Id: '1', Name: 'Deal 1' },
          { Id: '2', Name: 'Deal 2' },
        ],
        next: `${API}/query/01gxx-2000`,
      },
    },
    {
      name: 'the last',
      params: { soql: wonDeals },
      cursor: `${API}/query/01gxx-2000`,
      exchanges: [
        {
          request: `GET ${API}/query/01gxx-2000`,
          reply: { status: 200, json: { totalSize: 3, done: true, records: [row('3')] } },
        },
      ],
      expect: { items: [{ Id: '3', Name: 'Deal 3' }], next: null },
    },
  ],
});

nodeContract(queryRecords, {
  fixtures: [
    {
      name: 'reads page after page',
      params: { soql: wonDeals },
      exchanges: [
        {
          request: firstPage,
          reply: {
            status: 200,
            json: {
              totalSize: 3,
              done: false,
              nextRecordsUrl: `${API}/query/01gxx-2000`,
              records: [row('1'), row('2')],
            },
          },
        },
        {
          request: `GET ${API}/query/01gxx-2000`,
          reply: { status: 200, json: { totalSize: 3, done: true, records: [row('3')] } },
        },
      ],
      expect: {
        port: 'done',
        value: {
          records: [
            { Id: '1', Name: 'Deal 1' },
            { Id: '2', Name: 'Deal 2' },
            { Id: '3', Name: 'Deal 3' },
          ],
          total: 3,
          truncated: false,
        },
      },
    },
    {
      name: 'stops at the limit and says so',
      params: { soql: wonDeals, maxRows: 1 },
      exchanges: [
        {
          request: firstPage,
          reply: {
            status: 200,
            json: {
              totalSize: 3,
              done: false,
              nextRecordsUrl: `${API}/query/01gxx-2000`,
              records: [row('1'), row('2')],
            },
          },
        },
      ],
      expect: { port: 'done', value: { records: [{ Id: '1', Name: 'Deal 1' }], total: 3, truncated: true } },
    },
    {
      name: 'refuses a query that is none',
      params: { soql: 'SELECT' },
      exchanges: [
        {
          request: `GET ${API}/query?q=SELECT`,
          reply: { status: 400, json: [{ message: 'unexpected token', errorCode: 'MALFORMED_QUERY' }] },
        },
      ],
      expect: { error: 'SALESFORCE_QUERY_INVALID' },
    },
  ],
});

nodeContract(getRecord, {
  fixtures: [
    {
      name: 'reads chosen fields',
      params: { object: 'Account', id: '001', fields: 'Name, ERP_Id__c' },
      exchanges: [
        {
          request: `GET ${API}/sobjects/Account/001?fields=Name%2CERP_Id__c`,
          reply: { status: 200, json: { attributes, Id: '001', Name: 'Acme', ERP_Id__c: null } },
        },
      ],
      expect: { port: 'found', value: { Id: '001', Name: 'Acme', ERP_Id__c: null } },
    },
    {
      name: 'knows a missing record',
      params: { object: 'Account', id: '009' },
      exchanges: [
        {
          request: `GET ${API}/sobjects/Account/009`,
          reply: { status: 404, json: [{ errorCode: 'NOT_FOUND', message: 'gone' }] },
        },
      ],
      expect: { port: 'missing', value: { object: 'Account', id: '009' } },
    },
    {
      name: 'refuses a name that is none',
      params: { object: 'Account/../x', id: '1' },
      expect: { error: 'SALESFORCE_NAME_INVALID' },
    },
  ],
});

const dealQuery = opportunityQuery('006', 'CurrencyIsoCode', '');
const dealRequest = `GET ${API}/query?q=${encodeURIComponent(dealQuery)}` as const;
const deal = {
  Id: '006',
  Name: 'Acme ERP',
  StageName: 'Closed Won',
  Amount: 28_000,
  CloseDate: '2026-11-18',
  IsClosed: true,
  IsWon: true,
  AccountId: '001',
  Account: { attributes, Id: '001', Name: 'Acme' },
};
const line = {
  Id: '00k',
  Quantity: 20,
  UnitPrice: 1_400,
  TotalPrice: 28_000,
  Product2: { attributes, Name: 'Discovery' },
};

nodeContract(getOpportunity, {
  fixtures: [
    {
      name: 'brings account and lines',
      params: { id: '006', fields: 'CurrencyIsoCode' },
      exchanges: [
        {
          request: dealRequest,
          reply: {
            status: 200,
            json: {
              totalSize: 1,
              done: true,
              records: [
                {
                  attributes,
                  ...deal,
                  OpportunityLineItems: { totalSize: 1, done: true, records: [{ attributes, ...line }] },
                },
              ],
            },
          },
        },
      ],
      expect: {
        port: 'found',
        value: {
          ...deal,
          Account: { Id: '001', Name: 'Acme' },
          lineItems: [{ ...line, Product2: { Name: 'Discovery' } }],
        },
      },
    },
    {
      name: 'knows a missing deal',
      params: { id: '006', fields: 'CurrencyIsoCode' },
      exchanges: [{ request: dealRequest, reply: { status: 200, json: { totalSize: 0, done: true, records: [] } } }],
      expect: { port: 'missing', value: { id: '006' } },
    },
    {
      name: 'names the field that a deal lacks',
      params: { id: '006', fields: 'CurrencyIsoCode' },
      exchanges: [
        { request: dealRequest, reply: { status: 200, json: { totalSize: 1, done: true, records: [{ Id: '006' }] } } },
      ],
      expect: { error: 'REPLY_SHAPE' },
    },
  ],
});

it('keeps a quote in an id from ending the query', () => {
  expect(opportunityQuery("x' OR Id != '", '', '')).toContain("WHERE Id = 'x\\' OR Id != \\''");
});

it.each([
  [
    { status: 403, errorCode: 'REQUEST_LIMIT_EXCEEDED' },
    { code: 'SALESFORCE_LIMIT_REACHED', engine: 'retry', retryAfterMs: 2_000 },
  ],
  [
    { status: 400, errorCode: 'UNABLE_TO_LOCK_ROW' },
    { code: 'SALESFORCE_ROW_LOCKED', engine: 'retry' },
  ],
  [
    { status: 503, errorCode: 'SERVER_UNAVAILABLE' },
    { code: 'SALESFORCE_UNAVAILABLE', engine: 'retry' },
  ],
  [
    { status: 401, errorCode: 'INVALID_SESSION_ID' },
    { code: 'SALESFORCE_SESSION_REFUSED', engine: 'pause', owner: 'user' },
  ],
  [
    { status: 403, errorCode: 'INSUFFICIENT_ACCESS_OR_READONLY' },
    { code: 'SALESFORCE_ACCESS_REFUSED', engine: 'stop' },
  ],
  [
    { status: 400, errorCode: 'SOMETHING_NEW' },
    { code: 'SALESFORCE_REFUSED', engine: 'stop' },
  ],
  [
    { status: 500, errorCode: 'UNKNOWN_EXCEPTION' },
    { code: 'PROVIDER_UNAVAILABLE', engine: 'retry' },
  ],
])('reads %o as %o', async ({ status, errorCode }, { code, ...details }) => {
  const refused = runNode(getRecord, {
    params: { object: 'Account', id: '1' },
    http: [{ request: `GET ${API}/sobjects/Account/1`, reply: { status, json: [{ message: 'm', errorCode }] } }],
  });
  await expect(refused).rejects.toMatchObject({ code, details });
});
