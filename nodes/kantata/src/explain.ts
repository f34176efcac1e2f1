import type { ErrorExplanation, RawReply } from '@waybill/node-sdk';
import * as z from 'zod';

/** Kantata has no machine codes: the status and the named field are all there is. */
const problems = z.object({
  errors: z.array(z.object({ message: z.string(), field: z.string().nullish() })).min(1),
});

export function explain(reply: RawReply<unknown>): ErrorExplanation | undefined {
  const errors = problems.safeParse(reply.json).data?.errors;
  // 401, 429 and 5xx mean what they mean everywhere.
  if (!errors || reply.status === 401 || reply.status === 429 || reply.status >= 500) return undefined;
  const said = errors.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join(' ');
  const what = `Kantata answered ${reply.status}. ${said}`;
  const yours = { what, owner: 'user', engine: 'stop' } as const;
  switch (reply.status) {
    case 422:
      return { ...yours, code: 'KANTATA_VALIDATION', fix: 'Correct the fields named above, then retry the step.' };
    case 403:
      return { ...yours, code: 'KANTATA_ACCESS_REFUSED', fix: 'Give the user of the token the right it lacks.' };
    case 404:
      return { ...yours, code: 'KANTATA_NOT_FOUND', fix: 'Check the id; the record may be deleted or hidden.' };
    default:
      return { ...yours, code: 'KANTATA_REFUSED', fix: 'Read what Kantata said and correct the fields of the step.' };
  }
}
