import { anyPort, defineNode, param } from '@waybill/node-sdk';
import { anyInput, pureTraits } from './passthrough.ts';
import { decision, taskBasics, taskParams } from './task-params.ts';

/** Asks people to approve; the question survives restarts and has no ceiling of days. */
export const approval = defineNode({
  type: 'core.approval',
  version: 1,
  title: 'Approval',
  description: 'Asks one or more people to approve or reject, and waits for their decision.',
  kind: 'approval',
  app: 'People',
  icon: 'stamp',
  synonyms: ['sign off', 'decision', 'review', 'human task', 'four eyes', 'authorise'],
  params: {
    ...taskParams,
    needed: param.integer({
      label: 'Approvals needed',
      help: 'One rejection rejects.',
      min: 1,
      max: 20,
      default: 1,
      group: 'Who',
    }),
    requester: param.text({
      label: 'Requested by',
      help: 'Who asked for it, to keep them from deciding. If nobody is found, the step fails and nobody can decide.',
      optional: true,
      neverBlank: true,
      group: 'Who',
    }),
    selfApproval: param.boolean({ label: 'Requester may decide', default: false, group: 'Who' }),
    commentRequired: param.choice({
      label: 'Comment',
      options: [
        { value: 'never', label: 'Optional' },
        { value: 'on-reject', label: 'Needed to reject' },
        { value: 'always', label: 'Always needed' },
      ],
      default: 'on-reject',
    }),
  },
  inputs: anyInput,
  outputs: {
    approved: { ...decision, label: 'Approved' },
    rejected: { ...decision, label: 'Rejected' },
    expired: anyPort('Time is up'),
  },
  traits: pureTraits,
  sample: {
    approved: { outcome: 'approved', by: 'dana@firm.example', comment: null, form: {}, input: { dealId: '006xx01' } },
    rejected: { outcome: 'rejected', by: 'dana@firm.example', comment: 'No rate card', form: {}, input: {} },
    expired: null,
  },
  run: ({ params, now }) => ({
    do: 'wait-task',
    task: {
      ...taskBasics(params, now),
      kind: 'approval',
      needed: params.needed,
      selfApproval: params.selfApproval,
      commentRequired: params.commentRequired,
      ...(params.requester === undefined ? {} : { requester: params.requester }),
      outcomes: [
        { name: 'approved', label: 'Approve', port: 'approved', tone: 'positive' },
        { name: 'rejected', label: 'Reject', port: 'rejected', tone: 'negative' },
      ],
    },
    ...(params.timeout === undefined ? {} : { until: now + params.timeout }),
    expiredPort: 'expired',
  }),
});
