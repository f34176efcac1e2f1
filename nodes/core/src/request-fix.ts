import { anyPort, defineNode } from '@waybill/node-sdk';
import { anyInput, pureTraits } from './passthrough.ts';
import { decision, taskBasics, taskParams } from './task-params.ts';

/** Asks a person to put data right in a form; the flow goes on with what they entered. */
export const requestFix = defineNode({
  type: 'core.request-fix',
  version: 1,
  title: 'Ask for a correction',
  description: 'Gives somebody a form to complete or correct data, and waits until it is done.',
  kind: 'approval',
  app: 'People',
  icon: 'wrench',
  synonyms: ['exception', 'fix data', 'repair', 'missing information', 'task', 'human task', 'clarify'],
  params: taskParams,
  inputs: anyInput,
  outputs: {
    fixed: { ...decision, label: 'Corrected' },
    dismissed: { ...decision, label: 'Dismissed' },
    expired: anyPort('Time is up'),
  },
  traits: pureTraits,
  sample: {
    fixed: { outcome: 'fixed', by: 'ops@firm.example', comment: null, form: { legalEntity: 'DE01' }, input: {} },
    dismissed: { outcome: 'dismissed', by: 'ops@firm.example', comment: 'Duplicate deal', form: {}, input: {} },
    expired: null,
  },
  run: ({ params, now }) => ({
    do: 'wait-task',
    task: {
      ...taskBasics(params, now),
      kind: 'fix',
      needed: 1,
      selfApproval: true,
      commentRequired: 'on-reject',
      outcomes: [
        { name: 'fixed', label: 'Save and go on', port: 'fixed', tone: 'positive' },
        { name: 'dismissed', label: 'Dismiss', port: 'dismissed', tone: 'negative' },
      ],
    },
    ...(params.timeout === undefined ? {} : { until: now + params.timeout }),
    expiredPort: 'expired',
  }),
});
