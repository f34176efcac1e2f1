import { anyPort, defineNode, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { netsuiteAccount } from './account.ts';
import {
  callOptions,
  capabilities,
  connector,
  idFromLocation,
  naturalWrite,
  recordPath,
  replacedSublists,
  written,
} from './client.ts';
import { explain } from './explain.ts';

/** Sets fields of a record; lines that are given replace those that were there. */
export const updateRecord = defineNode({
  ...connector,
  type: 'netsuite.update-record',
  version: 1,
  title: 'Update a record',
  description: 'Changes fields of a record; lines that are given replace the ones it has.',
  synonyms: ['edit', 'change', 'set field', 'approve', 'erp'],
  credentials: { account: netsuiteAccount },
  params: {
    recordType: param.text({
      label: 'Record type',
      help: 'For example customer, job, invoice.',
      placeholder: 'customer',
    }),
    id: param.text({ label: 'Record id', help: 'Internal id, or eid: and the external id.' }),
    fields: param.mapping({ label: 'Fields', help: 'Names as in the REST records browser; others stay as they are.' }),
  },
  inputs: { in: anyPort('Input') },
  outputs: { done: port(z.object({ type: z.string(), id: z.string() }), 'Updated') },
  capabilities,
  traits: naturalWrite,
  sample: { done: { type: 'customer', id: '107' } },
  explain,
  async run(context) {
    const { params, http, emit } = context;
    const reply = await http.patch(recordPath(params.recordType, params.id), {
      ...callOptions(context),
      query: { replace: replacedSublists(params.fields) },
      json: params.fields,
      replies: written,
    });
    const id = params.id.startsWith('eid:') ? idFromLocation(reply.headers) : params.id;
    return emit('done', { type: params.recordType, id });
  },
});
