import { bulkLimit } from '@waybill/api-contract';
import type { BulkOperationRecord } from '@waybill/store';
import type { Actor } from '../auth/actor.ts';
import { newId } from '../auth/secrets.ts';
import { HttpProblem } from '../problem.ts';

/** What whoever starts a bulk action says of it, whatever it is about. */
export interface OperationRequest {
  name: string;
  reason: string;
  perMinute: number;
  startAt?: number | undefined;
}

/** A bulk action that is about to be gathered. @param at epoch ms. */
export const newOperation = (
  { name, reason, perMinute, startAt }: OperationRequest,
  about: Pick<BulkOperationRecord, 'subject' | 'act' | 'options' | 'filter'>,
  actor: Actor,
  at: number,
): BulkOperationRecord => ({
  id: newId('bk'),
  name,
  ...about,
  reason,
  createdBy: actor.id,
  createdByName: actor.name,
  createdAt: at,
  startAt: Math.max(at, startAt ?? at),
  perMinute,
  status: 'gathering',
  total: 0,
  succeeded: 0,
  refused: 0,
  skipped: 0,
  finishedAt: null,
});

/** @throws {HttpProblem} BULK_CHANGED, BULK_TOO_LARGE: it is not what was agreed to, or more than one action may do. */
export function refuseUnlessAgreed(
  { count, isMore }: { count: number; isMore: boolean },
  expected: number,
  subject: BulkOperationRecord['subject'],
): void {
  if (count > expected)
    throw new HttpProblem('BULK_CHANGED', {
      detail: `The filter matches ${count} ${subject} now; you agreed to ${expected}.`,
      fix: 'Look at the preview again, then start it.',
      extra: { count },
    });
  if (isMore)
    throw new HttpProblem('BULK_TOO_LARGE', {
      detail: `The filter matches more than ${bulkLimit} ${subject}.`,
      fix: 'Narrow the filter, by time for example, and make several bulk actions of it.',
    });
}
