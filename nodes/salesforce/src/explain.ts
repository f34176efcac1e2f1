import type { ErrorExplanation, ErrorMeaning, RawReply } from '@waybill/node-sdk';
import { forPerson, repeatedLater, seconds } from '@waybill/node-sdk';
import * as z from 'zod';

/** Salesforce reports errors as a list; rows of a collection carry the same with `statusCode`. */
const vendorError = z.object({
  message: z.string().default(''),
  errorCode: z.string().optional(),
  statusCode: z.string().optional(),
  fields: z.array(z.string()).optional(),
});
const vendorErrors = z.array(vendorError).min(1);
export type VendorError = z.infer<typeof vendorError>;

const invalidQuery = forPerson('SALESFORCE_QUERY_INVALID', 'Correct the query or the field names in this step.');
const invalidData = forPerson(
  'SALESFORCE_VALIDATION',
  'Correct the data of the fields named above, then retry the step.',
);
const duplicate = forPerson('SALESFORCE_DUPLICATE', 'Update the existing record, or use "Upsert a record" instead.');
const forbidden = forPerson(
  'SALESFORCE_ACCESS_REFUSED',
  'Give the run-as user of the connected app access, then retry.',
);
const gone = forPerson('SALESFORCE_NOT_FOUND', 'Check the id; the record may have been deleted or merged.');
const session = forPerson('SALESFORCE_SESSION_REFUSED', 'Check the connected app, then reconnect and resume.', 'pause');

/** @source Salesforce REST API developer guide, "Status codes and error responses". */
const meanings: Record<string, ErrorMeaning> = {
  UNABLE_TO_LOCK_ROW: repeatedLater('SALESFORCE_ROW_LOCKED', { effect: 'none' }),
  SERVER_UNAVAILABLE: repeatedLater('SALESFORCE_UNAVAILABLE'),
  QUERY_TIMEOUT: repeatedLater('SALESFORCE_QUERY_TIMEOUT'),
  // A daily allowance or too many long calls; there is no Retry-After, so the wait grows with each refusal.
  REQUEST_LIMIT_EXCEEDED: repeatedLater('SALESFORCE_LIMIT_REACHED', { effect: 'none', retryAfterMs: seconds(2) }),
  INVALID_SESSION_ID: session,
  MALFORMED_QUERY: invalidQuery,
  INVALID_FIELD: invalidQuery,
  INVALID_TYPE: invalidQuery,
  INVALID_QUERY_FILTER_OPERATOR: invalidQuery,
  REQUIRED_FIELD_MISSING: invalidData,
  FIELD_CUSTOM_VALIDATION_EXCEPTION: invalidData,
  FIELD_INTEGRITY_EXCEPTION: invalidData,
  INVALID_FIELD_FOR_INSERT_UPDATE: invalidData,
  INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: invalidData,
  STRING_TOO_LONG: invalidData,
  JSON_PARSER_ERROR: invalidData,
  MALFORMED_ID: invalidData,
  DUPLICATE_VALUE: duplicate,
  DUPLICATES_DETECTED: duplicate,
  INSUFFICIENT_ACCESS_OR_READONLY: forbidden,
  INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: forbidden,
  API_DISABLED_FOR_ORG: forbidden,
  NOT_FOUND: gone,
  ENTITY_IS_DELETED: gone,
  INVALID_CROSS_REFERENCE_KEY: gone,
};

export function explainVendorError(error: VendorError): ErrorExplanation {
  const name = error.errorCode ?? error.statusCode ?? 'UNKNOWN_EXCEPTION';
  const meaning =
    meanings[name] ??
    forPerson('SALESFORCE_REFUSED', 'Read what Salesforce said, correct the data, then retry the step.');
  const fields = error.fields && error.fields.length > 0 ? ` Fields: ${error.fields.join(', ')}.` : '';
  return { ...meaning, what: `Salesforce said ${name}: ${error.message}${fields}` };
}

/** Salesforce's codes in Waybill's terms; undefined where the status says it all. */
export function explain(reply: RawReply<unknown>): ErrorExplanation | undefined {
  if (reply.status === 300)
    return {
      ...forPerson(
        'SALESFORCE_KEY_AMBIGUOUS',
        'Make the external id unique: merge or correct the records that share it.',
      ),
      what: 'Several records in Salesforce have this external id.',
    };
  const errors = vendorErrors.safeParse(reply.json);
  const first = errors.data?.[0];
  if (!first) return undefined;
  const explanation = explainVendorError(first);
  // An unknown code on a server failure is the server's problem, not the data's.
  return explanation.code === 'SALESFORCE_REFUSED' && reply.status >= 500 ? undefined : explanation;
}
