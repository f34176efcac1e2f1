import type { ErrorExplanation, ErrorMeaning, RawReply } from '@waybill/node-sdk';
import { forPerson, repeatedLater, seconds } from '@waybill/node-sdk';
import * as z from 'zod';

const problem = z.object({
  title: z.string().optional(),
  'o:errorDetails': z
    .array(
      z.object({
        detail: z.string().default(''),
        'o:errorPath': z.string().optional(),
        'o:errorCode': z.string().optional(),
      }),
    )
    .min(1),
});
type Detail = z.infer<typeof problem>['o:errorDetails'][number];

const refused = forPerson('NETSUITE_REFUSED', 'Correct the fields named above, then retry the step.');
const duplicate = forPerson('NETSUITE_DUPLICATE', 'Use "Upsert a record", or another external id.');

/**
 * What is repeated later was refused before anything was written.
 * @source NetSuite REST web services, error handling; concurrency governance.
 */
const meanings: Record<string, ErrorMeaning> = {
  SSS_REQUEST_LIMIT_EXCEEDED: repeatedLater('NETSUITE_LIMIT_REACHED', { effect: 'none', retryAfterMs: seconds(5) }),
  CONCURRENCY_LIMIT_EXCEEDED: repeatedLater('NETSUITE_LIMIT_REACHED', { effect: 'none', retryAfterMs: seconds(5) }),
  RCRD_HAS_BEEN_CHANGED: repeatedLater('NETSUITE_RECORD_CHANGED', { effect: 'none', retryAfterMs: seconds(1) }),
  // Under overload NetSuite is known to answer good signatures with 401 after a long wait, so one refusal proves nothing.
  INVALID_LOGIN: repeatedLater('NETSUITE_LOGIN_SUSPECT', {
    fix: 'Nothing at first: the step is repeated. If it lasts, look into the Login Audit Trail and renew the token.',
    effect: 'none',
    retryAfterMs: seconds(10),
  }),
  INSUFFICIENT_PERMISSION: forPerson(
    'NETSUITE_ACCESS_REFUSED',
    'Give the role of the token this permission, then retry.',
  ),
  NONEXISTENT_ID: forPerson('NETSUITE_NOT_FOUND', 'Check the id; the record may have been deleted or merged.'),
  DUP_RCRD: duplicate,
  UNIQUE_CUST_ID_REQD: duplicate,
};

function meaningOf(detail: Detail, status: number): ErrorMeaning | undefined {
  const known = meanings[detail['o:errorCode'] ?? ''];
  if (known) return known;
  if (status === 401) return meanings['INVALID_LOGIN'];
  if (status === 429 || status >= 500) return undefined;
  if (status === 404) return meanings['NONEXISTENT_ID'];
  return /already exists/i.test(detail.detail) ? duplicate : refused;
}

/** NetSuite's problem details in Waybill's terms, with the path of each field it complains about. */
export function explain(reply: RawReply<unknown>): ErrorExplanation | undefined {
  const details = problem.safeParse(reply.json).data?.['o:errorDetails'];
  const first = details?.[0];
  const meaning = first ? meaningOf(first, reply.status) : reply.status === 401 ? meanings['INVALID_LOGIN'] : undefined;
  if (!meaning) return undefined;
  const said = (details ?? []).map((detail) => {
    const path = detail['o:errorPath'];
    const code = detail['o:errorCode'];
    return `${path ? `${path}: ` : ''}${detail.detail}${code ? ` (${code})` : ''}`;
  });
  return { ...meaning, what: `NetSuite answered ${reply.status}. ${said.join(' ')}`.trim() };
}
