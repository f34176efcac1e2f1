import type { CredentialHandle, HttpClient, HttpRequestOptions, JsonObject, JsonValue } from '@waybill/node-sdk';
import { anyBody, anyPort, nodeError, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { httpBasic, httpBearer, httpHeader, httpNone } from './accounts.ts';

/** One slot per way to sign in; the field `auth` says which is used, the others stay unbound. */
export const httpAccounts = {
  credentials: { open: httpNone, basic: httpBasic, bearer: httpBearer, header: httpHeader },
  optionalCredentials: ['open', 'basic', 'bearer', 'header'] as ('open' | 'basic' | 'bearer' | 'header')[],
};
/** Any host when no connection is used: which one is for the flow's author to say. */
export const capabilities = { network: ['connection', '*'] };

export const requestParams = {
  auth: param.choice({
    label: 'Sign in',
    help: 'Which of the connections below signs the call.',
    options: [
      { value: 'none', label: 'No connection' },
      { value: 'open', label: 'Connection without sign-in' },
      { value: 'basic', label: 'User and password' },
      { value: 'bearer', label: 'Token' },
      { value: 'header', label: 'Secret header' },
    ],
    default: 'none',
    expression: false,
  }),
  url: param.text({
    label: 'Address',
    help: 'With a connection, the part after its address, for example /v1/orders.',
    placeholder: 'https://api.example.com/v1/orders',
  }),
  query: param.mapping({ label: 'Query', help: 'Added to the address after the question mark.', optional: true }),
  headers: param.mapping({ label: 'Headers', optional: true }),
  statuses: param.text({
    label: 'Expected statuses',
    help: 'Separated by commas; all others are errors. Empty: any of 200 to 299.',
    placeholder: '200, 404',
    pattern: '^\\s*(\\d{3}(\\s*,\\s*\\d{3})*)?\\s*$',
    optional: true,
  }),
};

export const bodyParams = {
  bodyKind: param.choice({
    label: 'Body',
    options: [
      { value: 'json', label: 'JSON' },
      { value: 'form', label: 'Form' },
      { value: 'text', label: 'Text' },
      { value: 'none', label: 'None' },
    ],
    default: 'json',
    expression: false,
  }),
  json: param.json({ label: 'JSON', optional: true, when: { param: 'bodyKind', is: ['json'] } }),
  form: param.mapping({ label: 'Form fields', optional: true, when: { param: 'bodyKind', is: ['form'] } }),
  text: param.text({ label: 'Text', multiline: true, optional: true, when: { param: 'bodyKind', is: ['text'] } }),
};

const httpAnswer = z.object({ status: z.int(), headers: z.record(z.string(), z.string()), body: z.unknown() });
const answerPort = port(httpAnswer, 'Answer');
const answerSample = { status: 200, headers: { 'content-type': 'application/json' }, body: { id: '1' } };

/** What nodes that give the answer on have in common. */
export const answeringNode = {
  ...httpAccounts,
  kind: 'connector',
  app: 'HTTP',
  inputs: { in: anyPort('Input') },
  outputs: { done: answerPort },
  capabilities,
  sample: { done: answerSample },
} as const;

interface RequestValues {
  readonly auth: 'none' | 'open' | 'basic' | 'bearer' | 'header';
  readonly url: string;
  readonly query: JsonObject | undefined;
  readonly headers: JsonObject | undefined;
  readonly statuses: string | undefined;
}
interface BodyValues {
  readonly bodyKind: 'json' | 'form' | 'text' | 'none';
  readonly json: JsonValue | undefined;
  readonly form: JsonObject | undefined;
  readonly text: string | undefined;
}
interface HttpContext {
  readonly http: HttpClient;
  readonly credentials: { readonly [slot in 'open' | 'basic' | 'bearer' | 'header']: CredentialHandle };
  readonly correlationId: string;
}

type Method = keyof HttpClient;

/** Sends what the fields describe; the answer's body is JSON where it can be read as such, else text. */
export async function request(
  context: HttpContext,
  method: Method,
  values: RequestValues,
  body: Pick<HttpRequestOptions<never>, 'json' | 'form' | 'text'> = {},
): Promise<z.infer<typeof httpAnswer>> {
  if (values.auth === 'none' && !/^https?:\/\//i.test(values.url))
    throw nodeError('HTTP_ADDRESS_INCOMPLETE', {
      what: `"${values.url}" is not a whole address and no connection completes it.`,
      fix: 'Begin the address with https://, or choose a connection under Sign in.',
      owner: 'user',
      engine: 'stop',
    });
  const statuses = (values.statuses ?? '').split(',').map(Number).filter(Boolean);
  const reply = await context.http[method]<Record<number, typeof anyBody>>(values.url, {
    ...(values.auth === 'none' ? {} : { auth: context.credentials[values.auth] }),
    query: textFields(values.query),
    headers: { 'x-correlation-id': context.correlationId, ...textFields(values.headers) },
    replies: Object.fromEntries(statuses.map((status) => [status, anyBody])),
    ...body,
  });
  return { status: reply.status, headers: reply.headers, body: reply.json };
}

/** The body in the one form that was chosen. */
export function chosenBody(values: BodyValues): Pick<HttpRequestOptions<never>, 'json' | 'form' | 'text'> {
  switch (values.bodyKind) {
    case 'json':
      return { json: values.json ?? null };
    case 'form':
      return { form: textFields(values.form) };
    case 'text':
      return { text: values.text ?? '' };
    case 'none':
      return {};
  }
}

/** Objects and lists as JSON, null left out. */
const textFields = (fields: JsonObject | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields ?? {}).flatMap(([name, value]) =>
      value === null ? [] : [[name, typeof value === 'string' ? value : JSON.stringify(value)]],
    ),
  );
