import { FlowError } from '@waybill/flow-model';
import type { HttpReplyMessage } from '@waybill/node-sdk';
import type { ConnectionRecord } from '@waybill/store';
import type { HttpCapability } from '../capabilities/http-capability.ts';
import { redact } from '../capabilities/redact.ts';
import type { CredentialTypes, ResolvedConnection } from './resolve-connection.ts';
import { resolveRecord } from './resolve-connection.ts';
import type { Sealer } from './sealing.ts';

export interface ConnectionVerdict {
  ok: boolean;
  what: string;
  fix: string | null;
}
export type ConnectionTester = (record: ConnectionRecord) => Promise<ConnectionVerdict & { tookMs: number }>;

const testTimeoutMs = 15_000;

/** Pure: what an answer says about the connection. */
export function verdictOf(
  reply: HttpReplyMessage,
  expected: readonly number[],
  secrets: readonly string[],
): ConnectionVerdict {
  const type = reply.headers['content-type'] ?? '';
  const html = type.includes('text/html') || /^\s*<(!doctype|html)/i.test(reply.body);
  if (html)
    return {
      ok: false,
      what: `It answered ${reply.status} with a web page instead of data.`,
      fix: 'The address probably leads to a sign-in page or a proxy; use the address of the API.',
    };
  if (expected.includes(reply.status)) return { ok: true, what: `It works: answered ${reply.status}.`, fix: null };
  const said = redact(reply.body, secrets).replace(/\s+/g, ' ').slice(0, 200);
  const answered = `It answered ${reply.status}${said ? `: ${said}` : '.'}`;
  if (reply.status === 401) return { ok: false, what: answered, fix: 'Check user, key, token or secret.' };
  if (reply.status === 403)
    return { ok: false, what: answered, fix: 'The account is known but may not do this; give it the API permission.' };
  if (reply.status === 404) return { ok: false, what: answered, fix: 'Check the base address of the connection.' };
  if (reply.status === 429)
    return { ok: false, what: answered, fix: 'Too many calls; wait a minute, then test again.' };
  if (reply.status >= 500) return { ok: false, what: answered, fix: 'The system has a problem of its own; try later.' };
  return { ok: false, what: answered, fix: 'Check the address and the values of the connection.' };
}

export function connectionTester(options: {
  types: CredentialTypes;
  sealer: Sealer;
  http: Pick<HttpCapability, 'callConnection'>;
}): ConnectionTester {
  const { types, sealer, http } = options;

  async function ask(connection: ResolvedConnection): Promise<ConnectionVerdict> {
    const { test } = connection.definition;
    if (!test) return { ok: true, what: 'This kind of connection has nothing that can be asked safely.', fix: null };
    const reply = await http.callConnection(connection, {
      method: test.method,
      url: test.path,
      headers: {
        accept: 'application/json',
        ...(test.json === undefined ? {} : { 'content-type': 'application/json' }),
        ...test.headers,
      },
      ...(test.json === undefined ? {} : { body: JSON.stringify(test.json) }),
      timeoutMs: testTimeoutMs,
    });
    return verdictOf(reply, test.statuses, connection.secrets);
  }

  return async (record) => {
    const startedAt = performance.now();
    const tookMs = () => Math.round(performance.now() - startedAt);
    try {
      return { ...(await ask(resolveRecord(record, types, sealer))), tookMs: tookMs() };
    } catch (error) {
      if (!(error instanceof FlowError)) throw error;
      return { ok: false, what: error.details.what, fix: error.details.fix, tookMs: tookMs() };
    }
  };
}
