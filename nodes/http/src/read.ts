import { defineNode, minutes, seconds } from '@waybill/node-sdk';
import { answeringNode, request, requestParams } from './request.ts';

/** Reads from any HTTP interface. */
export const read = defineNode({
  ...answeringNode,
  type: 'http.read',
  version: 1,
  title: 'HTTP read',
  description: 'Reads from any web interface with GET; it changes nothing there.',
  icon: 'globe',
  synonyms: ['get', 'fetch', 'rest', 'api', 'request', 'download', 'curl'],
  params: requestParams,
  traits: {
    effect: 'read',
    retry: { attempts: 4, firstDelayMs: seconds(1), maxDelayMs: minutes(1) },
    timeoutMs: minutes(1),
  },
  run: async (context) => context.emit('done', await request(context, 'get', context.params)),
});
