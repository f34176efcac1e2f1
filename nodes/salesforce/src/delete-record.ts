import { anyPort, defineNode, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { salesforceAccount } from './account.ts';
import { alreadyGone, callOptions, capabilities, connector, naturalWrite, recordPath } from './client.ts';
import { explain } from './explain.ts';

/** Puts a record into the recycle bin; one that is gone already counts as deleted. */
export const deleteRecord = defineNode({
  ...connector,
  type: 'salesforce.delete-record',
  version: 1,
  title: 'Delete a record',
  description: 'Moves a record to the recycle bin; one that is already gone is fine.',
  synonyms: ['remove', 'trash', 'recycle bin', 'undo', 'crm'],
  credentials: { account: salesforceAccount },
  record: { kind: '{object}', id: 'params.id' },
  params: {
    object: param.text({ label: 'Object', help: 'API name, for example Task.', placeholder: 'Task' }),
    id: param.text({ label: 'Record id' }),
  },
  inputs: { in: anyPort('Input') },
  outputs: { done: port(z.object({ id: z.string(), wasThere: z.boolean() }), 'Deleted') },
  capabilities,
  traits: {
    ...naturalWrite,
    cannotUndo: 'Salesforce keeps the record in its recycle bin for 15 days; restore it there.',
  },
  sample: { done: { id: '00Txx0000000001AAA', wasThere: true } },
  explain,
  async run(context) {
    const { params, http, emit } = context;
    const reply = await http.delete(recordPath(params.object, params.id), {
      ...callOptions(context),
      replies: { 204: z.unknown(), 404: alreadyGone },
    });
    return emit('done', { id: params.id, wasThere: reply.status === 204 });
  },
});
