import { FlowError, flowError } from '@waybill/flow-model';
import type { HttpReplyMessage, HttpRequestMessage } from '@waybill/node-sdk';
import type { Now } from '../clock.ts';
import type { ConnectionResolver, ResolvedConnection } from '../connections/resolve-connection.ts';
import type { PacedOutbound, Sender } from '../governor/paced-outbound.ts';
import { callWithdrawn } from '../governor/paced-outbound.ts';
import type { Metrics } from '../metrics.ts';
import { checkHost } from './host-rules.ts';
import type { AccessToken, TokenSource } from './oauth2-tokens.ts';
import type { Outbound, OutboundReply } from './outbound.ts';
import { redact } from './redact.ts';
import { signingHeaders } from './sign-request.ts';

/** Who calls, from the sandbox's own record of the step. */
export interface HttpCallContext {
  /** Credential slot -> role alias or connection id. */
  connections: Record<string, string>;
  /** Hosts the manifest of the node declares. */
  allowedHosts: readonly string[];
  correlationId: string;
  /** Ends when the step does. Made when it is asked for, which most calls have no need to. */
  readonly signal?: AbortSignal;
}

type ExchangeContext = Pick<HttpCallContext, 'allowedHosts' | 'correlationId' | 'signal'> & Pick<Sender, 'byPerson'>;

export interface HttpCapability {
  call(request: HttpRequestMessage, context: HttpCallContext): Promise<HttpReplyMessage>;
  /** One signed request to a connection, outside any run; for tests of connections. */
  callConnection(connection: ResolvedConnection, request: HttpRequestMessage): Promise<HttpReplyMessage>;
}

const shortestEcho = 12;
const defaultTimeoutMs = 30_000;
const longestTimeoutMs = 300_000;
const maxRedirects = 5;
const requestLimitBytes = 16 * 1024 * 1024;
/** Set by us or by the transport, never by a node. */
const reservedHeaders = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'upgrade',
  'te',
  'trailer',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'expect',
]);

const invalid = (what: string): FlowError =>
  flowError('REQUEST_INVALID', { what, fix: 'Correct the address in the step.', owner: 'user', engine: 'stop' });

function absoluteUrl(given: string, baseUrl: string | null): URL {
  if (/^https?:\/\//i.test(given)) {
    if (URL.canParse(given)) return new URL(given);
    throw invalid('The address of the call is not a valid URL.');
  }
  if (!baseUrl || !URL.canParse(baseUrl)) throw invalid('A relative address needs a connection with a base address.');
  const joined = given === '' ? baseUrl : `${baseUrl}${/^[/?]/.test(given) ? '' : '/'}${given}`;
  if (URL.canParse(joined)) return new URL(joined);
  throw invalid('The address of the call is not a valid URL.');
}

/** The secret address itself; a node may name no other. */
function secretUrl(url: string, given: string): URL {
  if (given !== '' && given !== '/')
    throw invalid('This connection is one secret address; the step must leave the path empty.');
  if (!URL.canParse(url)) throw invalid('The secret address of the connection is not a valid URL.');
  return new URL(url);
}

const originOf = (url: string | null): string | null => (url && URL.canParse(url) ? new URL(url).origin : null);

function redirectTarget(reply: OutboundReply, url: URL, method: string): URL | null {
  const location = reply.headers['location'];
  if (!location || ![301, 302, 303, 307, 308].includes(reply.status)) return null;
  const repeats = reply.status === 307 || reply.status === 308 || method === 'GET' || method === 'HEAD';
  // A POST answered by 301 to 303 has taken effect; whoever called decides what its answer means.
  return repeats && URL.canParse(location, url.href) ? new URL(location, url) : null;
}

export function httpCapability(options: {
  connections: Pick<ConnectionResolver, 'byBinding'>;
  /** For addresses that belong to no connection. */
  outbound: Pick<Outbound, 'send'>;
  /** For the addresses of connections. */
  paced: PacedOutbound;
  tokens: TokenSource;
  metrics: Pick<Metrics, 'outboundCall'>;
  now: Now;
}): HttpCapability {
  const { connections, outbound, paced, tokens, metrics, now } = options;

  async function exchange(
    request: HttpRequestMessage,
    connection: ResolvedConnection | null,
    context: ExchangeContext,
    token: AccessToken | null,
  ): Promise<OutboundReply> {
    const auth = connection?.auth ?? { scheme: 'none' as const };
    const baseUrl = token?.baseUrl ?? connection?.baseUrl ?? null;
    let url = auth.scheme === 'secret-url' ? secretUrl(auth.url, request.url) : absoluteUrl(request.url, baseUrl);
    const home = auth.scheme === 'secret-url' ? url.origin : originOf(baseUrl);
    const timeoutMs = Math.min(request.timeoutMs ?? defaultTimeoutMs, longestTimeoutMs);
    const own = Object.fromEntries(
      Object.entries(request.headers)
        .map(([name, value]) => [name.toLowerCase(), value] as const)
        .filter(([name]) => !reservedHeaders.has(name)),
    );
    const headers = { 'user-agent': 'Waybill', 'x-correlation-id': context.correlationId, ...own };
    for (let hop = 0; ; hop += 1) {
      checkHost(url, context.allowedHosts, home);
      // Only the connection's own address is ever signed for, also after a redirect.
      const atHome = connection !== null && url.origin === home;
      const unsigned = { method: request.method, url, headers, body: request.body };
      const signed = atHome ? signingHeaders(auth, unsigned, token, now()) : {};
      const outgoing = {
        method: request.method,
        url,
        headers: { ...headers, ...signed },
        ...(request.body === undefined ? {} : { body: request.body }),
        timeoutMs,
        allowPrivateAddresses: connection?.allowPrivateAddresses === true && atHome,
      };
      const { byPerson = false } = context;
      const isWanted = () => context.signal?.aborted !== true;
      const reply = atHome
        ? await paced.send(connection, outgoing, { byPerson, isWanted })
        : await outbound.send(outgoing);
      const target = redirectTarget(reply, url, request.method);
      if (!target) return withoutEcho(reply, [...(connection?.secrets ?? []), ...sentSecrets(signed, token)]);
      if (hop === maxRedirects || (auth.scheme === 'secret-url' && target.origin !== home))
        throw invalid(`${url.host} redirects ${hop === maxRedirects ? 'too often' : 'to another host'}.`);
      url = target;
    }
  }

  async function signedExchange(
    request: HttpRequestMessage,
    connection: ResolvedConnection | null,
    context: ExchangeContext,
  ): Promise<OutboundReply> {
    if (connection?.auth.scheme !== 'oauth2-client-credentials') return exchange(request, connection, context, null);
    const token = await tokens.get(connection, context.byPerson);
    if (context.signal?.aborted) throw callWithdrawn();
    const reply = await exchange(request, connection, context, token);
    const stale = connection.definition.staleTokenStatuses ?? [401];
    if (!stale.includes(reply.status)) return reply;
    tokens.drop(connection, token);
    return exchange(request, connection, context, await tokens.get(connection, context.byPerson));
  }

  async function guarded(
    request: HttpRequestMessage,
    connection: ResolvedConnection | null,
    context: ExchangeContext,
  ): Promise<HttpReplyMessage> {
    if (request.body !== undefined && Buffer.byteLength(request.body) > requestLimitBytes)
      throw invalid(`The body of the call is larger than ${requestLimitBytes} bytes.`);
    const startedAt = performance.now();
    try {
      const reply = await signedExchange(request, connection, context);
      metrics.outboundCall('ok', performance.now() - startedAt);
      const { 'set-cookie': _cookie, ...headers } = reply.headers;
      return { ...reply, headers };
    } catch (error) {
      const refused = error instanceof FlowError && error.details.owner === 'user';
      metrics.outboundCall(refused ? 'refused' : 'failed', performance.now() - startedAt);
      throw withoutSecrets(error, connection?.secrets ?? []);
    }
  }

  return {
    async call(request, context) {
      const binding = request.slot === undefined ? undefined : context.connections[request.slot];
      if (request.slot !== undefined && binding === undefined)
        throw flowError('SLOT_UNBOUND', {
          what: `The credential "${request.slot}" of this step is bound to no connection.`,
          fix: 'Choose a connection or role in the step.',
          owner: 'user',
          engine: 'pause',
        });
      const connection = binding === undefined ? null : await connections.byBinding(binding);
      return guarded(request, connection, context);
    },
    callConnection: (connection, request) =>
      guarded(request, connection, { allowedHosts: ['connection'], correlationId: 'connection-test', byPerson: true }),
  };
}

/**
 * Systems that send back what they were sent exist, for debugging mostly; what signed the call must not reach a flow that
 * way. Shorter secrets are left alone: they could be ordinary data.
 */
function withoutEcho(reply: OutboundReply, known: readonly string[]): OutboundReply {
  const secrets = known.filter((secret) => secret.length >= shortestEcho);
  if (secrets.length === 0) return reply;
  const clean = Object.entries(reply.headers).map(([name, value]) => [name, redact(value, secrets)] as const);
  return { ...reply, headers: Object.fromEntries(clean), body: redact(reply.body, secrets) };
}

/** What was put into the headers to sign the call: `Bearer <this>`, and the token behind it. */
const sentSecrets = (signed: Record<string, string>, token: AccessToken | null): string[] => [
  ...Object.values(signed).map((value) => value.replace(/^\w+ /, '')),
  ...(token ? [token.value] : []),
];

/** The same error without secrets in its words, and without the cause that may hold them. */
function withoutSecrets(error: unknown, secrets: readonly string[]): unknown {
  if (!(error instanceof FlowError) || secrets.length === 0) return error;
  const { cause: _cause, ...details } = error.details;
  return new FlowError(error.code, { ...details, what: redact(details.what, secrets) });
}
