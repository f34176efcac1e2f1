import { defineNode, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { startFieldItem } from './form-fields.ts';
import { pureTraits } from './passthrough.ts';

const answers = z.record(z.string(), z.unknown());

/** Starts a run when a person fills in its form. */
export const manual = defineNode({
  type: 'core.manual',
  version: 1,
  title: 'Form',
  description: 'Starts the flow when a person fills in a form or presses Run.',
  kind: 'trigger',
  app: 'Triggers',
  icon: 'clipboard-pen',
  synonyms: ['manual', 'button', 'start by hand', 'request form', 'intake'],
  params: {
    fields: param.list({
      label: 'Form',
      help: 'What the person is asked; leave empty for a plain button.',
      item: startFieldItem,
      optional: true,
      expression: false,
    }),
  },
  inputs: { event: port(answers, 'Answers') },
  outputs: { submitted: port(answers, 'Submitted') },
  traits: pureTraits,
  trigger: { how: 'manual' },
  sample: { submitted: { customer: 'Acme', amount: 120_000 } },
  run: ({ input, emit }) => emit('submitted', input.event ?? {}),
});
