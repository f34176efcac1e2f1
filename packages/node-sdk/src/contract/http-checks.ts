import { FlowError } from '@waybill/flow-model';
import { expect } from 'vitest';
import type { ErasedNodeDefinition } from '../define-node.ts';
import type { HttpRequestMessage } from '../http.ts';
import type { Fixture } from './fixture.ts';
import { runNode } from './fixture.ts';
import type { RecordedReply, Send } from './recorded-http.ts';
import { answerWith, replay } from './recorded-http.ts';

/** Every request goes to the bound connection or to a host the package declared, and says which run it belongs to. */
export function checkRequests(definition: ErasedNodeDefinition, requests: readonly HttpRequestMessage[]): void {
  const hosts = definition.capabilities?.network ?? [];
  const slots = Object.keys(definition.credentials ?? {});
  for (const request of requests) {
    if (request.slot !== undefined) expect(slots, 'credentials come from a declared slot').toContain(request.slot);
    const host = /^https?:\/\/([^/:?#]+)/i.exec(request.url)?.[1];
    if (host === undefined) {
      expect(request.slot, `${request.url} needs a connection to be complete`).toBeDefined();
      expect(hosts, 'capabilities.network').toContain('connection');
    } else
      expect(
        hosts.some((pattern) => allows(pattern, host)),
        `${host} is declared`,
      ).toBe(true);
    expect(request.headers, 'calls can be found again on the other side').toHaveProperty(['x-correlation-id']);
  }
}

const allows = (pattern: string, host: string): boolean =>
  pattern === '*' || pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)));

/** What a bad day of the other side looks like, and whether the engine should simply try again. */
export const badDays: { name: string; reply: RecordedReply; retryable: boolean }[] = [
  { name: '429 with Retry-After', reply: { status: 429, headers: { 'retry-after': '7' }, text: '' }, retryable: true },
  { name: '503', reply: { status: 503, text: 'upstream down' }, retryable: true },
  { name: 'no answer', reply: { fault: 'socket hang up' }, retryable: true },
];

export const oddBodies: { name: string; reply: RecordedReply }[] = [
  { name: 'an HTML page', reply: { status: 200, text: '<html><body>Maintenance</body></html>' } },
  { name: 'an empty body', reply: { status: 200, text: '' } },
  { name: 'null', reply: { status: 200, text: 'null' } },
  { name: 'a list', reply: { status: 200, text: '[]' } },
  { name: 'a truncated body', reply: { status: 200, text: '{"id": "1", "na' } },
];

/** Plays the recording, with one answer replaced. */
export function withReplyAt(fixture: Fixture, index: number, reply: RecordedReply): Send {
  const recorded = replay(fixture.exchanges ?? []);
  let count = 0;
  return (message) => {
    const here = count === index;
    count += 1;
    return here ? answerWith(reply) : recorded(message);
  };
}

/** The error of a run that must fail with one of ours: code, what and fix, never a bare exception. */
export async function failureOf(definition: ErasedNodeDefinition, fixture: Fixture, http: Send): Promise<FlowError> {
  const error = await runNode(definition, { ...fixture, http }).then(
    (ran) => new Error(`expected a failure, got ${JSON.stringify(ran.outcome)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof FlowError)) throw error;
  expect(error.code).toMatch(/^[A-Z][A-Z0-9_]+$/);
  expect(error.details.what).not.toBe('');
  expect(error.details.fix).not.toBe('');
  return error;
}
