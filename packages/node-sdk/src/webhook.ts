import * as z from 'zod';
import { defineCredential } from './credential.ts';
import { param } from './param.ts';
import { minutes } from './time.ts';

/** A call as the server hands it to a webhook trigger; header names lower-cased, the body parsed if it was JSON or a form. */
export const webhookCall = z.object({
  method: z.string(),
  headers: z.record(z.string(), z.string()),
  query: z.record(z.string(), z.unknown()),
  body: z.unknown(),
});

/** The secret shared with a system that calls us; it verifies, it never signs a request of ours. */
export const inboundHmac = defineCredential({
  type: 'inbound-hmac',
  title: 'Webhook signing secret',
  icon: 'shield-check',
  help: 'Copy the signing secret from the system that sends the webhook.',
  fields: { secret: { kind: 'secret', label: 'Signing secret' } },
  baseUrl: '',
  auth: { scheme: 'inbound-hmac', secret: '{secret}' },
  test: null,
});

/**
 * The fields by which the server arms a webhook trigger: every webhook trigger of any package has
 * exactly these, and a credential slot `inbound`. All are literals, read before any run.
 */
export const webhookParams = {
  path: param.text({
    label: 'Address',
    help: 'Last part of the address: small letters, digits and hyphens, for example deals-won.',
    placeholder: 'deals-won',
    pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
    expression: false,
  }),
  respond: param.choice({
    label: 'Answer the caller',
    help: 'At once with 202, or when the flow reaches its Respond step.',
    options: [
      { value: 'immediately', label: 'At once' },
      { value: 'whenResponds', label: 'When the flow responds' },
    ],
    default: 'immediately',
    expression: false,
  }),
  verify: param.choice({
    label: 'Check the sender',
    help: 'With a signature, calls that the sender did not sign are refused.',
    options: [
      { value: 'none', label: 'No check' },
      { value: 'hmac-sha256', label: 'Signature (HMAC-SHA256)' },
    ],
    default: 'none',
    expression: false,
    group: 'Security',
  }),
  signatureHeader: param.text({
    label: 'Signature header',
    default: 'x-signature',
    expression: false,
    group: 'Security',
    when: { param: 'verify', is: ['hmac-sha256'] },
  }),
  signaturePrefix: param.text({
    label: 'Text before the signature',
    help: 'Many systems write sha256= before the signature; leave empty if there is none.',
    default: '',
    expression: false,
    optional: true,
    group: 'Security',
    when: { param: 'verify', is: ['hmac-sha256'] },
  }),
  timestampHeader: param.text({
    label: 'Timestamp header',
    help: 'If the sender signs a timestamp together with the body, the header that carries it.',
    placeholder: 'x-timestamp',
    optional: true,
    expression: false,
    group: 'Security',
    when: { param: 'verify', is: ['hmac-sha256'] },
  }),
  windowMs: param.duration({
    label: 'Refuse calls older than',
    help: 'Counts only with a timestamp header.',
    default: minutes(5),
    minMs: 1_000,
    expression: false,
    group: 'Security',
    when: { param: 'verify', is: ['hmac-sha256'] },
  }),
  eventIdFrom: param.choice({
    label: 'Recognise repeats by',
    help: 'A call with an id that was seen before starts no second run.',
    options: [
      { value: 'none', label: 'Nothing' },
      { value: 'header', label: 'A header' },
      { value: 'body', label: 'A field of the body' },
    ],
    default: 'none',
    expression: false,
    group: 'Repeats',
  }),
  eventId: param.text({
    label: 'Header or field with the id',
    help: 'Header name, or path of the field such as data.eventId.',
    placeholder: 'x-event-id',
    optional: true,
    expression: false,
    group: 'Repeats',
    when: { param: 'eventIdFrom', is: ['header', 'body'] },
  }),
};
