import type { ErrorExplanation, ErrorMeaning, RawReply } from '@waybill/node-sdk';
import { forPerson } from '@waybill/node-sdk';
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
  return { ...meaningOf(reply.status), what };
}

function meaningOf(status: number): ErrorMeaning {
  switch (status) {
    case 422:
      return forPerson('KANTATA_VALIDATION', 'Correct the fields named above, then retry the step.');
    case 403:
      return forPerson('KANTATA_ACCESS_REFUSED', 'Give the user of the token the right it lacks.');
    case 404:
      return forPerson('KANTATA_NOT_FOUND', 'Check the id; the record may be deleted or hidden.');
    default:
      return forPerson('KANTATA_REFUSED', 'Read what Kantata said and correct the fields of the step.');
  }
}
