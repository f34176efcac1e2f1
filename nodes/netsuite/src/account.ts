import { defineCredential, seconds } from '@waybill/node-sdk';

/** A NetSuite account with token-based authentication. */
export const netsuiteAccount = defineCredential({
  type: 'netsuite',
  title: 'NetSuite',
  icon: 'landmark',
  help: 'Needs an integration record with token-based authentication and a token of a role with REST web services.',
  fields: {
    account: {
      kind: 'text',
      label: 'Account id',
      placeholder: '1234567_SB1',
      help: 'As written under Company Information.',
    },
    restUrl: {
      kind: 'url',
      label: 'SuiteTalk address',
      placeholder: 'https://1234567-sb1.suitetalk.api.netsuite.com',
      help: 'Under Company Information, tab Company URLs.',
    },
    appUrl: {
      kind: 'url',
      label: 'Address in the browser',
      placeholder: 'https://1234567-sb1.app.netsuite.com',
      help: 'Links to records lead there. Empty: no links.',
      optional: true,
    },
    consumerKey: { kind: 'secret', label: 'Consumer key' },
    consumerSecret: { kind: 'secret', label: 'Consumer secret' },
    token: { kind: 'secret', label: 'Token id' },
    tokenSecret: { kind: 'secret', label: 'Token secret' },
  },
  baseUrl: '{restUrl}',
  recordUrls: {
    customer: '{appUrl}/app/common/entity/custjob.nl?id={id}',
    job: '{appUrl}/app/accounting/project/project.nl?id={id}',
    vendor: '{appUrl}/app/common/entity/vendor.nl?id={id}',
    employee: '{appUrl}/app/common/entity/employee.nl?id={id}',
    salesOrder: '{appUrl}/app/accounting/transactions/salesord.nl?id={id}',
    invoice: '{appUrl}/app/accounting/transactions/custinvc.nl?id={id}',
    vendorBill: '{appUrl}/app/accounting/transactions/vendbill.nl?id={id}',
    journalEntry: '{appUrl}/app/accounting/transactions/journal.nl?id={id}',
  },
  auth: {
    scheme: 'oauth1',
    realm: '{account}',
    consumerKey: '{consumerKey}',
    consumerSecret: '{consumerSecret}',
    token: '{token}',
    tokenSecret: '{tokenSecret}',
    signatureMethod: 'HMAC-SHA256',
  },
  test: { method: 'GET', path: '/services/rest/system/v1/governanceLimits', statuses: [200] },
  limits: {
    // Counted per account over REST, SOAP and RESTlets: 5 in the lowest service tier, 15 in the standard one.
    concurrency: 5,
    // The connection test asks for it.
    concurrencyField: 'accountConcurrencyLimit',
    throttles: [
      { status: 400, says: 'SSS_REQUEST_LIMIT_EXCEEDED', waitMs: seconds(5) },
      { status: 400, says: 'WS_REQUEST_BLOCKED', waitMs: seconds(5) },
      { status: 500, says: 'ExceededConcurrentRequestLimitFault', waitMs: seconds(5) },
    ],
  },
});
