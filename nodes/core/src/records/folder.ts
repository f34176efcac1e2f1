import { defineCredential } from '@waybill/node-sdk';

/** A folder of the server that flows may read from and write to; the operator says which there can be. */
export const folder = defineCredential({
  type: 'core-folder',
  title: 'Folder',
  icon: 'folder',
  help: 'A folder on the server, inside one of those that WAYBILL_FOLDERS allows.',
  fields: { path: { kind: 'text', label: 'Folder', placeholder: '/srv/exchange/payroll' } },
  baseUrl: '{path}',
  auth: { scheme: 'none' },
  test: null,
});
