import { lookup as dnsLookup } from 'node:dns';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import { rootCertificates } from 'node:tls';
import { flowError } from '@waybill/flow-model';
import { Agent } from 'undici';
import { isPublicAddress } from './address-policy.ts';

const replyLimitBytes = 16 * 1024 * 1024;

export interface OutboundRequest {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body?: string;
  /** For the whole exchange, ms. */
  timeoutMs: number;
  allowPrivateAddresses: boolean;
}
export interface OutboundReply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Carries one request to one address: no redirects, no signing, bounded in time and size. */
export interface Outbound {
  send(request: OutboundRequest): Promise<OutboundReply>;
  close(): Promise<void>;
}

const addressRefused = (host: string): Error =>
  flowError('ADDRESS_NOT_ALLOWED', {
    what: `${host} leads to a private or reserved network address.`,
    fix: 'If that system is meant, allow private addresses in its connection.',
    owner: 'user',
    engine: 'stop',
  });

/**
 * Checks the address that is really connected to: a name that answers differently the second time gains nothing. One
 * forbidden address among several refuses the name.
 */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0);
    if (addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address)))
      return callback(addressRefused(hostname) as NodeJS.ErrnoException, '', 0);
    const [first] = addresses;
    if (options.all) callback(null, addresses);
    else callback(null, first?.address ?? '', first?.family ?? 0);
  });
};

const isIpLiteral = (hostname: string): boolean => hostname.startsWith('[') || /^[0-9.]+$/.test(hostname);

const tlsFault = /^(ERR_TLS|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|ERR_SSL|EPROTO)/;

/** Transport faults in words; everything but our own refusals may be tried again. */
function transportError(error: unknown, url: URL, timeoutMs: number): Error {
  const { code, name, cause } = (error ?? {}) as { code?: unknown; name?: string; cause?: unknown };
  const inner = (cause as { code?: unknown } | undefined)?.code;
  const flow = [error, cause].find((candidate) => (candidate as { name?: string } | null)?.name === 'FlowError');
  if (flow) return flow as Error;
  // Aborts carry a number as their code; their name says what they are.
  const key = [code, inner, name].find((candidate) => typeof candidate === 'string') ?? '';
  const provider = (what: string, fix: string, codeName: string) =>
    flowError(codeName, { what, fix, owner: 'provider', engine: 'retry', cause: error });
  /** Nothing was sent, so nothing can have taken effect. */
  const unsent = (what: string, fix: string, codeName: string) =>
    flowError(codeName, { what, fix, owner: 'provider', engine: 'retry', effect: 'none', cause: error });
  const at = url.host;
  if (key === 'ENOTFOUND' || key === 'EAI_AGAIN')
    return unsent(`The name ${url.hostname} cannot be found.`, 'Check the address in the connection.', 'DNS_FAILED');
  if (key === 'ECONNREFUSED')
    return unsent(
      `${at} refuses connections.`,
      'Check port and address, and that the system is up.',
      'CONNECTION_REFUSED',
    );
  if (tlsFault.test(key))
    return unsent(
      `The certificate or encryption of ${at} is not accepted (${key}).`,
      'Check the certificate of the system, or give its authority in WAYBILL_CA_FILE.',
      'TLS_FAILED',
    );
  if (key === 'UND_ERR_CONNECT_TIMEOUT')
    return unsent(`${at} cannot be reached.`, 'Check address, network and firewall.', 'CONNECTION_TIMEOUT');
  if (key === 'UND_ERR_INVALID_ARG')
    return flowError('REQUEST_INVALID', {
      what: `The call to ${at} cannot be sent: ${error instanceof Error ? error.message : 'a header is not valid'}.`,
      fix: 'Correct the headers in the step: plain names, values of one line in Latin letters.',
      owner: 'user',
      engine: 'stop',
      effect: 'none',
    });
  if (key === 'TimeoutError' || /TIMEOUT|ETIMEDOUT/.test(key))
    return provider(
      `${at} did not answer within ${timeoutMs} ms.`,
      'Try again, or raise the time limit.',
      'REPLY_TIMEOUT',
    );
  if (key === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
    return flowError('REPLY_TOO_LARGE', {
      what: `${at} answered with more than ${replyLimitBytes} bytes.`,
      fix: 'Ask for fewer records at once.',
      owner: 'provider',
      engine: 'stop',
    });
  return provider(`The call to ${at} broke off (${key || 'unknown fault'}).`, 'Try again.', 'NETWORK_FAILED');
}

const flatHeaders = (headers: Record<string, string | string[] | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );

/** @param caFile PEM of one more certificate authority. */
export function createOutbound({ caFile }: { caFile: string | null }): Outbound {
  const ca = caFile === null ? {} : { ca: [...rootCertificates, readFileSync(caFile, 'utf8')] };
  const common = { maxResponseSize: replyLimitBytes, connections: 32, keepAliveTimeout: 10_000 };
  const open = new Agent({ ...common, connect: { ...ca, timeout: 10_000 } });
  const publicOnly = new Agent({ ...common, connect: { ...ca, timeout: 10_000, lookup: publicLookup } });
  return {
    async send({ method, url, headers, body, timeoutMs, allowPrivateAddresses }) {
      // A literal address is connected to without a look-up, so it is checked here.
      if (!allowPrivateAddresses && isIpLiteral(url.hostname) && !isPublicAddress(url.hostname))
        throw addressRefused(url.host);
      // An emitter, because undici takes one as well and it costs a fraction of an AbortSignal.
      const stop = new EventEmitter();
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        stop.emit('abort');
      }, timeoutMs);
      try {
        const reply = await (allowPrivateAddresses ? open : publicOnly).request({
          origin: url.origin,
          path: `${url.pathname}${url.search}`,
          method: method as 'GET',
          headers,
          ...(body === undefined ? {} : { body }),
          signal: stop,
        });
        return { status: reply.statusCode, headers: flatHeaders(reply.headers), body: await reply.body.text() };
      } catch (error) {
        throw transportError(isLate ? new DOMException('late', 'TimeoutError') : error, url, timeoutMs);
      } finally {
        clearTimeout(timer);
      }
    },
    async close() {
      await Promise.all([open.destroy(), publicOnly.destroy()]);
    },
  };
}
