import { defineCredential } from '@waybill/node-sdk';

/** A Kantata OX account; what the token may do comes from the access group of its user. */
export const kantataAccount = defineCredential({
  type: 'kantata',
  title: 'Kantata OX',
  icon: 'briefcase-business',
  help: 'An administrator finds the token under Settings, API.',
  fields: {
    apiUrl: { kind: 'url', label: 'Address', default: 'https://api.mavenlink.com' },
    appUrl: {
      kind: 'url',
      label: 'Address in the browser',
      default: 'https://app.mavenlink.com',
      help: 'Links to projects lead there.',
      optional: true,
    },
    token: { kind: 'secret', label: 'API token' },
  },
  baseUrl: '{apiUrl}',
  recordUrls: { workspaces: '{appUrl}/workspaces/{id}' },
  auth: { scheme: 'bearer', token: '{token}' },
  test: { method: 'GET', path: '/api/v1/users?per_page=1', statuses: [200] },
  // Kantata publishes no quota and sends no Retry-After with its 429, so a modest start and backing off are all there is.
  limits: { concurrency: 8 },
});
