import { defineNode, minutes, param, seconds } from '@waybill/node-sdk';
import { answeringNode, bodyParams, chosenBody, request, requestParams } from './request.ts';

/** PUT and DELETE say what shall be, so that saying it again changes nothing more. */
export const put = defineNode({
  ...answeringNode,
  type: 'http.put',
  version: 1,
  title: 'HTTP put or delete',
  description: 'Replaces or removes something at its own address; safe to repeat.',
  icon: 'arrow-up-to-line',
  synonyms: ['put', 'delete', 'replace', 'rest', 'api', 'request', 'curl'],
  params: {
    method: param.choice({ label: 'Method', options: ['PUT', 'DELETE'], default: 'PUT', expression: false }),
    ...requestParams,
    ...bodyParams,
  },
  traits: {
    effect: 'write',
    idempotency: { how: 'natural' },
    retry: { attempts: 5, firstDelayMs: seconds(1), maxDelayMs: minutes(1) },
    timeoutMs: minutes(1),
    cannotUndo: 'What was at this address before is not known.',
  },
  async run(context) {
    const { params, emit } = context;
    const isDelete = params.method === 'DELETE';
    return emit(
      'done',
      await request(context, isDelete ? 'delete' : 'put', params, isDelete ? {} : chosenBody(params)),
    );
  },
});
