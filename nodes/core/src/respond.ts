import { anyPort, defineNode, param } from '@waybill/node-sdk';
import { anyInput, arrived, pureTraits } from './passthrough.ts';

/** Answers the caller of a webhook that waits for the flow. */
export const respond = defineNode({
  type: 'core.respond',
  version: 1,
  title: 'Respond',
  description: 'Answers the caller of the webhook; the flow goes on afterwards.',
  kind: 'control',
  app: 'Triggers',
  icon: 'reply',
  synonyms: ['reply', 'return', 'answer', 'http response', 'webhook response'],
  params: {
    status: param.integer({
      label: 'Status',
      help: 'HTTP status, 200 if all is well.',
      default: 200,
      min: 200,
      max: 599,
    }),
    headers: param.mapping({ label: 'Headers', optional: true }),
    body: param.json({ label: 'Body', help: 'Left empty, the input of this step is sent.', optional: true }),
  },
  inputs: anyInput,
  outputs: { done: anyPort('After the answer') },
  traits: pureTraits,
  sample: { done: { ok: true } },
  run({ params, input }) {
    const value = arrived(input);
    const headers = Object.fromEntries(
      Object.entries(params.headers ?? {}).flatMap(([name, text]) =>
        text === null ? [] : [[name.toLowerCase(), typeof text === 'string' ? text : JSON.stringify(text)]],
      ),
    );
    return { do: 'respond', status: params.status, headers, body: params.body ?? value, port: 'done', value };
  },
});
