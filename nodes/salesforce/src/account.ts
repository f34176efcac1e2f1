import { defineCredential, hours } from '@waybill/node-sdk';

/** A Salesforce org, reached as the run-as user of a connected app. */
export const salesforceAccount = defineCredential({
  type: 'salesforce',
  title: 'Salesforce',
  icon: 'cloud',
  help: 'Needs a connected app with the client credentials flow and a run-as user.',
  fields: {
    loginUrl: {
      kind: 'url',
      label: 'My Domain address',
      placeholder: 'https://acme.my.salesforce.com',
      help: 'The client credentials flow works on the My Domain address only.',
    },
    clientId: { kind: 'text', label: 'Consumer key' },
    clientSecret: { kind: 'secret', label: 'Consumer secret' },
  },
  baseUrl: '{loginUrl}',
  recordUrls: { '*': '{loginUrl}/lightning/r/{kind}/{id}/view' },
  auth: {
    scheme: 'oauth2-client-credentials',
    tokenUrl: '{loginUrl}/services/oauth2/token',
    clientId: '{clientId}',
    clientSecret: '{clientSecret}',
    clientAuth: 'body',
    baseUrlFrom: 'instance_url',
    // The token answer has no `expires_in`; a session lasts two hours unless the org says otherwise.
    lifetimeMs: hours(1),
  },
  test: { method: 'GET', path: '/services/data/v62.0/sobjects', statuses: [200] },
  staleTokenStatuses: [401],
  limits: {
    // Salesforce refuses more than 25 calls that run 20 s or longer; some room is left for other programs.
    concurrency: 20,
    // Comes as a 403 without Retry-After, for too many long calls (over soon) as for the daily allowance (over late).
    throttles: [{ status: 403, says: 'REQUEST_LIMIT_EXCEEDED' }],
  },
});
