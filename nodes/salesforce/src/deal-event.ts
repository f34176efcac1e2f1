import {
  defineNode,
  inboundHmac,
  nodeError,
  param,
  port,
  seconds,
  webhookCall,
  webhookParams,
} from '@waybill/node-sdk';
import * as z from 'zod';
import { connector } from './client.ts';

/** A change of a record, as a forwarder of Change Data Capture sends it. */
const changeEvent = z.object({
  eventId: z.string(),
  event: z.string(),
  object: z.string(),
  recordId: z.string(),
  /** CREATE, UPDATE, DELETE, UNDELETE, or a GAP_ form of them that carries no fields. */
  changeType: z.string(),
  changedFields: z.array(z.string()).default([]),
  commitTimestamp: z.union([z.string(), z.number()]),
  record: z.record(z.string(), z.unknown()).nullish(),
});
type ChangeEvent = z.infer<typeof changeEvent>;

export type Interest = { object: string; field?: string | undefined; becomes?: string | undefined };

/** Why an event is of no interest, or null if it is. */
export function uninterestingBecause(event: ChangeEvent, { object, field, becomes }: Interest): string | null {
  if (event.object !== object) return `The event is about ${event.object}, not ${object}.`;
  if (!field || isGap(event)) return null;
  const isNew = event.changeType.toUpperCase() === 'CREATE';
  if (!isNew && !event.changedFields.includes(field)) return `${field} did not change.`;
  const value = event.record?.[field];
  if (!becomes || value === becomes) return null;
  return `${field} became ${JSON.stringify(value ?? null)}, not ${JSON.stringify(becomes)}.`;
}

/**
 * Gap events say that something changed and nothing more.
 * @source Salesforce Change Data Capture developer guide, "Gap event messages".
 */
export const isGap = (event: ChangeEvent): boolean => event.changeType.toUpperCase().startsWith('GAP_');

/** Starts a run when a deal changes in the way that matters, such as being won. */
export const dealEvent = defineNode({
  ...connector,
  kind: 'trigger',
  type: 'salesforce.deal-event',
  version: 1,
  title: 'Deal changed',
  description: 'Starts the flow when a deal changes, for example when its stage becomes Closed Won.',
  synonyms: ['closed won', 'opportunity', 'deal won', 'change data capture', 'cdc', 'stage', 'crm event'],
  roles: {},
  credentials: { inbound: inboundHmac },
  optionalCredentials: ['inbound'],
  record: { kind: '{object}', id: 'trigger.body.recordId' },
  params: {
    object: param.text({ label: 'Object', default: 'Opportunity', expression: false }),
    field: param.text({
      label: 'When this field changes',
      help: 'API name; empty: any change.',
      default: 'StageName',
      optional: true,
      expression: false,
    }),
    becomes: param.text({
      label: 'To',
      help: 'Empty: to anything.',
      default: 'Closed Won',
      optional: true,
      expression: false,
    }),
    ...webhookParams,
    verify: { ...webhookParams.verify, default: 'hmac-sha256' },
    signatureHeader: { ...webhookParams.signatureHeader, default: 'x-sim-signature' },
    signaturePrefix: { ...webhookParams.signaturePrefix, default: 'sha256=' },
    eventIdFrom: { ...webhookParams.eventIdFrom, default: 'body' },
    eventId: { ...webhookParams.eventId, default: 'eventId' },
  },
  inputs: { event: port(webhookCall, 'Event') },
  outputs: {
    changed: port(changeEvent, 'Deal changed'),
    gap: port(changeEvent, 'Changed, details missing'),
  },
  traits: { effect: 'pure', timeoutMs: seconds(5) },
  trigger: { how: 'webhook' },
  sample: {
    changed: {
      eventId: 'evt-1',
      event: 'Opportunity.updated',
      object: 'Opportunity',
      recordId: '006xx0000000001AAA',
      changeType: 'UPDATE',
      changedFields: ['StageName', 'LastModifiedDate'],
      commitTimestamp: '2026-11-20T08:00:00.000Z',
      record: { Id: '006xx0000000001AAA', Name: 'Acme ERP rollout', StageName: 'Closed Won' },
    },
    gap: {
      eventId: 'evt-2',
      event: 'Opportunity.updated',
      object: 'Opportunity',
      recordId: '006xx0000000001AAA',
      changeType: 'GAP_UPDATE',
      changedFields: [],
      commitTimestamp: '2026-11-20T08:00:00.000Z',
      record: null,
    },
  },
  run({ params, input, emit }) {
    const parsed = changeEvent.safeParse(input.event.body);
    if (!parsed.success)
      throw nodeError('SALESFORCE_EVENT_UNREADABLE', {
        what: `The call is not a change event: ${parsed.error.issues[0]?.path.join('.') || 'body'} ${parsed.error.issues[0]?.message ?? ''}`,
        fix: 'Check what the forwarder sends: eventId, object, recordId, changeType, changedFields, commitTimestamp, record.',
        owner: 'user',
        engine: 'stop',
      });
    const reason = uninterestingBecause(parsed.data, params);
    if (reason !== null) return { do: 'ignore', reason };
    return emit(isGap(parsed.data) ? 'gap' : 'changed', parsed.data);
  },
});
