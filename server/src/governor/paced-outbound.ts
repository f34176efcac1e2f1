import { createHash } from 'node:crypto';
import { type FlowError, flowError } from '@waybill/flow-model';
import type { Outbound, OutboundReply, OutboundRequest } from '../capabilities/outbound.ts';
import type { Now } from '../clock.ts';
import type { ResolvedConnection } from '../connections/resolve-connection.ts';
import type { ConnectionGovernor } from './connection-governor.ts';
import { verdictOf, verdictOfFault } from './reply-verdict.ts';
import type { Departure } from './request-line.ts';

/** For whom a request is sent. */
export interface Sender {
  /** See `DepartureRequest`. */
  byPerson?: boolean;
  /** False once nobody waits for the answer any more: its step timed out, crashed or was given up. */
  isWanted?(): boolean;
}

/** Sends a request when the budget of its connection allows it, and tells the budget what came of it. */
export interface PacedOutbound {
  /**
   * @throws {FlowError} PROVIDER_THROTTLED, CONNECTION_NOT_ANSWERING when it would have to wait too long, CALL_WITHDRAWN when
   * its step ended while it waited: nothing was sent.
   */
  send(
    connection: Pick<ResolvedConnection, 'id' | 'definition'>,
    request: OutboundRequest,
    sender?: Sender,
  ): Promise<OutboundReply>;
}

/** A request is never held back longer, whatever its time limit: its step has one as well. */
const longestHoldMs = 5_000;

/** The same for a request that is repeated: signatures and tokens are in its headers. */
const identityOf = ({ method, url, body }: OutboundRequest): string =>
  createHash('sha256')
    .update(`${method} ${url}\n`)
    .update(body ?? '')
    .digest('base64url');

/** Nothing was sent. */
export const callWithdrawn = (): FlowError =>
  flowError('CALL_WITHDRAWN', {
    what: 'The step of this call ended before the call could be sent.',
    fix: 'Nothing: look at how the step ended.',
    owner: 'engine',
    engine: 'retry',
    effect: 'none',
  });

export function pacedOutbound(options: {
  outbound: Pick<Outbound, 'send'>;
  governor: Pick<ConnectionGovernor, 'depart'>;
  now: Now;
}): PacedOutbound {
  const { outbound, governor, now } = options;
  return {
    async send({ id, definition }, request, { byPerson = false, isWanted = () => true } = {}) {
      const askedAt = now();
      const waitMs = Math.min(longestHoldMs, Math.floor(request.timeoutMs / 2));
      const answer = governor.depart(id, { waitMs, byPerson });
      const departure: Departure = answer instanceof Promise ? await answer : answer;
      // What nobody knows of any more must not be done, least of all after it was looked for or taken back.
      if (answer instanceof Promise && !isWanted()) {
        departure.ended({ kind: 'neutral' });
        throw callWithdrawn();
      }
      const timeoutMs = Math.max(1, request.timeoutMs - (now() - askedAt));
      try {
        const reply = await outbound.send({ ...request, timeoutMs });
        departure.ended(verdictOf(reply, definition.limits, now(), () => identityOf(request)));
        return reply;
      } catch (error) {
        departure.ended(verdictOfFault(error));
        throw error;
      }
    },
  };
}
