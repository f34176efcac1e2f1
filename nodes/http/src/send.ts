import { defineNode, minutes, param, seconds } from '@waybill/node-sdk';
import { answeringNode, bodyParams, chosenBody, request, requestParams } from './request.ts';

/** Sends to any HTTP interface. Nothing is known about repeats, so after a lost answer a person decides. */
export const send = defineNode({
  ...answeringNode,
  type: 'http.send',
  version: 1,
  title: 'HTTP send',
  description: 'Sends to any web interface with POST or PATCH; a lost answer goes to a person.',
  icon: 'send',
  synonyms: ['post', 'patch', 'rest', 'api', 'request', 'webhook', 'curl'],
  params: {
    method: param.choice({ label: 'Method', options: ['POST', 'PATCH'], default: 'POST', expression: false }),
    ...requestParams,
    ...bodyParams,
    idempotencyHeader: param.text({
      label: 'Header for the idempotency key',
      help: 'If the interface takes one, for example Idempotency-Key; it stays the same when the step is repeated.',
      optional: true,
      expression: false,
    }),
  },
  traits: {
    effect: 'write',
    idempotency: { how: 'none' },
    retry: { attempts: 3, firstDelayMs: seconds(1), maxDelayMs: minutes(1) },
    timeoutMs: minutes(1),
    cannotUndo: 'How the other system takes back what was sent is not known.',
  },
  async run(context) {
    const { params, idempotencyKey, emit } = context;
    const headers = {
      ...params.headers,
      ...(params.idempotencyHeader ? { [params.idempotencyHeader]: idempotencyKey } : {}),
    };
    const method = params.method === 'PATCH' ? 'patch' : 'post';
    return emit('done', await request(context, method, { ...params, headers }, chosenBody(params)));
  },
});
