import type { CredentialLimits } from '@waybill/node-sdk';
import type { CallLimits, ConnectionRecord } from '@waybill/store';
import type { CredentialTypes } from '../connections/resolve-connection.ts';

/** Five failures in a row are no accident; ten seconds are short enough not to be noticed when it was one. */
const usualBreaker: NonNullable<CallLimits['breaker']> = { failures: 5, openMs: 10_000, maxOpenMs: 300_000 };

/** What holds for a connection of this type as long as nobody says otherwise. */
export const proposedLimits = (limits: CredentialLimits | undefined): CallLimits => ({
  concurrency: limits?.concurrency ?? null,
  rates: (limits?.rates ?? []).map(({ count, perMs }) => ({ count, perMs })),
  breaker: usualBreaker,
});

/** What holds for this connection now. */
export const limitsOf = (record: Pick<ConnectionRecord, 'type' | 'policy'>, types: CredentialTypes): CallLimits =>
  record.policy.limits ?? proposedLimits(types.get(record.type)?.limits);
